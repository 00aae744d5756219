import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partsOf } from '../src/navigation/markdown';
import { editedText, planEdit, type EditSources } from '../src/plans/workspaceEdit';

const edit = (line: number, from: number, to: number, newText: string) => ({
  range: { start: { line, character: from }, end: { line, character: to } },
  newText,
});

const CELL = 'offbook-cell:///a.ipynb#one';
const sources: EditSources = {
  cell: uri =>
    uri === CELL
      ? { notebook: 'file:///w/a.ipynb', text: { id: CELL, kind: 'code', source: 'x = 1\nx' }, version: 3 }
      : null,
  file: uri => Promise.resolve(uri.endsWith('lib.py') ? 'x = 2\r\ny = x\r\n' : null),
};

test('edits of a text do not move each other, and keep line ends', () => {
  assert.equal(
    editedText('a b a\r\na', [edit(0, 0, 1, 'long'), edit(0, 4, 5, ''), edit(1, 0, 1, 'c')]),
    'long b \r\nc',
  );
  assert.equal(editedText('ab', [edit(0, 1, 1, 'x'), edit(0, 1, 1, 'y')]), 'axyb');
});

test('edits of cells and files are a plan', async () => {
  const planned = await planEdit(
    {
      documentChanges: [
        { textDocument: { uri: CELL, version: 3 }, edits: [edit(0, 0, 1, 'total'), edit(1, 0, 1, 'total')] },
        { textDocument: { uri: 'file:///w/lib.py', version: null }, edits: [edit(1, 4, 5, 'total')] },
      ],
    },
    sources,
  );
  const change = { kind: 'replaceSource', cell: CELL, before: 'x = 1\nx', after: 'total = 1\ntotal' };
  assert.deepEqual(planned, {
    notebooks: [{ uri: 'file:///w/a.ipynb', version: null, changes: [change] }],
    files: [{ uri: 'file:///w/lib.py', before: 'x = 2\r\ny = x\r\n', after: 'x = 2\r\ny = total\r\n' }],
  });
});

test('edits of a text that has changed, or is not there, are refused', async () => {
  const changing = (uri: string, version: number | null) =>
    planEdit({ documentChanges: [{ textDocument: { uri, version }, edits: [edit(0, 0, 1, 'y')] }] }, sources);
  await assert.rejects(changing(CELL, 2), /has changed/);
  await assert.rejects(changing('offbook-cell:///a.ipynb#gone', null), /has changed/);
  await assert.rejects(changing('file:///w/gone.py', null), /has changed/);
  await assert.rejects(planEdit({ documentChanges: [{ kind: 'create', uri: 'file:///w/new.py' }] }, sources));
});

test('a hover is code and paragraphs', () => {
  const parts = partsOf('```python\ndef f(x):\n\n    ...\n```\n\nAdds `x`.\nTwice.\n\nCell 2');
  assert.deepEqual(parts, [
    { kind: 'code', text: 'def f(x):\n\n    ...' },
    { kind: 'text', text: 'Adds `x`.\nTwice.' },
    { kind: 'text', text: 'Cell 2' },
  ]);
  assert.deepEqual(partsOf('~~~\n```\n~~~'), [{ kind: 'code', text: '```' }]);
  assert.deepEqual(partsOf(' \n'), []);
});
