/** offbook in a VS Code that has no machine behind it: says so, once. */

import { commandName, REFACTORINGS } from '@offbook/client';
import * as vscode from 'vscode';

const MESSAGE =
  'offbook needs Python, which this browser-only VS Code cannot start. Open the folder in VS Code on a machine, ' +
  'in a container or over SSH.';
const COMMANDS = [
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
  for (const name of [...COMMANDS, ...REFACTORINGS.map(info => commandName(info.id))]) {
    context.subscriptions.push(vscode.commands.registerCommand(`offbook.${name}`, explain));
  }
}
