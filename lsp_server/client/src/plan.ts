/** Applies a plan's changes to a list of cells, and tells when they no longer fit. */

import type { CellChangeMessage, NotebookChangeMessage } from './wire.gen.js';

/** A cell as a plan sees it; `id` is its document's URI. */
export interface CellText {
  id: string;
  kind: 'code' | 'markdown' | 'raw';
  source: string;
}

/** A cell of the notebook after a plan: an old one (`original`, perhaps with another source), or a new one. */
export interface PlannedCell<C extends CellText = CellText> extends CellText {
  original: C | null;
  /** Keep only so many lines of its text outputs; `null` keeps all. */
  trimOutputs: number | null;
  /** Drop these outputs, by number, of `total` that it must have; `null` drops none. */
  dropOutputs: { outputs: readonly number[]; total: number } | null;
}

/** The cells of one notebook as they are now. */
export interface NotebookState<C extends CellText = CellText> {
  cells: readonly C[];
  /** The document's version, where it is open. */
  version: number | null;
}

/** Why changes no longer fit the notebook that they were made for. */
export interface Stale {
  reason: 'version' | 'missing-cell' | 'changed-cell';
  cell: string | null;
}

/**
 * Tell whether the changes still fit.
 *
 * An editor whose versions also count changes that the server never sees (outputs, say) gives no version, and compares
 * the whole notebook by `snapshot` instead.
 */
export function findStale(change: NotebookChangeMessage, now: NotebookState): Stale | null {
  const cells = new Map(now.cells.map(cell => [cell.id, cell]));
  for (const item of change.changes) {
    const target = item.kind === 'insertCell' ? item.after : item.cell;
    if (target === null) continue;
    const cell = cells.get(target);
    if (!cell) return { reason: 'missing-cell', cell: target };
    const named = item.kind === 'replaceSource' || item.kind === 'deleteCell';
    if (named && !sameText(cell.source, item.before)) return { reason: 'changed-cell', cell: target };
  }
  const moved = change.version !== null && now.version !== null && change.version !== now.version;
  return moved ? { reason: 'version', cell: null } : null;
}

/** Return a text that is equal for equal cells: taken when a plan is asked for, compared when it is applied. */
export function snapshot(cells: readonly CellText[]): string {
  return JSON.stringify(cells.map(cell => [cell.id, cell.kind, cell.source.replace(/\r\n?/g, '\n')]));
}

/** Return the cells as they are after all changes; the input stays as it is. */
export function applyChanges<C extends CellText>(
  cells: readonly C[],
  changes: readonly CellChangeMessage[],
): PlannedCell<C>[] {
  const planned = new Map<string, PlannedCell<C> | null>(
    cells.map(cell => [
      cell.id,
      { id: cell.id, kind: cell.kind, source: cell.source, original: cell, trimOutputs: null, dropOutputs: null },
    ]),
  );
  const inserted = new Map<string | null, PlannedCell<C>[]>();
  for (const change of changes) {
    if (change.kind === 'insertCell') {
      const group = inserted.get(change.after) ?? [];
      group.push(newCell(change.id, change.cellKind, change.source));
      inserted.set(change.after, group);
      continue;
    }
    const cell = planned.get(change.cell);
    if (!cell) continue;
    if (change.kind === 'deleteCell') planned.set(change.cell, null);
    else if (change.kind === 'replaceSource') cell.source = change.after;
    else if (change.kind === 'trimOutputs') cell.trimOutputs = change.lines;
    else cell.dropOutputs = change;
  }
  const result = [...(inserted.get(null) ?? [])];
  for (const [id, cell] of planned) {
    if (cell) result.push(cell);
    result.push(...(inserted.get(id) ?? []));
  }
  return result;
}

/** Return the outputs that stay; all of them where there are others by now than those that the change is about. */
export function withoutDropped<T>(outputs: readonly T[], drop: { outputs: readonly number[]; total: number }): T[] {
  return outputs.filter((_, number) => outputs.length !== drop.total || !drop.outputs.includes(number));
}

/** Compare two sources; editors may hold the same text with other line ends. */
export function sameText(left: string, right: string): boolean {
  return left === right || left.replace(/\r\n?/g, '\n') === right.replace(/\r\n?/g, '\n');
}

function newCell(id: string, kind: CellText['kind'], source: string): PlannedCell<never> {
  return { id, kind, source, original: null, trimOutputs: null, dropOutputs: null };
}
