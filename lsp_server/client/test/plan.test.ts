import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyChanges, findStale, sameText, withoutDropped, type CellText } from '../src/plan.js';
import type { CellChangeMessage } from '../src/wire.gen.js';

const cells: CellText[] = ['a', 'b', 'c'].map(id => ({ id, kind: 'code', source: `${id} = 1` }));
const insert = (after: string | null, id: string): CellChangeMessage => ({
  kind: 'insertCell',
  after,
  id,
  cellKind: 'code',
  source: id,
});
const replace = (cell: string, before = `${cell} = 1`): CellChangeMessage => ({
  kind: 'replaceSource',
  cell,
  before,
  after: `${cell} = 2`,
});
const remove = (cell: string): CellChangeMessage => ({ kind: 'deleteCell', cell, before: `${cell} = 1` });
const ids = (changes: CellChangeMessage[]) => applyChanges(cells, changes).map(cell => cell.id);

test('insertions at one place keep their order, before and behind', () => {
  assert.deepEqual(ids([insert(null, 'x'), insert('b', 'y'), insert(null, 'z'), insert('b', 'w')]), [
    ...['x', 'z', 'a', 'b', 'y', 'w', 'c'],
  ]);
});

test('an insertion behind a deleted cell takes its place', () => {
  assert.deepEqual(ids([remove('b'), insert('b', 'y')]), ['a', 'y', 'c']);
});

test('a replaced cell keeps its original, and the input is untouched', () => {
  const [first] = applyChanges(cells, [replace('a'), { kind: 'trimOutputs', cell: 'a', lines: 5 }]);
  assert.equal(first?.source, 'a = 2');
  assert.equal(first?.original, cells[0]);
  assert.equal(first?.trimOutputs, 5);
  assert.equal(cells[0]?.source, 'a = 1');
});

test('outputs are dropped by number, unless there are others by now', () => {
  const change = { kind: 'dropOutputs', cell: 'a', outputs: [0, 2], total: 3 } as const;
  const [first] = applyChanges(cells, [{ ...change, outputs: [...change.outputs] }]);
  assert.deepEqual(first?.dropOutputs?.outputs, [0, 2]);
  assert.deepEqual(withoutDropped(['x', 'y', 'z'], change), ['y']);
  assert.deepEqual(withoutDropped(['x', 'y'], change), ['x', 'y']);
});

test('a new cell has no original', () => {
  assert.equal(applyChanges(cells, [insert('c', 'x')]).at(-1)?.original, null);
});

const stale = (changes: CellChangeMessage[], version: number | null = 3, now: number | null = 3) =>
  findStale({ uri: 'file:///n.ipynb', version, changes }, { cells, version: now });

test('changes that fit are not stale', () => {
  assert.equal(stale([replace('a'), remove('b'), insert('c', 'x')]), null);
});

test('another source, or a cell that is gone, is stale', () => {
  assert.deepEqual(stale([replace('a', 'a = 7')]), { reason: 'changed-cell', cell: 'a' });
  assert.deepEqual(stale([remove('q')]), { reason: 'missing-cell', cell: 'q' });
  assert.deepEqual(stale([insert('q', 'x')]), { reason: 'missing-cell', cell: 'q' });
});

test('another version is stale, even where the sources still fit', () => {
  assert.deepEqual(stale([replace('a')], 3, 4), { reason: 'version', cell: null });
  assert.equal(stale([replace('a')], 3, null), null);
  assert.equal(stale([replace('a')], null, 4), null);
});

test('line ends do not make a text different', () => {
  assert.ok(sameText('a\r\nb', 'a\nb'));
  assert.ok(!sameText('a\nb', 'a\nc'));
});
