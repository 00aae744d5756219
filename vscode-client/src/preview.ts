/** Shows what a plan would change, as a diff of every notebook and file, and asks whether to apply it. */

import { applyChanges, percentText, texts, type PlanMessage } from '@offbook/client';
import * as vscode from 'vscode';
import { cellsOf, namedCanonically, openNotebook } from './notebooks';

const SCHEME = 'offbook-plan';
const CONTEXT = 'offbook.previewing';

export type Decision = 'apply' | 'verify' | 'discard';

type Resource = [label: vscode.Uri, before: vscode.Uri | undefined, after: vscode.Uri];

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
      vscode.commands.registerCommand('offbook.previewVerify', () => this.shown?.decide('verify')),
      vscode.commands.registerCommand('offbook.previewApply', () => this.shown?.decide('apply')),
      vscode.commands.registerCommand('offbook.previewDiscard', () => this.shown?.decide('discard')),
      vscode.window.tabGroups.onDidChangeTabs(event => {
        if (this.shown && event.closed.some(tab => isPreview(tab, this.shown!.plan))) this.shown.decide('discard');
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
    const verified = vscode.workspace.isTrusted;
    const buttons = plan.unsafe
      ? verified
        ? [words.verifyFirst]
        : []
      : [...(verified ? [words.applyAndVerify] : []), words.apply];
    const unsafe = plan.unsafe ? [words.unsafe] : [];
    const message = [...plan.summary, ...plan.warnings, ...unsafe].join(' ') || plan.title;
    const show = plan.warnings.length > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
    const chosen = await show<string>(message, ...buttons, words.discard);
    const decisions: Record<string, Decision> = {
      [words.applyAndVerify]: 'verify',
      [words.verifyFirst]: 'verify',
      [words.apply]: 'apply',
      [words.discard]: 'discard',
    };
    return chosen === undefined ? undefined : decisions[chosen];
  }

  /** Return a label, a left and a right side for each changed document. */
  private async resources(plan: PlanMessage): Promise<Resource[]> {
    this.contents.clear();
    this.number++;
    const resources: Resource[] = [];
    for (const change of plan.notebooks) {
      const cells = cellsOf(await openNotebook(change.uri));
      const after = applyChanges(cells, change.changes.map(namedCanonically));
      resources.push(await this.resource(change.uri, percentText(cells), percentText(after), 'python'));
    }
    for (const file of plan.files) resources.push(await this.resource(file.uri, file.before, file.after));
    return resources;
  }

  private async resource(name: string, before: string | null, after: string, language?: string): Promise<Resource> {
    const uri = vscode.Uri.parse(name);
    const left = before === null ? undefined : await this.side(uri, 'before', before, language);
    return [uri, left, await this.side(uri, 'after', after, language)];
  }

  /** Offer a text under the path that the user knows: both sides have the same, so that nothing looks renamed. */
  private async side(uri: vscode.Uri, side: string, text: string, language?: string): Promise<vscode.Uri> {
    const path = `/${vscode.workspace.asRelativePath(uri)}`.replace(/^\/+/, '/');
    const virtual = vscode.Uri.from({ scheme: SCHEME, path, query: `${side}=${this.number}` });
    this.contents.set(virtual.toString(), text);
    if (language !== undefined) {
      await vscode.languages.setTextDocumentLanguage(await vscode.workspace.openTextDocument(virtual), language);
    }
    return virtual;
  }

  private async close(): Promise<void> {
    const plan = this.shown?.plan;
    this.shown = null;
    if (!plan) return;
    await vscode.commands.executeCommand('setContext', CONTEXT, false);
    await vscode.commands.executeCommand('notifications.hideToasts');
    const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs.filter(tab => isPreview(tab, plan)));
    await vscode.window.tabGroups.close(tabs);
  }

  dispose(): void {
    vscode.Disposable.from(...this.listeners).dispose();
  }
}

/** The editor adds the number of files to the title. */
function isPreview(tab: vscode.Tab, plan: PlanMessage): boolean {
  return tab.label.startsWith(plan.title);
}
