/** Changes the cells of an open notebook as a plan says. */

import type { ISharedCodeCell } from '@jupyter/ydoc';
import { applyChanges, minimalEdit, withoutDropped, type CellChangeMessage, type PlannedCell } from '@offbook/client';
import type { SyncedNotebook } from '../sync/notebook';
import { trimOutput } from './outputs';

/** Change the cells. To be called within one transaction. */
export function changeCells(notebook: SyncedNotebook, changes: readonly CellChangeMessage[]): void {
  const planned = applyChanges(notebook.texts(), changes);
  planned.forEach((cell, index) => {
    if (cell.original === null) insert(notebook, index, cell);
    else keep(notebook, index, cell);
  });
  const { shared } = notebook;
  if (shared.cells.length > planned.length) shared.deleteCellRange(planned.length, shared.cells.length);
}

function insert({ shared }: SyncedNotebook, index: number, cell: PlannedCell): void {
  const known = new Set(shared.cells.map(other => other.getId()));
  shared.insertCell(index, {
    cell_type: cell.kind,
    source: cell.source,
    metadata: cell.kind === 'code' ? { trusted: true } : {},
    ...(cell.id && !known.has(cell.id) ? { id: cell.id } : {}),
    ...(cell.kind === 'code' ? { outputs: [], execution_count: null } : {}),
  });
}

/** Delete what stands before the cell, and change the cell. */
function keep(notebook: SyncedNotebook, index: number, planned: PlannedCell): void {
  const { shared } = notebook;
  const at = notebook.indexOf(planned.id);
  if (at > index) shared.deleteCellRange(index, at);
  const cell = shared.getCell(index);
  const edit = minimalEdit(cell.getSource(), planned.source);
  if (edit) cell.updateSource(edit.start, edit.end, edit.text);
  if (cell.cell_type !== 'code') return;
  const code = cell as ISharedCodeCell;
  const { trimOutputs: lines, dropOutputs: drop } = planned;
  if (lines !== null) code.setOutputs(code.getOutputs().map(output => trimOutput(output, lines)));
  if (drop !== null) code.setOutputs(withoutDropped(code.getOutputs(), drop));
}
