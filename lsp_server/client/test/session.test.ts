import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkHandshake } from '../src/handshake.js';
import { checkModulePath, normalizeModulePath } from '../src/module.js';
import { shapeOutput } from '../src/outputs.js';
import { percentText } from '../src/percent.js';
import { RestartPolicy } from '../src/restart.js';
import { describeRunState, NEVER_RUN, nextRunState, type RunEvent, type RunState } from '../src/runState.js';
import { duration, installCommand, sentences } from '../src/texts.js';
import { isLongTable, trimText } from '../src/trim.js';
import { PROTOCOL_VERSION, type RunResult } from '../src/wire.gen.js';

const greeting = (name: string, offbook?: object) => ({
  serverInfo: { name, version: '0.1.0' },
  capabilities: { experimental: offbook && { offbook } },
});

test('only an offbook server of our protocol is accepted', () => {
  const reason = (...of: Parameters<typeof greeting>) => checkHandshake(greeting(...of), 'python3')?.reason ?? null;
  assert.equal(reason('offbook', { protocol: PROTOCOL_VERSION, version: '0.1.0' }), null);
  assert.equal(reason('pylsp', { protocol: PROTOCOL_VERSION }), 'not-offbook');
  assert.equal(reason('offbook'), 'too-old');
  assert.equal(reason('offbook', { protocol: PROTOCOL_VERSION - 1 }), 'too-old');
  assert.equal(reason('offbook', { protocol: PROTOCOL_VERSION + 1 }), 'too-new');
});

test('the message about an old server holds the command for that interpreter', () => {
  const problem = checkHandshake(greeting('offbook'), '/opt/my env/bin/python');
  assert.match(problem?.message ?? '', /"\/opt\/my env\/bin\/python" -m pip install --upgrade offbook$/);
});

test('an install command quotes what a shell would take apart', () => {
  assert.equal(installCommand('python3'), 'python3 -m pip install offbook');
  assert.equal(installCommand('/a/$b'), '"/a/\\$b" -m pip install offbook');
});

test('restarts slow down, and end after five crashes within three minutes', () => {
  const policy = new RestartPolicy();
  const delays = [0, 1000, 2000, 3000, 4000, 5000].map(now => policy.crashed(now));
  assert.deepEqual(delays, [500, 1000, 2000, 4000, 8000, null]);
  assert.equal(policy.crashed(10 * 60_000), 500);
  policy.reset();
  assert.equal(policy.count, 0);
});

const result = (status: RunResult['status'], index?: number): RunResult => ({
  status,
  message: status,
  seconds: 1,
  total: 4,
  executed: 4,
  failure:
    index === undefined ? null : { cell: 'c', index, ename: 'E', evalue: '', traceback: '', explanation: 'because' },
  differences: [],
  notes: [],
});
const run = (...events: RunEvent[]): RunState => events.reduce(nextRunState, NEVER_RUN);
const started: RunEvent = { kind: 'started' };
const edited: RunEvent = { kind: 'edited' };
const finished = (...of: Parameters<typeof result>): RunEvent => ({ kind: 'finished', result: result(...of) });

test('a run is verified until the notebook is edited', () => {
  assert.equal(run(started, finished('passed')).kind, 'verified');
  assert.equal(run(started, finished('cached')).kind, 'verified');
  assert.equal(run(started, finished('differs')).kind, 'verified', 'it runs to its end');
  assert.equal(run(started, finished('passed'), edited).kind, 'changed');
});

test('an edit during the run spoils its result', () => {
  assert.equal(run(started, edited, finished('passed')).kind, 'changed');
});

test('a failure names its cell', () => {
  const state = run(started, finished('failed', 2));
  assert.deepEqual(state, { kind: 'failed', cell: 'c', index: 2, message: 'failed' });
  assert.equal(describeRunState(state), 'fails in cell 3');
  assert.equal(describeRunState(run(started, finished('dead-kernel'))), 'does not run');
});

test('a cancelled run leaves what was known before', () => {
  assert.equal(run(started, { kind: 'stopped' }).kind, 'never');
  assert.equal(run(started, finished('passed'), started, { kind: 'stopped' }).kind, 'verified');
  assert.equal(run(started, finished('passed'), started, edited, { kind: 'stopped' }).kind, 'changed');
});

test('an edit of a notebook that never ran says nothing', () => {
  assert.equal(run(edited).kind, 'never');
});

