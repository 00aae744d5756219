/** The view in source control that says which notebooks the next commit concerns, and whether they are known to run. */

import { Command, hookCommand, METHODS, texts, type StagedNotebookMessage } from '@offbook/client';
import * as vscode from 'vscode';
import { findInterpreter } from './interpreter';
import { NOTEBOOK_TYPE } from './notebooks';
import type { RunChecks } from './run';
import type { Server } from './server';

const DELAY_MS = 300;
const VIEW = 'offbook.commit';
/** Contexts that the manifest's `when` clauses read. */
const HAS_GIT = 'offbook.hasRepository';
const HAS_HOOK = 'offbook.hasHook';

/** What is used of the API of VS Code's git extension. */
interface Repository {
  readonly rootUri: vscode.Uri;
  readonly state: { readonly onDidChange: vscode.Event<void> };
}
interface GitApi {
  readonly repositories: readonly Repository[];
  readonly onDidOpenRepository: vscode.Event<Repository>;
  readonly onDidCloseRepository: vscode.Event<Repository>;
}
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): GitApi;
}

export class CommitView implements vscode.TreeDataProvider<StagedNotebookMessage>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view = vscode.window.createTreeView(VIEW, { treeDataProvider: this });
  private readonly listeners: vscode.Disposable[] = [this.view, this.changed];
  private git: GitApi | null = null;
  private staged: StagedNotebookMessage[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly server: Server,
    checks: RunChecks,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const update = () => this.schedule();
    this.listeners.push(
      server.onDidChangeState(update),
      checks.onDidFinish(update),
      this.view.onDidChangeVisibility(update),
      vscode.window.onDidChangeWindowState(state => state.focused && update()),
    );
    this.findGit().catch((error: unknown) => log.warn(`Git is not looked at: ${String(error)}`));
  }

  getTreeItem({ notebook, verified, problem }: StagedNotebookMessage): vscode.TreeItem {
    const uri = vscode.Uri.parse(notebook);
    const words = texts.commit;
    const name = vscode.workspace.asRelativePath(uri);
    const item = new vscode.TreeItem(name);
    item.description = problem ? words.broken : verified ? words.verified : words.unverified;
    item.tooltip = problem || (verified ? words.whyVerified : words.whyUnverified);
    const colour = new vscode.ThemeColor(verified ? 'testing.iconPassed' : 'list.warningForeground');
    item.iconPath = new vscode.ThemeIcon(verified ? 'verified' : 'warning', colour);
    item.contextValue = problem || verified ? 'settled' : 'unverified';
    item.command = { title: words.open, command: 'vscode.openWith', arguments: [uri, NOTEBOOK_TYPE] };
    item.accessibilityInformation = { label: `${name}, ${item.description}` };
    return item;
  }

  getChildren(): StagedNotebookMessage[] {
    return this.staged;
  }

  /** Show a notebook of the view, and run it. */
  async run({ notebook }: StagedNotebookMessage): Promise<void> {
    await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.parse(notebook), NOTEBOOK_TYPE);
    await vscode.commands.executeCommand(Command.run, notebook);
  }

  /** Put the hook into the repository, or take it out: in a terminal, where the user sees what happens. */
  async changeHook(action: 'install' | 'uninstall'): Promise<void> {
    const cwd = this.git?.repositories[0]?.rootUri;
    if (!cwd || !vscode.workspace.isTrusted) {
      void vscode.window.showInformationMessage(cwd ? texts.run.restricted : texts.commit.noRepository);
      return;
    }
    // `python -m` would look for modules in the repository first.
    const terminal = vscode.window.createTerminal({ name: 'offbook', cwd, env: { PYTHONSAFEPATH: '1' } });
    terminal.show();
    terminal.sendText(hookCommand(await findInterpreter(this.log), action));
  }

  private async findGit(): Promise<void> {
    const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
    const api = extension && (await extension.activate());
    if (!api?.enabled) return;
    this.git = api.getAPI(1);
    this.git.repositories.forEach(repository => this.follow(repository));
    this.listeners.push(
      this.git.onDidOpenRepository(repository => this.follow(repository)),
      this.git.onDidCloseRepository(() => this.schedule()),
    );
    this.schedule();
  }

  private follow(repository: Repository): void {
    const hook = new vscode.RelativePattern(repository.rootUri, '.git/hooks/pre-commit');
    const watcher = vscode.workspace.createFileSystemWatcher(hook);
    const update = () => this.schedule();
    this.listeners.push(repository.state.onDidChange(update), watcher);
    [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete].forEach(event => event(update));
    this.schedule();
  }

  private schedule(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.refresh().catch((error: unknown) => this.log.warn(`What is staged is not known: ${String(error)}`));
    }, DELAY_MS);
  }

  private async refresh(): Promise<void> {
    const repositories = this.git?.repositories ?? [];
    const client = this.server.ready;
    void vscode.commands.executeCommand('setContext', HAS_GIT, repositories.length > 0);
    if (!client || repositories.length === 0) return this.show([], true);
    const asked = repositories.map(({ rootUri }) => client.ask(METHODS.staged, { folder: rootUri.toString() }));
    const answers = await Promise.all(asked);
    const hook = answers.every(answer => answer.hook);
    this.show(
      answers.flatMap(answer => answer.notebooks),
      hook,
    );
  }

  private show(staged: StagedNotebookMessage[], hook: boolean): void {
    this.staged = staged;
    const open = staged.filter(({ verified }) => !verified).length;
    this.view.badge = open > 0 ? { value: open, tooltip: texts.commit.badge(open) } : undefined;
    this.view.message = staged.length > 0 && !hook ? texts.commit.noHook : undefined;
    void vscode.commands.executeCommand('setContext', HAS_HOOK, hook);
    this.changed.fire();
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.listeners).dispose();
  }
}
