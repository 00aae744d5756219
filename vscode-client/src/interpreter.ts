/** Finds the Python that runs the language server. */

import os from 'node:os';
import { PythonExtension } from '@vscode/python-extension';
import * as vscode from 'vscode';
import { expandPath } from './expandPath';

const PYTHON_EXTENSION = 'ms-python.python';

/**
 * Return the interpreter: the setting where there is one, else the Python extension's choice, else Python on the path.
 *
 * In restricted mode the Python extension is not asked, since its answer may be a program inside the workspace; VS Code
 * itself keeps the workspace's value of the setting away.
 */
export async function findInterpreter(log: vscode.LogOutputChannel): Promise<string> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const setting = vscode.workspace.getConfiguration('offbook').get<string>('interpreter', '').trim();
  if (setting !== '') return expandPath(setting, os.homedir(), folder?.fsPath ?? '');
  if (vscode.workspace.isTrusted && vscode.extensions.getExtension(PYTHON_EXTENSION)) {
    try {
      const api = await PythonExtension.api();
      const environment = await api.environments.resolveEnvironment(api.environments.getActiveEnvironmentPath(folder));
      const path = environment?.executable.uri?.fsPath;
      if (path) return path;
    } catch (error) {
      log.warn(`The Python extension did not tell its interpreter: ${String(error)}`);
    }
  }
  return process.platform === 'win32' ? 'python' : 'python3';
}

/** Call back whenever another interpreter may have been chosen. */
export function onInterpreterChange(changed: () => void, log: vscode.LogOutputChannel): vscode.Disposable {
  const listeners = [
    vscode.workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration('offbook.interpreter')) changed();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(changed),
  ];
  if (vscode.extensions.getExtension(PYTHON_EXTENSION)) {
    PythonExtension.api().then(
      api => listeners.push(api.environments.onDidChangeActiveEnvironmentPath(changed)),
      (error: unknown) => log.warn(`The Python extension is not available: ${String(error)}`),
    );
  }
  return new vscode.Disposable(() => listeners.forEach(listener => void listener.dispose()));
}
