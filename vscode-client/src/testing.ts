/** Every notebook of the workspace as a test: it passes where it runs to the end in a fresh kernel. */

import {
  plainText,
  sentences,
  shownText,
  texts,
  type OutputDifference,
  type RunFailure,
  type RunProgress,
  type RunResult,
} from '@offbook/client';
import * as vscode from 'vscode';
import { firstCodeLine } from './cellMarks';
import { canonical, openNotebook } from './notebooks';
import { cellNamed, type Finished, type RunChecks } from './run';

const NOTEBOOKS = '**/*.ipynb';
/** Copies that editors and tools keep. */
const LEFT_OUT = '**/{.ipynb_checkpoints,node_modules,.venv,site-packages}/**';

export class NotebookTests implements vscode.Disposable {
  private readonly controller = vscode.tests.createTestController('offbook', texts.tests.title);
  private readonly watcher = vscode.workspace.createFileSystemWatcher(NOTEBOOKS, false, true, false);
  private readonly listeners: vscode.Disposable[];
  /** The notebooks that this view runs: it hears of their ends where it started them. */
  private readonly own = new Set<string>();

  constructor(private readonly checks: RunChecks) {
    this.controller.resolveHandler = item => (item ? undefined : this.discover());
    this.controller.refreshHandler = () => this.discover();
    this.listeners = [
      this.watcher.onDidCreate(uri => this.add(uri)),
      this.watcher.onDidDelete(uri => this.controller.items.delete(uri.toString())),
      checks.onDidFinish(finished => this.note(finished)),
      checks.onDidChange(uri => this.outdate(uri)),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.discover()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.offerRun()),
    ];
    this.offerRun();
  }

  /** In an untrusted folder nothing can be run. */
  private offerRun(): void {
    if (!vscode.workspace.isTrusted) return;
    const offer = (label: string, compare: boolean) =>
      this.controller.createRunProfile(
        label,
        vscode.TestRunProfileKind.Run,
        (request, token) => this.run(request, compare, token),
        !compare,
      );
    offer(texts.run.action, false);
    offer(texts.tests.compare, true);
  }

  private async discover(): Promise<void> {
    const found = await vscode.workspace.findFiles(NOTEBOOKS, LEFT_OUT);
    this.controller.items.replace(found.sort().map(uri => this.item(uri)));
  }

  private add(uri: vscode.Uri): void {
    if (!/\/(\.ipynb_checkpoints|node_modules|\.venv|site-packages)\//.test(uri.path)) {
      this.controller.items.add(this.item(uri));
    }
  }

  private item(uri: vscode.Uri): vscode.TestItem {
    const known = this.controller.items.get(uri.toString());
    return known ?? this.controller.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri);
  }

  private async run(request: vscode.TestRunRequest, compare: boolean, token: vscode.CancellationToken): Promise<void> {
    const all = [...this.controller.items].map(([, item]) => item);
    const left = new Set(request.exclude);
    const items = (request.include ?? all).filter(item => !left.has(item));
    const run = this.controller.createTestRun(request);
    items.forEach(item => run.enqueued(item));
    for (const item of items) {
      if (token.isCancellationRequested) run.skipped(item);
      else await this.runOne(run, item, compare, token);
    }
    run.end();
  }

  private async runOne(
    run: vscode.TestRun,
    item: vscode.TestItem,
    compare: boolean,
    token: vscode.CancellationToken,
  ): Promise<void> {
    this.own.add(item.id);
    run.started(item);
    try {
      const notebook = await openNotebook(item.id);
      const refusal = this.checks.refusal(notebook);
      if (refusal !== null) return run.errored(item, new vscode.TestMessage(refusal));
      const numbers = new Map(notebook.getCells().map(cell => [cell.document.uri.toString(), cell.index]));
      const report = ({ cell, index, state, seconds }: RunProgress) => {
        if (state === 'running') return;
        const number = texts.cell(numbers.get(canonical(cell)) ?? index);
        run.appendOutput(`${texts.tests.cell(number, state, seconds)}\r\n`, undefined, item);
      };
      const result = await this.checks.check(notebook, token, { report, compare });
      if (result) conclude(run, item, { notebook, result });
      else run.skipped(item);
    } catch (error) {
      run.errored(item, new vscode.TestMessage(error instanceof Error ? error.message : String(error)));
    } finally {
      this.own.delete(item.id);
    }
  }

  /** A check that was started elsewhere has ended: the view shows it, too. */
  private note(finished: Finished): void {
    const { uri } = finished.notebook;
    if (this.own.has(uri.toString()) || !vscode.workspace.getWorkspaceFolder(uri)) return;
    const item = this.item(uri);
    this.controller.items.add(item);
    const run = this.controller.createTestRun(new vscode.TestRunRequest([item]), undefined, false);
    conclude(run, item, finished);
    run.end();
  }

  private outdate(uri: vscode.Uri): void {
    const item = this.controller.items.get(uri.toString());
    if (item && this.checks.state(uri).kind === 'changed') this.controller.invalidateTestResults(item);
  }

  dispose(): void {
    vscode.Disposable.from(...this.listeners, this.watcher, this.controller).dispose();
  }
}

/** Say what became of a notebook. */
function conclude(run: vscode.TestRun, item: vscode.TestItem, { notebook, result }: Finished): void {
  run.appendOutput(`${result.message}\r\n`, undefined, item);
  const took = 1000 * result.seconds;
  if (result.status === 'skipped') run.skipped(item);
  else if (result.status === 'passed' || result.status === 'cached') run.passed(item, took);
  else run.failed(item, problems(run, item, notebook, result), took);
}

function problems(
  run: vscode.TestRun,
  item: vscode.TestItem,
  notebook: vscode.NotebookDocument,
  result: RunResult,
): vscode.TestMessage[] {
  if (result.failure) return [failure(run, item, notebook, result, result.failure)];
  if (result.differences.length === 0) return [new vscode.TestMessage(result.message)];
  return result.differences.map(found => difference(notebook, found));
}

function failure(
  run: vscode.TestRun,
  item: vscode.TestItem,
  notebook: vscode.NotebookDocument,
  result: RunResult,
  failed: RunFailure,
): vscode.TestMessage {
  const message = new vscode.TestMessage(sentences(result.message, failed.explanation));
  message.location = locate(notebook, failed.cell);
  run.appendOutput(`${plainText(failed.traceback).replace(/\r?\n/g, '\r\n')}\r\n`, message.location, item);
  return message;
}

/** Return what a cell shows otherwise, as a diff where both sides have a text. */
function difference(notebook: vscode.NotebookDocument, found: OutputDifference): vscode.TestMessage {
  const what = sentences(found.what);
  const [before, after] = [found.before.map(shownText).join('\n'), found.after.map(shownText).join('\n')];
  const message = before === after ? new vscode.TestMessage(what) : vscode.TestMessage.diff(what, before, after);
  message.location = locate(notebook, found.cell);
  return message;
}

function locate(notebook: vscode.NotebookDocument, cell: string | null): vscode.Location {
  const found = cellNamed(notebook, cell);
  return found
    ? new vscode.Location(found.document.uri, firstCodeLine(found.document))
    : new vscode.Location(notebook.uri, new vscode.Position(0, 0));
}
