/** Marks on cells: how each fared in the last run check, and why one failed. */

import { duration, texts, type RunFailure, type RunProgress } from '@offbook/client';
import * as vscode from 'vscode';
import { NOTEBOOK_TYPE } from './notebooks';

interface Mark {
  text: string;
  tooltip: string;
}

export class CellMarks implements vscode.NotebookCellStatusBarItemProvider, vscode.Disposable {
  private readonly marks = new Map<string, Mark>();
  private readonly failures = vscode.languages.createDiagnosticCollection('offbook-run');
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCellStatusBarItems = this.changed.event;
  /** Last, since the registration looks at the event above. */
  private readonly registration = vscode.notebooks.registerNotebookCellStatusBarItemProvider(NOTEBOOK_TYPE, this);

  provideCellStatusBarItems(cell: vscode.NotebookCell): vscode.NotebookCellStatusBarItem[] {
    const mark = this.marks.get(cell.document.uri.toString());
    if (!mark) return [];
    const item = new vscode.NotebookCellStatusBarItem(mark.text, vscode.NotebookCellStatusBarAlignment.Left);
    item.tooltip = mark.tooltip;
    item.accessibilityInformation = { label: mark.tooltip };
    return [item];
  }

  /** A cell has started or ended. */
  progress(cell: string, { state, seconds }: RunProgress): void {
    const words = texts.run.mark;
    const icon = { running: '$(sync~spin)', passed: '$(pass)', failed: '$(error)' }[state];
    const text =
      state === 'running' ? words.running : state === 'passed' ? words.passed(duration(seconds)) : words.failed;
    this.set(cell, { text: `${icon} ${text}`, tooltip: words.tooltip(text) });
  }

  /** A cell has failed: mark its first line, with the reason. */
  fail(cell: vscode.NotebookCell, failure: RunFailure): void {
    const words = texts.run.mark;
    const error = [failure.ename, failure.evalue].filter(Boolean).join(': ');
    this.set(cell.document.uri.toString(), {
      text: `$(error) ${words.failedWith(error)}`,
      tooltip: failure.explanation || error,
    });
    const range = firstCodeLine(cell.document);
    const message = [words.failedWith(error), failure.explanation].filter(Boolean).join('\n');
    const diagnostic = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
    diagnostic.source = 'offbook run';
    this.failures.set(cell.document.uri, [diagnostic]);
  }

  /** A cell's source has changed: what was said of it no longer holds. */
  edited(cell: vscode.Uri): void {
    this.failures.delete(cell);
    if (this.marks.delete(cell.toString())) this.changed.fire();
  }

  /** The run was cancelled: no cell runs any more. */
  stop(notebook: vscode.NotebookDocument): void {
    for (const cell of notebook.getCells()) {
      const key = cell.document.uri.toString();
      if (this.marks.get(key)?.text.includes('~spin')) this.marks.delete(key);
    }
    this.changed.fire();
  }

  clear(notebook: vscode.NotebookDocument): void {
    for (const cell of notebook.getCells()) {
      this.marks.delete(cell.document.uri.toString());
      this.failures.delete(cell.document.uri);
    }
    this.changed.fire();
  }

  private set(cell: string, mark: Mark): void {
    this.marks.set(cell, mark);
    this.changed.fire();
  }

  dispose(): void {
    vscode.Disposable.from(this.registration, this.failures, this.changed).dispose();
  }
}

/** Return the place of the first line that is neither empty nor a comment. */
export function firstCodeLine(document: vscode.TextDocument): vscode.Range {
  for (let number = 0; number < document.lineCount; number++) {
    const line = document.lineAt(number);
    const text = line.text.trim();
    if (text !== '' && !text.startsWith('#')) {
      return new vscode.Range(number, line.firstNonWhitespaceCharacterIndex, number, line.text.trimEnd().length);
    }
  }
  return document.lineAt(0).range;
}
