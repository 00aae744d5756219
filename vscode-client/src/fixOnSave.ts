/** Fixes on save where a notebook begins with text: VS Code asks about its first cell, which the server does not see. */

import * as vscode from 'vscode';
import { NOTEBOOK_TYPE } from './notebooks';

const KIND = vscode.CodeActionKind.Empty.append('notebook.source.fixAll.offbook');
const SELECTOR = { notebookType: NOTEBOOK_TYPE, language: 'markdown' };

/** Let a text cell answer with what the first code cell does: the fixes are those of the whole notebook. */
export function fixThroughText(): vscode.Disposable {
  const provider: vscode.CodeActionProvider = {
    provideCodeActions: async (document, _, context) => {
      if (!context.only || !KIND.intersects(context.only)) return [];
      const notebook = vscode.workspace.notebookDocuments.find(item => item.cellAt(0).document === document);
      const code = notebook?.getCells().find(cell => cell.document.languageId === 'python');
      if (!code) return [];
      const range = new vscode.Range(0, 0, 0, 0);
      return vscode.commands.executeCommand('vscode.executeCodeActionProvider', code.document.uri, range, KIND.value);
    },
  };
  return vscode.languages.registerCodeActionsProvider(SELECTOR, provider, { providedCodeActionKinds: [KIND] });
}
