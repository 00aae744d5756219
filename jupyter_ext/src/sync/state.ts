/** The state of a notebook as it was told to the language server, and what to tell of a newer one. */

import { minimalEdit } from '@offbook/client';
import type {
  NotebookCell,
  NotebookDocumentChangeEvent,
  TextDocumentContentChangeEvent,
  TextDocumentItem,
} from 'vscode-languageserver-protocol';

/** One cell as the protocol sees it. */
export interface CellState {
  uri: string;
  kind: 'code' | 'markdown' | 'raw';
  language: string;
  text: string;
  /** Grows with every change of the text that is told. */
  version: number;
  metadata: Record<string, unknown>;
  executionOrder: number | null;
  /** Whether no output is an error. */
  success: boolean;
}

/** What changed between two states; `null` where nothing did. The newer one's cells get their versions here. */
export function changes(before: readonly CellState[], after: readonly CellState[]): NotebookDocumentChangeEvent | null {
  const known = new Map(before.map(cell => [cell.uri, cell]));
  for (const cell of after) {
    const old = known.get(cell.uri);
    cell.version = old ? old.version + (old.text === cell.text ? 0 : 1) : 1;
  }
  const structure = structureChange(before, after, known);
  const opened = new Set(structure?.didOpen?.map(document => document.uri));
  const kept = after.filter(cell => known.has(cell.uri) && !opened.has(cell.uri));
  const textContent = kept
    .filter(cell => known.get(cell.uri)!.text !== cell.text)
    .map(cell => ({
      document: { uri: cell.uri, version: cell.version },
      changes: [textChange(known.get(cell.uri)!.text, cell.text)],
    }));
  const data = kept.filter(cell => !sameData(known.get(cell.uri)!, cell)).map(protocolCell);
  if (!structure && textContent.length === 0 && data.length === 0) return null;
  return {
    cells: {
      ...(structure ? { structure } : {}),
      ...(textContent.length ? { textContent } : {}),
      ...(data.length ? { data } : {}),
    },
  };
}

/** A cell in the protocol's form. */
export function protocolCell(cell: CellState): NotebookCell {
  return {
    kind: cell.kind === 'code' ? 2 : 1,
    document: cell.uri,
    metadata: cell.metadata,
    ...(cell.executionOrder === null
      ? {}
      : { executionSummary: { executionOrder: cell.executionOrder, success: cell.success } }),
  };
}

/** A cell's document in the protocol's form. */
export function protocolDocument(cell: CellState): TextDocumentItem {
  return { uri: cell.uri, languageId: cell.language, version: cell.version, text: cell.text };
}

function structureChange(
  before: readonly CellState[],
  after: readonly CellState[],
  known: ReadonlyMap<string, CellState>,
): NonNullable<NonNullable<NotebookDocumentChangeEvent['cells']>['structure']> | null {
  const same = (left: CellState, right: CellState) => left.uri === right.uri && left.kind === right.kind;
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && same(before[start], after[start])) start++;
  let tail = 0;
  while (tail < shortest - start && same(before[before.length - 1 - tail], after[after.length - 1 - tail])) tail++;
  const removed = before.slice(start, before.length - tail);
  const added = after.slice(start, after.length - tail);
  if (removed.length === 0 && added.length === 0) return null;
  const stays = new Set(added.map(cell => cell.uri));
  const reopened = (cell: CellState) => known.get(cell.uri)?.language !== cell.language;
  return {
    array: { start, deleteCount: removed.length, cells: added.map(protocolCell) },
    didOpen: added.filter(cell => reopened(cell)).map(protocolDocument),
    didClose: removed.filter(cell => !stays.has(cell.uri)).map(cell => ({ uri: cell.uri })),
  };
}

function sameData(before: CellState, after: CellState): boolean {
  if (before === after) return true;
  return (
    before.executionOrder === after.executionOrder && JSON.stringify(before.metadata) === JSON.stringify(after.metadata)
  );
}

/** Return the one change that turns a text into another. */
export function textChange(before: string, after: string): TextDocumentContentChangeEvent {
  const edit = minimalEdit(before, after) ?? { start: 0, end: 0, text: '' };
  return { range: { start: position(before, edit.start), end: position(before, edit.end) }, text: edit.text };
}

/** Return the line and UTF-16 column of an offset. */
export function position(text: string, offset: number): { line: number; character: number } {
  let line = 0;
  let start = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < offset; next = text.indexOf('\n', start)) {
    line++;
    start = next + 1;
  }
  return { line, character: offset - start };
}

/** Return the offset of a line and UTF-16 column, within the text. */
export function offset(text: string, place: { line: number; character: number }): number {
  let start = 0;
  for (let line = 0; line < place.line; line++) {
    const next = text.indexOf('\n', start);
    if (next < 0) return text.length;
    start = next + 1;
  }
  const end = text.indexOf('\n', start);
  return Math.min(start + place.character, end < 0 ? text.length : end);
}
