/** The language server's life: start, handshake, restart with back-off, stop. */

import { spawn, type ChildProcess } from 'node:child_process';
import { checkHandshake, installCommand, METHODS, RestartPolicy, texts } from '@offbook/client';
import * as vscode from 'vscode';
import type { LanguageClientOptions } from 'vscode-languageclient/node';
import type * as library from './client';
import { findInterpreter } from './interpreter';
import { explainStartFailure, type DeadProcess } from './startFailure';
import { Watchdog } from './watchdog';
import type { Findings } from './findings';

export type ServerState = 'starting' | 'ready' | 'stopped';

/** How long a server may take to answer for the first time: a cold disk is slow. */
const START_MS = 60_000;

/** How much of what the server wrote last is kept to explain its end. */
const STDERR_TAIL = 4000;

export class Server implements vscode.Disposable {
  private client: library.OffbookClient | null = null;
  private child: ChildProcess | null = null;
  private readonly watchdog = new Watchdog(
    () => this.client?.sendRequest(METHODS.ping, {}) ?? Promise.resolve(),
    () => this.kill('it answers nothing any more'),
  );
  private readonly policy = new RestartPolicy();
  private readonly changed = new vscode.EventEmitter<ServerState>();
  private readonly started = new vscode.EventEmitter<library.OffbookClient>();
  private timer: NodeJS.Timeout | undefined;
  private generation = 0;
  private queue: Promise<void> = Promise.resolve();
  private lastMessage = '';
  state: ServerState = 'stopped';
  /** Why it is stopped; empty while all is well. */
  problem = '';
  readonly onDidChangeState = this.changed.event;
  /** Fires with each client that is ready, so that handlers can be put on it. */
  readonly onDidStart = this.started.event;

  constructor(
    private readonly log: vscode.LogOutputChannel,
    private readonly findings: Findings,
    private readonly home: string,
  ) {}

  /** The client that is ready, or `null`. */
  get ready(): library.OffbookClient | null {
    return this.state === 'ready' ? this.client : null;
  }

  /** Start anew, whatever the state; what failed before is forgotten. */
  restart(): Promise<void> {
    this.policy.reset();
    this.lastMessage = '';
    return this.enqueue();
  }

  private enqueue(): Promise<void> {
    const generation = ++this.generation;
    clearTimeout(this.timer);
    this.queue = this.queue.then(async () => {
      if (generation !== this.generation) return;
      await this.stop();
      await this.start(generation);
    });
    return this.queue;
  }

  private async start(generation: number): Promise<void> {
    this.move('starting');
    const python = await findInterpreter(this.log);
    const dead: DeadProcess = { spawnError: '', stderr: '' };
    const loaded = await import('./client'); // its code is most of ours, and VS Code waits for what loads at once
    const client = new loaded.OffbookClient(
      () => this.launch(python, dead),
      this.options(generation, loaded),
      this.log,
    );
    this.client = client;
    const late = setTimeout(() => this.kill('it did not answer'), START_MS);
    try {
      await client.start();
    } catch (error) {
      this.log.error(`The server did not start: ${String(error)}`);
    } finally {
      clearTimeout(late);
    }
    if (generation !== this.generation) return;
    const greeting = client.initializeResult;
    if (!greeting) {
      this.failedToStart(dead, python);
      return;
    }
    const problem = checkHandshake(greeting, python);
    if (problem) {
      await this.stop();
      this.halt(problem.message, problem.reason === 'too-old' ? installCommand(python, true) : null);
      return;
    }
    this.move('ready');
    this.watchdog.start();
    this.started.fire(client);
  }

