import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NotebookDocumentChangeEvent } from 'vscode-languageserver-protocol';
import { changes, offset, position, type CellState } from '../src/sync/state';

function cell(uri: string, text = uri, more: Partial<CellState> = {}): CellState {
  return {
    uri,
    kind: 'code',
    language: 'python',
    text,
    version: 1,
    metadata: {},
    executionOrder: null,
    success: true,
    ...more,
  };
}

/** A server: applies what it is told, and knows nothing else. */
class Server {
  order: string[] = [];
  readonly texts = new Map<string, string>();

  constructor(cells: readonly CellState[]) {
    for (const item of cells) {
      this.order.push(item.uri);
      this.texts.set(item.uri, item.text);
    }
  }

  take({ cells }: NotebookDocumentChangeEvent): void {
    if (cells?.structure) {
      const { array, didOpen, didClose } = cells.structure;
      this.order.splice(array.start, array.deleteCount, ...(array.cells ?? []).map(item => item.document));
      for (const document of didClose ?? []) assert.ok(this.texts.delete(document.uri), 'it was open');
      for (const document of didOpen ?? []) this.texts.set(document.uri, document.text);
    }
    for (const { document, changes: edits } of cells?.textContent ?? []) {
      let text = this.texts.get(document.uri);
      assert.ok(text !== undefined, 'only an open document changes');
      for (const edit of edits) {
        assert.ok('range' in edit);
        const { start, end } = edit.range;
        text = text.slice(0, offset(text, start)) + edit.text + text.slice(offset(text, end));
      }
      this.texts.set(document.uri, text);
    }
  }

  holds(cells: readonly CellState[]): void {
    assert.deepEqual(
      this.order,
      cells.map(item => item.uri),
    );
    assert.deepEqual(Object.fromEntries(this.texts), Object.fromEntries(cells.map(item => [item.uri, item.text])));
  }
}

function tell(before: CellState[], after: CellState[]): NotebookDocumentChangeEvent {
  const server = new Server(before);
  const change = changes(before, after);
  assert.ok(change);
  server.take(change);
  server.holds(after);
  return change;
}

test('nothing is told of nothing', () => {
  assert.equal(changes([cell('a'), cell('b')], [cell('a'), cell('b')]), null);
});

test('a typed character is one small change, and the next version', () => {
  const after = [cell('a'), cell('b', 'x = 12')];
  const change = tell([cell('a'), cell('b', 'x = 1')], after);
  assert.equal(after[1].version, 2);
  assert.deepEqual(change.cells?.textContent?.[0].changes, [
    { range: { start: { line: 0, character: 5 }, end: { line: 0, character: 5 } }, text: '2' },
  ]);
});

test('insertions, deletions and moves leave the server with the same notebook', () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(name => cell(name));
  tell([a, b], [a, c, b]);
  tell([a, b, c], [a, c]);
  tell([a, b, c, d], [d, a, b, c]);
  tell([a, b, c, d], [b, a, d, c]);
  tell([], [a, b]);
  tell([a, b], []);
});

test('a cell that moves and changes at once keeps its document open', () => {
  const change = tell([cell('a'), cell('b'), cell('c', 'x\ny')], [cell('c', 'x\nz'), cell('a'), cell('b')]);
  assert.deepEqual(change.cells?.structure?.didOpen, []);
  assert.deepEqual(change.cells?.structure?.didClose, []);
});

test('an execution is told with its count', () => {
  const change = changes([cell('a')], [cell('a', 'a', { executionOrder: 3 })]);
  assert.deepEqual(change?.cells?.data?.[0].executionSummary, { executionOrder: 3, success: true });
});

test('a cell that becomes markdown is opened again in its language', () => {
  const after = [cell('a', 'a', { kind: 'markdown', language: 'markdown' })];
  const change = changes([cell('a')], after);
  assert.equal(change?.cells?.structure?.array.cells?.[0].kind, 1);
  assert.equal(change.cells.structure.didOpen?.[0].languageId, 'markdown');
});

test('random edits reach the server', () => {
  let seed = 7;
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
  const pieces = ['x', '\n', '🐍', 'é = 1\n', ''];
  let cells = ['a', 'b', 'c', 'd', 'e'].map(name => cell(name));
  for (let round = 0; round < 300; round++) {
    const next = cells.map(item => ({ ...item }));
    for (let edit = random(4); edit >= 0; edit--) {
      const at = random(next.length);
      const kind = random(8);
      if (kind === 0 || next.length === 0) next.splice(at, 0, cell(`n${round}-${edit}`));
      else if (kind === 1) next.splice(random(next.length), 0, ...next.splice(at, 1));
      else if (kind === 2) next.splice(at, 1);
      else next[at].text = pieces[random(5)] + next[at].text.slice(random(3)) + pieces[random(5)];
    }
    const server = new Server(cells);
    const change = changes(cells, next);
    if (change) server.take(change);
    server.holds(next);
    cells = next;
  }
});

test('positions and offsets agree, in UTF-16 units', () => {
  const text = 'a🐍b\n\nlast';
  for (const at of [0, 1, 3, 4, 5, 6, 10]) assert.equal(offset(text, position(text, at)), at);
  assert.deepEqual(position(text, 3), { line: 0, character: 3 });
  assert.equal(offset(text, { line: 9, character: 0 }), text.length);
  assert.equal(offset(text, { line: 0, character: 99 }), 4);
});
