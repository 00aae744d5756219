/** A line above the notebook's first code that says whether it runs, and runs it. */

import { Command, describeRunState } from '@offbook/client';
import * as vscode from 'vscode';
import { NOTEBOOK_TYPE } from './notebooks';
import { runIcon, type RunChecks } from './run';

const SELECTOR = { notebookType: NOTEBOOK_TYPE, language: 'python' };
const SETTING = 'codeLens.enabled';

export class RunLens implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly listeners: vscode.Disposable[];

  constructor(private readonly checks: RunChecks) {
    const update = () => this.changed.fire();
    this.listeners = [
      checks.onDidChange(update),
      vscode.workspace.onDidChangeNotebookDocument(event => event.contentChanges.length > 0 && update()),
      vscode.workspace.onDidChangeConfiguration(event => event.affectsConfiguration(`offbook.${SETTING}`) && update()),
      vscode.languages.registerCodeLensProvider(SELECTOR, this),
    ];
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!vscode.workspace.isTrusted) return [];
    if (!vscode.workspace.getConfiguration('offbook').get<boolean>(SETTING, true)) return [];
    const notebook = vscode.workspace.notebookDocuments.find(item => firstCode(item)?.document === document);
    if (!notebook || notebook.isUntitled) return [];
    const state = this.checks.state(notebook.uri);
    const title = `${runIcon(state) || '$(verified)'} offbook: ${describeRunState(state)}`;
    const command = { title, command: Command.run, arguments: [notebook.uri.toString()] };
    return [new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), command)];
  }

  dispose(): void {
    vscode.Disposable.from(...this.listeners, this.changed).dispose();
  }
}

function firstCode(notebook: vscode.NotebookDocument): vscode.NotebookCell | undefined {
  return notebook.getCells().find(cell => cell.kind === vscode.NotebookCellKind.Code);
}
