/** The restart-and-run-all check of each notebook: its state, its cells' marks, and its result. */

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
import { canonical, findNotebook } from './notebooks';
import type { CellMarks } from './cellMarks';
import type { Server } from './server';

/** Told of every cell that starts or ends. */
export type Report = (progress: RunProgress) => void;

export interface CheckOptions {
  report?: Report;
  /** Hold the outputs against those in the file, which is saved first. */
  compare?: boolean;
}

/** A check that has ended. */
export interface Finished {
  notebook: vscode.NotebookDocument;
  result: RunResult;
}

export class RunChecks implements vscode.Disposable {
  private readonly states = new Map<string, RunState>();
  private readonly running = new Map<string, Report>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly finished = new vscode.EventEmitter<Finished>();
  private readonly listeners: vscode.Disposable[];
  /** Fires with the notebook whose state has changed. */
  readonly onDidChange = this.changed.event;
  readonly onDidFinish = this.finished.event;

  constructor(
    private readonly server: Server,
    private readonly marks: CellMarks,
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

  /** Say why a notebook cannot be run, or `null`. */
  refusal(notebook: vscode.NotebookDocument | undefined): string | null {
    if (!vscode.workspace.isTrusted) return texts.run.restricted;
    if (!notebook) return texts.extract.noNotebook;
    if (notebook.isUntitled) return texts.run.unsaved;
    return this.server.ready ? null : texts.server.notReady;
  }

  /** Run a notebook that is not refused; `null` where it was cancelled, or runs already. */
  async check(
    notebook: vscode.NotebookDocument,
    token: vscode.CancellationToken,
    { report = () => {}, compare = false }: CheckOptions = {},
  ): Promise<RunResult | null> {
    const uri = notebook.uri.toString();
    const client = this.server.ready;
    if (!client || this.running.has(uri)) return null;
    this.running.set(uri, report);
    this.marks.clear(notebook);
    this.move(uri, { kind: 'started' });
    try {
      if (compare && notebook.isDirty) await notebook.save();
      const timeout = vscode.workspace.getConfiguration('offbook', notebook.uri).get<number>('run.timeout', 0);
      const params = { notebook: uri, compare, ...(timeout > 0 ? { timeout } : {}) };
      const result = await client.ask(METHODS.run, params, token);
      this.move(uri, { kind: 'finished', result });
      this.markFailure(notebook, result);
      this.finished.fire({ notebook, result });
      return result;
    } catch (error) {
      this.move(uri, { kind: 'stopped' });
      this.marks.stop(notebook);
      if (token.isCancellationRequested) return null;
      throw error;
    } finally {
      this.running.delete(uri);
    }
  }

  private markFailure(notebook: vscode.NotebookDocument, { failure }: RunResult): void {
    const cell = failure && cellNamed(notebook, failure.cell);
    if (cell) this.marks.fail(cell, failure);
  }

  private progressed(progress: RunProgress): void {
    const uri = canonical(progress.notebook);
    this.running.get(uri)?.(progress);
    this.marks.progress(canonical(progress.cell), progress);
    this.move(uri, { kind: 'progress', progress });
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
    this.changed.fire(vscode.Uri.parse(uri));
  }

  dispose(): void {
    vscode.Disposable.from(...this.listeners, this.changed, this.finished).dispose();
  }
}

/** Return the cell that a message names, where it is still there. */
export function cellNamed(notebook: vscode.NotebookDocument, uri: string | null): vscode.NotebookCell | undefined {
  const wanted = uri === null ? null : canonical(uri);
  return notebook.getCells().find(cell => cell.document.uri.toString() === wanted);
}

/** Return the icon of a run state, for the status bar. */
export function runIcon(state: RunState): string {
  return { never: '', running: '$(sync~spin)', verified: '$(verified)', failed: '$(error)', changed: '$(history)' }[
    state.kind
  ];
}