  private launch(python: string, dead: DeadProcess): Promise<ChildProcess> {
    this.log.info(`Starting: ${python} -m offbook lsp`);
    return new Promise((resolve, reject) => {
      // `python -m` looks for modules in its working directory first: that must not be the workspace.
      const child = spawn(python, ['-m', 'offbook', 'lsp'], { cwd: this.home, windowsHide: true });
      this.child = child;
      child.once('spawn', () => resolve(child));
      child.once('error', error => {
        dead.spawnError = error.message;
        reject(error);
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        dead.stderr = (dead.stderr + text).slice(-STDERR_TAIL);
      });
    });
  }

  private options(
    generation: number,
    { CloseAction, ErrorAction, RevealOutputChannelOn }: typeof library,
  ): LanguageClientOptions {
    return {
      documentSelector: [
        { scheme: 'file', language: 'python' },
        { notebook: 'jupyter-notebook', language: 'python' },
      ],
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      diagnosticCollectionName: 'offbook',
      // Tells the server that our commands are carried out here, with previews and cells inserted and deleted.
      initializationOptions: { offbook: { applyChanges: true } },
      synchronize: { configurationSection: 'offbook' },
      initializationFailedHandler: () => false,
      middleware: { handleDiagnostics: (uri, diagnostics, next) => this.findings.receive(uri, diagnostics, next) },
      errorHandler: {
        // What it wrote cannot be read, and what comes next cannot either.
        error: error => {
          if (generation === this.generation) this.kill(error.message);
          return { action: ErrorAction.Continue, handled: true };
        },
        closed: () => {
          if (generation === this.generation && this.state === 'ready') this.crashed();
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    };
  }

  /** End a server that is of no use any more: as after a crash, another one is started. */
  private kill(why: string): void {
    this.log.warn(`The server is ended: ${why}`);
    this.child?.kill('SIGKILL');
  }

  private failedToStart(dead: DeadProcess, python: string): void {
    const failure = explainStartFailure(dead, python);
    if (failure) this.halt(failure.message, failure.command);
    else this.crashed();
  }

  private crashed(): void {
    this.watchdog.stop();
    this.findings.clear();
    const delay = this.policy.crashed(Date.now());
    if (delay === null) {
      this.halt(texts.server.gaveUp(this.policy.count), null);
      return;
    }
    this.log.warn(`The server ended; it is started again in ${delay} ms.`);
    this.move('starting');
    this.timer = setTimeout(() => void this.enqueue(), delay);
  }

  /** Stay down, and say once why. */
  private halt(message: string, command: string | null): void {
    this.problem = message;
    this.move('stopped');
    this.log.error(message);
    if (message === this.lastMessage) return;
    this.lastMessage = message;
    void this.explain(message, command);
  }

  private async explain(message: string, command: string | null): Promise<void> {
    const words = texts.server;
    const actions = command === null ? [words.restart] : [words.runInTerminal, words.copyCommand];
    const chosen = await vscode.window.showErrorMessage(message, ...actions, words.showLog);
    if (chosen === words.showLog) this.log.show();
    else if (chosen === words.restart) await this.restart();
    else if (chosen === words.copyCommand && command !== null) await vscode.env.clipboard.writeText(command);
    else if (chosen === words.runInTerminal && command !== null) {
      const terminal = vscode.window.createTerminal({ name: 'offbook' });
      terminal.show();
      terminal.sendText(command, vscode.workspace.isTrusted);
    }
  }

  private move(state: ServerState): void {
    if (state !== 'stopped') this.problem = '';
    this.state = state;
    void vscode.commands.executeCommand('setContext', 'offbook.ready', state === 'ready');
    this.changed.fire(state);
  }

  /** End the server; it stays down. */
  async stop(): Promise<void> {
    const client = this.client;
    this.client = null;
    this.watchdog.stop();
    if (!client) return;
    this.findings.clear();
    try {
      await client.dispose(2000);
    } catch (error) {
      this.log.info(`The server had ended before it was stopped: ${String(error)}`);
    }
  }

  dispose(): void {
    this.generation++;
    clearTimeout(this.timer);
    this.watchdog.stop();
    this.changed.dispose();
    this.started.dispose();
  }
}
