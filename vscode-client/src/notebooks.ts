/** Notebooks as the protocol sees them: cells named by their documents' URIs. */

import type { CellChangeMessage, CellText } from '@offbook/client';
import * as vscode from 'vscode';

export const NOTEBOOK_TYPE = 'jupyter-notebook';

/** One cell, and the editor's own object for it. */
export interface EditorCell extends CellText {
  cell: vscode.NotebookCell;
}

/** Return a URI in the one spelling in which two can be compared: servers may quote characters differently. */
export function canonical(uri: string): string {
  return vscode.Uri.parse(uri).toString();
}

/** Return the change with its cells named as ours are. */
export function namedCanonically(change: CellChangeMessage): CellChangeMessage {
  if (change.kind !== 'insertCell') return { ...change, cell: canonical(change.cell) };
  return { ...change, after: change.after === null ? null : canonical(change.after) };
}

/** Return the cells of a notebook. */
export function cellsOf(notebook: vscode.NotebookDocument): EditorCell[] {
  return notebook.getCells().map(cell => ({
    id: cell.document.uri.toString(),
    kind: cell.kind === vscode.NotebookCellKind.Code ? 'code' : cell.document.languageId === 'raw' ? 'raw' : 'markdown',
    source: cell.document.getText(),
    cell,
  }));
}

/** Return the open notebook of this URI, or open it from disk. */
export async function openNotebook(uri: string): Promise<vscode.NotebookDocument> {
  return findNotebook(uri) ?? (await vscode.workspace.openNotebookDocument(vscode.Uri.parse(uri)));
}

/** Return the open notebook of this URI. */
export function findNotebook(uri: string): vscode.NotebookDocument | undefined {
  const wanted = canonical(uri);
  return vscode.workspace.notebookDocuments.find(notebook => notebook.uri.toString() === wanted);
}

/** Return the Jupyter notebook in the active editor. */
export function activeNotebook(): vscode.NotebookDocument | undefined {
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  return notebook?.notebookType === NOTEBOOK_TYPE ? notebook : undefined;
}

/** Return the notebook that a command was called for: by URI, by a menu's context, or the active one. */
export function notebookOf(argument: unknown): vscode.NotebookDocument | undefined {
  if (typeof argument === 'string') return findNotebook(argument);
  const cell = cellOf(argument);
  if (cell) return cell.notebook;
  if (argument instanceof vscode.Uri) return findNotebook(argument.toString()) ?? activeNotebook();
  const context = argument as { notebookEditor?: { notebookUri?: vscode.Uri } } | undefined;
  const uri = context?.notebookEditor?.notebookUri;
  return (uri && findNotebook(uri.toString())) ?? activeNotebook();
}

/** Return the cell whose menu a command was called from. */
export function cellOf(argument: unknown): vscode.NotebookCell | undefined {
  const cell = argument as Partial<vscode.NotebookCell> | undefined;
  return cell?.notebook && cell.document ? (argument as vscode.NotebookCell) : undefined;
}

/** Show a cell in the middle of its editor, selected: in the group where the notebook is seen already. */
export async function revealCell(cell: vscode.NotebookCell): Promise<void> {
  const range = new vscode.NotebookRange(cell.index, cell.index + 1);
  const shown = vscode.window.visibleNotebookEditors.find(({ notebook }) => notebook === cell.notebook);
  const editor = await vscode.window.showNotebookDocument(cell.notebook, {
    ...{ selections: [range], viewColumn: shown?.viewColumn },
  });
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenter);
}
