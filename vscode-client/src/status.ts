/** The status bar item: the server's state, the findings and the last run check of what is open. */

import { describeRunState, texts } from '@offbook/client';
import * as vscode from 'vscode';
import { activeNotebook } from './notebooks';
import { runIcon, type RunChecks } from './run';
import type { Findings } from './findings';
import type { Server } from './server';

export class Status implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('offbook.status', vscode.StatusBarAlignment.Left, 100);
  private readonly listeners: vscode.Disposable[];

  constructor(
    private readonly server: Server,
    private readonly findings: Findings,
    private readonly runs: RunChecks,
  ) {
    this.item.name = 'offbook';
    const update = () => this.update();
    this.listeners = [
      server.onDidChangeState(update),
      findings.onDidChange(update),
      runs.onDidChange(update),
      vscode.window.onDidChangeActiveNotebookEditor(update),
      vscode.window.onDidChangeActiveTextEditor(update),
    ];
    this.update();
    this.item.show();
  }

  private update(): void {
    const { state } = this.server;
    const details = state === 'ready' ? this.details() : [texts.server[state]];
    const icon = { starting: '$(sync~spin)', ready: '$(book)', stopped: '$(error)' }[state];
    this.item.text = `${icon} offbook: ${details.join(' · ')}`;
    this.item.command = state === 'ready' ? 'workbench.actions.view.problems' : 'offbook.showLog';
    this.item.backgroundColor =
      state === 'stopped' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    this.item.tooltip = this.tooltip();
    this.item.accessibilityInformation = { label: `offbook: ${details.map(withoutIcons).join(', ')}` };
  }

  private details(): string[] {
    const notebook = activeNotebook();
    if (notebook) {
      const count = this.findings.count(notebook.getCells().map(cell => cell.document.uri));
      const run = this.runs.state(notebook.uri);
      return [texts.findings(count), `${runIcon(run)} ${describeRunState(run)}`.trim()];
    }
    const document = vscode.window.activeTextEditor?.document;
    return document?.languageId === 'python' && document.uri.scheme === 'file'
      ? [texts.findings(this.findings.count([document.uri]))]
      : [texts.server.ready];
  }

  private tooltip(): vscode.MarkdownString {
    const lines = [
      '[$(verified) Restart and run all in a fresh kernel](command:offbook.run)',
      '[$(file-symlink-file) Extract to module...](command:offbook.extractModule)',
      '[$(debug-restart) Restart the language server](command:offbook.restart)',
      '[$(output) Show the log](command:offbook.showLog)',
    ];
    const tooltip = new vscode.MarkdownString('', true);
    if (this.server.problem) tooltip.appendText(`${this.server.problem}\n\n`);
    tooltip.appendMarkdown(lines.join('\n\n'));
    tooltip.isTrusted = {
      enabledCommands: ['offbook.run', 'offbook.extractModule', 'offbook.restart', 'offbook.showLog'],
    };
    return tooltip;
  }

  dispose(): void {
    vscode.Disposable.from(...this.listeners, this.item).dispose();
  }
}

function withoutIcons(text: string): string {
  return text.replace(/\$\([\w~-]+\)\s*/g, '');
}
