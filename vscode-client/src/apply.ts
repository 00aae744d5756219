/** Applies a plan to notebooks and files as one edit, so that one undo takes it all back. */

import {
  fileName,
  findStale,
  minimalEdit,
  sameText,
  snapshot,
  texts,
  type CellChangeMessage,
  type FileChangeMessage,
  type PlanMessage,
  withoutDropped,
} from '@offbook/client';
import * as vscode from 'vscode';
import { cellsOf, findNotebook, namedCanonically, openNotebook, type EditorCell } from './notebooks';
import { cellWith, trimmedCell } from './trim';

/** What notebooks held when a plan was asked for, by URI. */
export type Snapshots = ReadonlyMap<string, string>;

/** Remember what a notebook holds now. */
export function takeSnapshot(notebook: vscode.NotebookDocument): Snapshots {
  return new Map([[notebook.uri.toString(), snapshot(cellsOf(notebook))]]);
}

/** Return a sentence that says why the plan no longer fits, or `null`. */
export async function findMisfit(plan: PlanMessage, snapshots: Snapshots): Promise<string | null> {
  for (const change of plan.notebooks) {
    let notebook: vscode.NotebookDocument;
    try {
      notebook = await openNotebook(change.uri);
    } catch {
      return texts.plan.notOpen(fileName(change.uri));
    }
    const cells = cellsOf(notebook);
    const before = snapshots.get(notebook.uri.toString());
    if (before !== undefined && before !== snapshot(cells)) return texts.plan.stale;
    // The editor's version also counts outputs, which the server never sees: sources decide.
    const changes = change.changes.map(namedCanonically);
    if (findStale({ ...change, changes }, { cells, version: null })) return texts.plan.stale;
  }
  for (const file of plan.files) {
    const now = await readText(vscode.Uri.parse(file.uri));
    const same = now === null || file.before === null ? now === file.before : sameText(now, file.before);
    if (!same) return texts.plan.staleFile(fileName(file.uri));
  }
  return null;
}

/** Apply the plan; return a sentence that says why not, or `null`. Nothing changes where it is refused. */
export async function applyPlan(plan: PlanMessage, snapshots: Snapshots): Promise<string | null> {
  const misfit = await findMisfit(plan, snapshots);
  if (misfit !== null) return misfit;
  const edit = new vscode.WorkspaceEdit();
  for (const file of plan.files) await editFile(edit, file);
  for (const change of plan.notebooks) {
    const notebook = await openNotebook(change.uri);
    editNotebook(edit, notebook, change.changes.map(namedCanonically));
  }
  if (!(await vscode.workspace.applyEdit(edit))) return texts.plan.failed;
  await saveUnseen(plan);
  return null;
}

function editNotebook(
  edit: vscode.WorkspaceEdit,
  notebook: vscode.NotebookDocument,
  changes: CellChangeMessage[],
): void {
  const cells = new Map(cellsOf(notebook).map(cell => [cell.id, cell]));
  const structural: vscode.NotebookEdit[] = [];
  for (const change of changes) {
    const target = change.kind === 'insertCell' ? change.after : change.cell;
    const cell = target === null ? undefined : cells.get(target);
    if (change.kind === 'insertCell') {
      structural.push(vscode.NotebookEdit.insertCells(cell ? cell.cell.index + 1 : 0, [newCell(change)]));
    } else if (cell && change.kind === 'deleteCell') {
      structural.push(vscode.NotebookEdit.deleteCells(rangeOf(cell)));
    } else if (cell && change.kind === 'replaceSource') {
      replaceText(edit, cell.cell.document, change.after);
    } else if (cell && change.kind === 'trimOutputs') {
      structural.push(vscode.NotebookEdit.replaceCells(rangeOf(cell), [trimmedCell(cell.cell, change.lines)]));
    } else if (cell && change.kind === 'dropOutputs') {
      const left = withoutDropped(cell.cell.outputs, change);
      structural.push(vscode.NotebookEdit.replaceCells(rangeOf(cell), [cellWith(cell.cell, left)]));
    }
  }
  if (structural.length > 0) edit.set(notebook.uri, structural);
}

function newCell(change: CellChangeMessage & { kind: 'insertCell' }): vscode.NotebookCellData {
  const kind = change.cellKind === 'code' ? vscode.NotebookCellKind.Code : vscode.NotebookCellKind.Markup;
  const language = { code: 'python', markdown: 'markdown', raw: 'raw' }[change.cellKind];
  return new vscode.NotebookCellData(kind, change.source, language);
}

function rangeOf({ cell }: EditorCell): vscode.NotebookRange {
  return new vscode.NotebookRange(cell.index, cell.index + 1);
}

async function editFile(edit: vscode.WorkspaceEdit, file: FileChangeMessage): Promise<void> {
  const uri = vscode.Uri.parse(file.uri);
  if (file.before === null) edit.createFile(uri, { contents: new TextEncoder().encode(file.after) });
  else replaceText(edit, await vscode.workspace.openTextDocument(uri), file.after);
}

function replaceText(edit: vscode.WorkspaceEdit, document: vscode.TextDocument, after: string): void {
  const eol = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
  const change = minimalEdit(document.getText(), after.replace(/\r\n?|\n/g, eol));
  if (change === null) return;
  const range = new vscode.Range(document.positionAt(change.start), document.positionAt(change.end));
  edit.replace(document.uri, range, change.text);
}

/** Save changed modules, since a kernel imports what is on disk, and notebooks that no editor shows. */
async function saveUnseen(plan: PlanMessage): Promise<void> {
  for (const file of plan.files) {
    if (file.before !== null) await (await vscode.workspace.openTextDocument(vscode.Uri.parse(file.uri))).save();
  }
  for (const change of plan.notebooks) {
    const notebook = findNotebook(change.uri);
    const seen = vscode.window.visibleNotebookEditors.some(editor => editor.notebook === notebook);
    if (notebook && !seen && !hasTab(notebook)) await notebook.save();
  }
}

function hasTab(notebook: vscode.NotebookDocument): boolean {
  return vscode.window.tabGroups.all.some(group =>
    group.tabs.some(
      tab => tab.input instanceof vscode.TabInputNotebook && tab.input.uri.toString() === notebook.uri.toString(),
    ),
  );
}

/** Return the text of a file as its editor or the disk has it; `null` where there is none. */
async function readText(uri: vscode.Uri): Promise<string | null> {
  try {
    await vscode.workspace.fs.stat(uri);
  } catch {
    return null;
  }
  return (await vscode.workspace.openTextDocument(uri)).getText();
}
