/** Runs cells in the user's own kernel, as VS Code's own commands do. */

import type { RunCells } from '@offbook/client';
import * as vscode from 'vscode';
import { canonical, revealCell } from './notebooks';

const RESTART = 'jupyter.restartkernelandrunallcells';

/** Run a cell, it and all below it, or all cells: in a restarted kernel where the Jupyter extension is there. */
export async function runCells(uri: string, what: RunCells): Promise<void> {
  const wanted = canonical(uri);
  const cells = vscode.workspace.notebookDocuments.flatMap(notebook => notebook.getCells());
  const cell = cells.find(item => item.document.uri.toString() === wanted);
  if (!cell) return;
  await revealCell(cell);
  const ranges = [{ start: cell.index, end: what === 'cell' ? cell.index + 1 : cell.notebook.cellCount }];
  if (what !== 'all') {
    await vscode.commands.executeCommand('notebook.cell.execute', { ranges, document: cell.notebook.uri });
  } else if ((await vscode.commands.getCommands(true)).includes(RESTART)) {
    await vscode.commands.executeCommand(RESTART);
  } else {
    await vscode.commands.executeCommand('notebook.execute', cell.notebook.uri);
  }
}