test('progress is counted for people', () => {
  const progress = { notebook: 'n', cell: 'c', index: 1, total: 4, state: 'running' as const, seconds: 0 };
  assert.equal(describeRunState(run(started, { kind: 'progress', progress })), 'running cell 2 of 4');
});

test('module paths are put right, and bad ones are refused with a reason', () => {
  assert.equal(normalizeModulePath(' .\\lib\\cleaning '.trim()), 'lib/cleaning.py');
  assert.equal(checkModulePath('lib/cleaning.py'), null);
  assert.equal(checkModulePath('données.py'), null);
  for (const bad of [
    '',
    '.py',
    '/abs.py',
    'C:/x.py',
    '../up.py',
    'a//b.py',
    'my-mod.py',
    '1st.py',
    'class.py',
    'a b/c.py',
  ]) {
    assert.notEqual(checkModulePath(bad), null, bad);
  }
});

test('outputs have the shapes that the server gives a saved file', () => {
  const stream = shapeOutput({ output_type: 'stream', name: 'stdout', text: ['a\n', '😀😀😀\n'] });
  assert.deepEqual(stream, { kind: 'stream', name: 'stdout', mimeTypes: [], lines: 2, widest: 3, rows: 0, size: 6 });
  const table = shapeOutput({
    output_type: 'execute_result',
    data: { 'text/plain': 'ab\nc', 'text/html': '<table><tr><td><tr ></table>' },
  });
  assert.deepEqual([table.kind, table.lines, table.widest, table.rows], ['result', 2, 2, 2]);
  const error = shapeOutput({ output_type: 'error', ename: 'KeyError', traceback: ['one', 'two'] });
  assert.deepEqual([error.kind, error.name, error.lines], ['error', 'KeyError', 2]);
  assert.equal(shapeOutput({ output_type: 'display_data', data: { 'application/json': { a: 1 } } }).size, 7);
});

test('noise is told by its lines, as the server tells it', () => {
  const noise = (text: string, name = 'stdout') => {
    const shape = shapeOutput({ output_type: 'stream', name, text });
    return [shape.noise, shape.noisyLines];
  };
  assert.deepEqual(noise('33/33 [==============================] - 2s\n'.repeat(6)), ['progress', 6]);
  assert.deepEqual(noise('  0%|     | 0/3\r 33%|███▎ | 1/3\r100%|█████| 3/3\n', 'stderr'), ['progress', 3]);
  assert.deepEqual(noise('Collecting pandas\n  Using cached pandas.whl\n'), ['installer', 2]);
  assert.deepEqual(noise('\u001b[32mINFO\u001b[0m started\n'), ['log', 1]);
  assert.deepEqual(noise('a.py:1: FutureWarning: gone\n', 'stderr'), ['warnings', 1]);
  assert.deepEqual(noise('a.py:1: FutureWarning: gone\n'), [undefined, undefined]);
  assert.deepEqual(noise('43.123%|30|AL\r\n'), [undefined, undefined]);
});

test('durations read well', () => {
  assert.deepEqual([0.42, 12.4, 185].map(duration), ['0.4 s', '12 s', '3 min 5 s']);
});

test('long texts are trimmed as the server trims them', () => {
  const text = (count: number) => Array.from({ length: count }, (_, index) => `${index}\n`).join('');
  assert.equal(trimText(text(5), 2), '0\n1\n... 3 more lines cut by offbook\n');
  assert.equal(trimText(text(3), 2), text(3));
  assert.equal(trimText('a\r\nb\rc\nd', 1), 'a\r\n... 3 more lines cut by offbook\n');
  assert.ok(isLongTable('<tr><tr class="x"><tr>', 2));
  assert.ok(!isLongTable('<tr><tr>', 2));
});

test('a notebook as text keeps its cells apart', () => {
  const text = percentText([
    { id: 'a', kind: 'markdown', source: '# Title\n\ntext' },
    { id: 'b', kind: 'code', source: 'x = 1' },
  ]);
  assert.equal(text, '# %% [markdown]\n# # Title\n#\n# text\n\n# %%\nx = 1\n');
});

test('sentences are joined as sentences', () => {
  assert.equal(sentences('cell 4 failed: no `x`', '', 'Move it up.'), 'Cell 4 failed: no `x`. Move it up.');
});
