/** Puts what the last check has shown into the notebook, as one step of its undo. */

import type { ISharedCodeCell } from '@jupyter/ydoc';
import type { ICodeCellModel } from '@jupyterlab/cells';
import type { IOutput } from '@jupyterlab/nbformat';
import { METHODS, type FreshOutputs } from '@offbook/client';
import { repairView } from '../plans/outputs';
import { asOneStep } from '../plans/undo';
import type { SyncedNotebook } from '../sync/notebook';
import type { ILanguageServer } from '../tokens';

/** Take the fresh outputs over; return how many cells show something else now. The server refuses stale ones. */
export async function acceptOutputs(server: ILanguageServer, notebook: SyncedNotebook): Promise<number> {
  notebook.flush();
  const { cells } = await server.ask(METHODS.freshOutputs, { notebook: notebook.uri });
  const repair = () => cells.forEach(({ cell }) => repairCell(notebook, cell));
  const again = () => Promise.resolve().then(repair);
  asOneStep(notebook.shared, () => cells.forEach(fresh => take(notebook, fresh)), { undo: again, redo: again });
  repair();
  return cells.length;
}

function take(notebook: SyncedNotebook, { cell, executionCount, outputs }: FreshOutputs): void {
  const found = notebook.cellOf(cell);
  if (found?.cell_type !== 'code') return;
  const code = found as ISharedCodeCell;
  code.setOutputs(outputs as unknown as IOutput[]);
  code.execution_count = executionCount;
}

function repairCell(notebook: SyncedNotebook, cell: string): void {
  const model = notebook.panel.content.model?.cells.get(notebook.indexOf(cell));
  if (model?.type === 'code') repairView(model as ICodeCellModel);
}
