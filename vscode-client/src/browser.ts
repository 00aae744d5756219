/** offbook in a VS Code that has no machine behind it: says so, once. */

import * as vscode from 'vscode';

const MESSAGE =
  'offbook needs Python, which this browser-only VS Code cannot start. Open the folder in VS Code on a machine, ' +
  'in a container or over SSH.';
const COMMANDS = [
  'extractModule',
  'refactor',
  'run',
  'undoRefactoring',
  'restart',
  'showLog',
  'previewVerify',
  'previewApply',
  'previewDiscard',
];

export function activate(context: vscode.ExtensionContext): void {
  const explain = () => void vscode.window.showWarningMessage(MESSAGE);
  for (const name of COMMANDS) {
    context.subscriptions.push(vscode.commands.registerCommand(`offbook.${name}`, explain));
  }
}
