import assert from 'node:assert/strict';
import { test } from 'node:test';
import { previewText } from '../src/planText.js';
import { fileName, previewPlan } from '../src/preview.js';
import type { PlanMessage } from '../src/wire.gen.js';

const plan: PlanMessage = {
  id: '1',
  refactoring: 'extract.module',
  title: 'Extract `clean` to `lib/cleaning.py`',
  summary: ['`clean` moves.'],
  warnings: [],
  unsafe: false,
  notebooks: [
    {
      uri: 'file:///w/my%20notebook.ipynb',
      version: 1,
      changes: [
        { kind: 'insertCell', after: 'a', id: 'new', cellKind: 'code', source: 'import os' },
        { kind: 'deleteCell', cell: 'b', before: 'x = 1\ny = 2' },
        { kind: 'replaceSource', cell: 'a', before: 'one\ntwo', after: 'one\n2' },
        { kind: 'trimOutputs', cell: 'c', lines: 1 },
      ],
    },
  ],
  files: [{ uri: 'file:///w/lib/cleaning.py', before: null, after: 'def clean():\n    pass\n' }],
};
const cells = ['a', 'b', 'c'].map(id => ({ id, kind: 'code' as const, source: '' }));

test('blocks stand in the order of the notebook, with their labels and counts', () => {
  const { entries } = previewPlan(plan, () => cells);
  assert.deepEqual(
    entries[0]?.blocks.map(({ change, label, added, removed }) => [change, label, added, removed]),
    [
      ['changed', 'Cell 1', 1, 1],
      ['added', 'New cell', 1, 0],
      ['removed', 'Cell 2', 0, 2],
      ['trimmed', 'Cell 3', 0, 0],
    ],
  );
  assert.equal(entries[0]?.name, 'my notebook.ipynb');
  assert.equal(entries[0]?.blocks[3]?.note, 'Its text outputs keep their first 1 line.');
  assert.deepEqual([entries[0]?.added, entries[0]?.removed], [2, 3]);
});

test('a plan that has to be verified says so', () => {
  assert.deepEqual(previewPlan(plan, () => cells).warnings, []);
  assert.equal(previewPlan({ ...plan, unsafe: true }, () => cells).warnings.length, 1);
});

test('a new file is wholly added', () => {
  const entry = previewPlan(plan, () => cells).entries[1];
  assert.equal(entry?.created, true);
  assert.deepEqual([entry?.added, entry?.removed, entry?.blocks[0]?.hunks.length], [2, 0, 1]);
});

test('file names survive odd URIs', () => {
  assert.equal(fileName('vscode-notebook-cell://host/a/b%C3%A9.ipynb#W1s'), 'bé.ipynb');
  assert.equal(fileName('file:///a/100%.py'), '100%.py');
});

test('a plan is a text with a diff of every cell and file', () => {
  const text = previewText(previewPlan(plan, () => cells));
  assert.match(
    text,
    /^Extract `clean` to `lib\/cleaning.py`\n`clean` moves\.\n\nmy notebook\.ipynb \(\+2 -3\)\n@@ Cell 1\n/,
  );
  assert.match(
    text,
    /\n one\n-two\n\+2\n@@ New cell\n\+import os\n@@ Cell 2\n-x = 1\n-y = 2\n@@ Cell 3: Its text outputs/,
  );
  assert.ok(text.endsWith('cleaning.py (+2 -0)\n+def clean():\n+    pass'));
});
