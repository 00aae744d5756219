/** Shows what a plan would change, as a diff of every notebook and file, and asks whether to apply it. */

import { applyChanges, percentText, texts, type PlanMessage } from '@offbook/client';
import * as vscode from 'vscode';
import { canonical, cellsOf, openNotebook } from './notebooks';

const SCHEME = 'offbook-plan';
const CONTEXT = 'offbook.previewing';

export type Decision = 'apply' | 'verify' | 'discard';

interface Shown {
  plan: PlanMessage;
  decide: (decision: Decision) => void;
}

export class Preview implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly contents = new Map<string, string>();
  private readonly listeners: vscode.Disposable[];
  private shown: Shown | null = null;
  private number = 0;

  constructor() {
    this.listeners = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.commands.registerCommand('offbook.previewApply', () => this.shown?.decide('verify')),
      vscode.commands.registerCommand('offbook.previewDiscard', () => this.shown?.decide('discard')),
      vscode.window.tabGroups.onDidChangeTabs(event => {
        if (event.closed.some(tab => tab.label === this.shown?.plan.title)) this.shown?.decide('discard');
      }),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.contents.get(uri.toString()) ?? '';
  }

  /** Show the plan and wait for the user's decision; closing the preview discards it. */
  async ask(plan: PlanMessage): Promise<Decision> {
    this.shown?.decide('discard');
    const decided = new Promise<Decision>(resolve => (this.shown = { plan, decide: resolve }));
    const shown = this.shown;
    await vscode.commands.executeCommand('setContext', CONTEXT, true);
    await vscode.commands.executeCommand('vscode.changes', plan.title, await this.resources(plan));
    void this.offer(plan).then(decision => decision && shown?.decide(decision));
    const decision = await decided;
    if (this.shown === shown) await this.close();
    return decision;
  }

  private async offer(plan: PlanMessage): Promise<Decision | undefined> {
    const words = texts.plan;
    const buttons = vscode.workspace.isTrusted ? [words.applyAndVerify, words.apply] : [words.apply];
    const message = [...plan.summary, ...plan.warnings].join(' ') || plan.title;
    const show = plan.warnings.length > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
    const chosen = await show<string>(message, ...buttons, words.discard);
    const decisions: Record<string, Decision> = {
      [words.applyAndVerify]: 'verify',
      [words.apply]: 'apply',
      [words.discard]: 'discard',
    };
    return chosen === undefined ? undefined : decisions[chosen];
  }

  /** Return a label, a left and a right side for each changed document. */
  private async resources(plan: PlanMessage): Promise<[vscode.Uri, vscode.Uri | undefined, vscode.Uri | undefined][]> {
    this.contents.clear();
    const folder = `${++this.number}`;
    const resources: [vscode.Uri, vscode.Uri | undefined, vscode.Uri | undefined][] = [];
    for (const file of plan.files) {
      const before = file.before === null ? undefined : this.side(folder, 'before', file.uri, file.before);
      resources.push([vscode.Uri.parse(file.uri), before, this.side(folder, 'after', file.uri, file.after)]);
    }
    for (const change of plan.notebooks) {
      const cells = cellsOf(await openNotebook(change.uri));
      const changes = change.changes.map(item =>
        item.kind === 'insertCell'
          ? { ...item, after: item.after && canonical(item.after) }
          : { ...item, cell: canonical(item.cell) },
      );
      const before = this.side(folder, 'before', `${change.uri}.py`, percentText(cells));
      const after = this.side(folder, 'after', `${change.uri}.py`, percentText(applyChanges(cells, changes)));
      resources.push([vscode.Uri.parse(change.uri), before, after]);
    }
    return resources;
  }

  private side(folder: string, side: string, uri: string, text: string): vscode.Uri {
    const path = `/${folder}/${side}${vscode.Uri.parse(uri).path}`;
    const virtual = vscode.Uri.from({ scheme: SCHEME, path });
    this.contents.set(virtual.toString(), text);
    return virtual;
  }

  private async close(): Promise<void> {
    const label = this.shown?.plan.title;
    this.shown = null;
    await vscode.commands.executeCommand('setContext', CONTEXT, false);
    await vscode.commands.executeCommand('notifications.hideToasts');
    const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs.filter(tab => tab.label === label));
    await vscode.window.tabGroups.close(tabs);
  }

  dispose(): void {
    vscode.Disposable.from(...this.listeners).dispose();
  }
}
