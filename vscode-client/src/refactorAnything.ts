/** Any refactoring of the catalogue: asks for what is not known of its options, then shows the plan. */

import { REFACTORINGS, texts, type RefactoringInfo } from '@offbook/client';
import * as vscode from 'vscode';
import { cellsOf, notebookOf } from './notebooks';
import type { Refactorer } from './refactor';
import type { Server } from './server';

/** Run the command; its arguments come from a code action (notebook, id, options), a menu or nowhere. */
export async function refactorAnything(server: Server, refactorer: Refactorer, ...args: unknown[]): Promise<void> {
  const notebook = notebookOf(args[0]);
  const client = server.ready;
  if (!notebook || !client) {
    void vscode.window.showInformationMessage(client ? texts.extract.noNotebook : texts.server.notReady);
    return;
  }
  const chosen = typeof args[1] === 'string' ? REFACTORINGS.find(item => item.id === args[1]) : await pick();
  if (!chosen) return;
  const known = (args[2] as Record<string, unknown> | undefined) ?? selectedCells(notebook, chosen);
  const options = await ask(chosen, known);
  if (!options) return;
  await refactorer.refactor(client, notebook, { notebook: notebook.uri.toString(), refactoring: chosen.id, options });
}

async function pick(): Promise<RefactoringInfo | undefined> {
  const items = REFACTORINGS.map(info => ({ label: info.title, detail: info.summary, info }));
  return (await vscode.window.showQuickPick(items, { title: texts.refactor.title, matchOnDetail: true }))?.info;
}

/** Return the selected cells as the option that wants some. */
function selectedCells(notebook: vscode.NotebookDocument, info: RefactoringInfo): Record<string, unknown> {
  const editor = vscode.window.activeNotebookEditor;
  const option = info.options.find(item => item.kind === 'cells' || item.kind === 'cell');
  if (editor?.notebook !== notebook || !option) return {};
  const cells = cellsOf(notebook);
  const ids = editor.selections.flatMap(range => cells.slice(range.start, range.end).map(cell => cell.id));
  if (ids.length === 0) return {};
  return { [option.name]: option.kind === 'cells' ? ids : ids[0] };
}

/** Ask for the options that are to be asked for; `undefined` where the user has had enough. */
async function ask(
  info: RefactoringInfo,
  known: Record<string, unknown>,
): Promise<Record<string, unknown> | undefined> {
  const options = { ...known };
  for (const option of info.options) {
    if ((option.ask === '' && !option.required) || option.name in options) continue;
    const prompt = option.required ? option.help : `${option.help} ${texts.refactor.leaveEmpty}`;
    const value = await vscode.window.showInputBox({ title: `${info.title}: ${option.ask}`, prompt });
    if (value === undefined || (value === '' && option.required)) return undefined;
    if (value !== '') options[option.name] = value;
  }
  return options;
}
