/** The command that runs a notebook: progress in a notification, and the way to the cell that failed. */

import { plainText, texts, type RunProgress, type RunResult } from '@offbook/client';
import * as vscode from 'vscode';
import { notebookOf, revealCell } from './notebooks';
import { cellNamed, type RunChecks } from './run';

/** Run the notebook that the command's argument names, or the active one, and say how it went. */
export async function runCommand(checks: RunChecks, log: vscode.LogOutputChannel, argument: unknown): Promise<void> {
  const notebook = notebookOf(argument);
  const refusal = checks.refusal(notebook);
  if (refusal !== null || !notebook) {
    void vscode.window.showInformationMessage(refusal ?? texts.extract.noNotebook);
    return;
  }
  const title = texts.run.title(notebook.uri.path.split('/').at(-1) ?? '');
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const result = await vscode.window.withProgress(options, (bar, token) => {
    bar.report({ message: texts.run.starting });
    return checks.check(notebook, token, { report: advance(bar) });
  });
  if (result) await show(notebook, result, log);
}

/** Return what moves a progress bar from cell to cell. */
function advance(bar: vscode.Progress<{ message?: string; increment?: number }>): (progress: RunProgress) => void {
  let done = 0;
  return ({ index, total, state }) => {
    const now = (100 * (index + (state === 'running' ? 0 : 1))) / Math.max(total, 1);
    bar.report({ message: texts.run.progress(index, total), increment: Math.max(0, now - done) });
    done = Math.max(done, now);
  };
}

async function show(notebook: vscode.NotebookDocument, result: RunResult, log: vscode.LogOutputChannel): Promise<void> {
  const failure = result.failure;
  if (!failure) {
    const good = result.status === 'passed' || result.status === 'cached';
    if (good) void vscode.window.showInformationMessage(texts.run.outcome(result));
    else void vscode.window.showWarningMessage(texts.run.outcome(result));
    return;
  }
  const cell = cellNamed(notebook, failure.cell);
  if (cell) await revealCell(cell);
  const buttons = [...(cell ? [texts.run.showCell] : []), ...(failure.traceback ? [texts.run.showTraceback] : [])];
  void vscode.window.showErrorMessage(texts.run.outcome(result), ...buttons).then(async chosen => {
    if (chosen === texts.run.showCell && cell) await revealCell(cell);
    if (chosen === texts.run.showTraceback) {
      log.error(`${notebook.uri.path}\n${plainText(failure.traceback)}`);
      log.show();
    }
  });
}
