/** The restart-and-run-all check: progress, marks, and the way to the cell that failed. */

import {
  METHODS,
  NEVER_RUN,
  nextRunState,
  texts,
  type RunEvent,
  type RunProgress,
  type RunResult,
  type RunState,
} from '@offbook/client';
import * as vscode from 'vscode';
import { canonical, findNotebook, notebookOf, revealCell } from './notebooks';
import type { CellMarks } from './cellMarks';
import type { OffbookClient } from './client';
import type { Server } from './server';

interface Running {
  report: (progress: RunProgress) => void;
}

export class RunChecks implements vscode.Disposable {
  private readonly states = new Map<string, RunState>();
  private readonly running = new Map<string, Running>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly listeners: vscode.Disposable[];
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly server: Server,
    private readonly marks: CellMarks,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.listeners = [
      server.onDidStart(client => client.onRunProgress(progress => this.progressed(progress))),
      vscode.workspace.onDidChangeTextDocument(event => this.edited(event)),
      vscode.workspace.onDidChangeNotebookDocument(event => {
        if (event.contentChanges.length > 0) this.move(event.notebook.uri.toString(), { kind: 'edited' });
      }),
      vscode.workspace.onDidCloseNotebookDocument(notebook => this.states.delete(notebook.uri.toString())),
    ];
  }

  /** What is known of a notebook. */
  state(uri: vscode.Uri): RunState {
    return this.states.get(uri.toString()) ?? NEVER_RUN;
  }

  /** Run the command for the notebook that its argument names, or the active one. */
  async run(argument: unknown): Promise<void> {
    const notebook = notebookOf(argument);
    const refusal = this.refusal(notebook);
    const client = this.server.ready;
    if (refusal !== null || !notebook || !client) {
      void vscode.window.showInformationMessage(refusal ?? texts.server.notReady);
      return;
    }
    const uri = notebook.uri.toString();
    if (this.running.has(uri)) return;
    this.marks.clear(notebook);
    this.move(uri, { kind: 'started' });
    let result: RunResult | null;
    try {
      result = await this.runWithProgress(client, notebook);
    } catch (error) {
      this.move(uri, { kind: 'stopped' });
      throw error;
    } finally {
      this.running.delete(uri);
    }
    if (!result) {
      this.move(uri, { kind: 'stopped' });
      this.marks.stop(notebook);
      return;
    }
    this.move(uri, { kind: 'finished', result });
    await this.show(notebook, result);
  }

  private refusal(notebook: vscode.NotebookDocument | undefined): string | null {
    if (!vscode.workspace.isTrusted) return texts.run.restricted;
    if (!notebook) return texts.extract.noNotebook;
    return notebook.isUntitled ? texts.run.unsaved : null;
  }

  private runWithProgress(client: OffbookClient, notebook: vscode.NotebookDocument): Promise<RunResult | null> {
    const uri = notebook.uri.toString();
    const timeout = vscode.workspace.getConfiguration('offbook', notebook.uri).get<number>('run.timeout', 0);
    const title = texts.run.title(notebook.uri.path.split('/').at(-1) ?? '');
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    const task = async (
      bar: vscode.Progress<{ message?: string; increment?: number }>,
      token: vscode.CancellationToken,
    ) => {
      bar.report({ message: texts.run.starting });
      let done = 0;
      const report = ({ index, total, state }: RunProgress) => {
        const now = (100 * (index + (state === 'running' ? 0 : 1))) / Math.max(total, 1);
        bar.report({ message: texts.run.progress(index, total), increment: Math.max(0, now - done) });
        done = Math.max(done, now);
      };
      this.running.set(uri, { report });
      try {
        return await client.ask(METHODS.run, { notebook: uri, ...(timeout > 0 ? { timeout } : {}) }, token);
      } catch (error) {
        if (token.isCancellationRequested) return null;
        throw error;
      }
    };
    return Promise.resolve(vscode.window.withProgress(options, task));
  }

  private progressed(progress: RunProgress): void {
    const uri = canonical(progress.notebook);
    this.running.get(uri)?.report(progress);
    this.marks.progress(canonical(progress.cell), progress);
    this.move(uri, { kind: 'progress', progress });
  }

  private async show(notebook: vscode.NotebookDocument, result: RunResult): Promise<void> {
    const failure = result.failure;
    if (!failure) {
      const good = result.status === 'passed' || result.status === 'cached';
      if (good) void vscode.window.showInformationMessage(texts.run.outcome(result));
      else void vscode.window.showWarningMessage(texts.run.outcome(result));
      return;
    }
    const uri = failure.cell === null ? null : canonical(failure.cell);
    const cell = notebook.getCells().find(item => item.document.uri.toString() === uri);
    if (cell) {
      this.marks.fail(cell, failure);
      await revealCell(cell);
    }
    const message = texts.run.outcome(result);
    const buttons = [...(cell ? [texts.run.showCell] : []), ...(failure.traceback ? [texts.run.showTraceback] : [])];
    void vscode.window.showErrorMessage(message, ...buttons).then(async chosen => {
      if (chosen === texts.run.showCell && cell) await revealCell(cell);
      if (chosen === texts.run.showTraceback) this.showTraceback(notebook, failure.traceback);
    });
  }

  private showTraceback(notebook: vscode.NotebookDocument, traceback: string): void {
    // eslint-disable-next-line no-control-regex -- terminal colours begin with a control character
    this.log.error(`${notebook.uri.path}\n${traceback.replace(/\x1b\[[0-9;]*m/g, '')}`);
    this.log.show();
  }

  private edited(event: vscode.TextDocumentChangeEvent): void {
    if (event.document.uri.scheme !== 'vscode-notebook-cell' || event.contentChanges.length === 0) return;
    const notebook = vscode.workspace.notebookDocuments.find(item =>
      item.getCells().some(cell => cell.document === event.document && cell.kind === vscode.NotebookCellKind.Code),
    );
    if (!notebook) return;
    this.marks.edited(event.document.uri);
    this.move(notebook.uri.toString(), { kind: 'edited' });
  }

  private move(uri: string, event: RunEvent): void {
    const before = this.states.get(uri) ?? NEVER_RUN;
    const after = nextRunState(before, event);
    if (after === before || !findNotebook(uri)) return;
    this.states.set(uri, after);
    this.changed.fire();
  }

  dispose(): void {
    vscode.Disposable.from(...this.listeners, this.changed).dispose();
  }
}

/** Return the icon of a run state, for the status bar. */
export function runIcon(state: RunState): string {
  return { never: '', running: '$(sync~spin)', verified: '$(verified)', failed: '$(error)', changed: '$(history)' }[
    state.kind
  ];
}
