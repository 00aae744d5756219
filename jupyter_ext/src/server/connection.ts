/** The connection to the language server, which comes back when it is lost. */

import { URLExt } from '@jupyterlab/coreutils';
import type { ServerConnection } from '@jupyterlab/services';
import { PromiseDelegate } from '@lumino/coreutils';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import { checkHandshake, RestartPolicy, type Requests } from '@offbook/client';
import { createMessageConnection, type CancellationToken, type MessageConnection } from 'vscode-jsonrpc/browser';
import type { InitializeResult } from 'vscode-languageserver-protocol';
import type { ILanguageServer, ServerState } from '../tokens';
import { Uris } from '../uris';
import { initializeParams } from './capabilities';
import { SocketReader, SocketWriter } from './transport';

/** Close codes of the WebSocket that mean more than a lost connection. */
const SERVER_ENDED = 1011;
const TOO_BIG = 1009;
const TOO_MANY = 1013;
const WRONG_SERVER = 4000;

const LONGEST_DELAY_MS = 30_000;
const SILENT_FAILURES = 3;

/** Why there is no language server. */
export type Problem =
  | { kind: 'missing' }
  | { kind: 'too-many' }
  | { kind: 'crashes'; count: number }
  | { kind: 'unreachable' }
  | { kind: 'version'; message: string };

export interface ConnectionOptions {
  settings: ServerConnection.ISettings;
  /** The server's folder; empty where our server extension is not loaded. */
  rootUri: string;
  version: string;
  report: (problem: Problem) => void;
}

type Handler = (params: unknown) => void;

export class LanguageServer implements ILanguageServer {
  readonly uris: Uris;
  private connection: MessageConnection | null = null;
  private socket: WebSocket | null = null;
  private ready = new PromiseDelegate<MessageConnection>();
  private current: ServerState = 'starting';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private started = false;
  private failures = 0;
  private readonly policy = new RestartPolicy();
  private readonly handlers = new Map<string, Set<Handler>>();
  private readonly changed = new Signal<ILanguageServer, ServerState>(this);

  constructor(private readonly options: ConnectionOptions) {
    this.uris = new Uris(options.rootUri || 'file:///');
    this.ready.promise.catch(() => undefined);
  }

  get state(): ServerState {
    return this.current;
  }

  get stateChanged(): ISignal<ILanguageServer, ServerState> {
    return this.changed;
  }

  start(): void {
    if (this.started) return;
    this.started = true;
    if (this.options.rootUri) {
      this.connect();
    } else {
      this.options.report({ kind: 'missing' });
      this.ready.reject(new Error('offbook is not enabled in this Jupyter Server'));
      this.become('stopped');
    }
  }

  private connect(): void {
    clearTimeout(this.timer);
    if (this.current === 'stopped') this.renew();
    const { settings } = this.options;
    const url = URLExt.join(settings.wsUrl, 'offbook', 'lsp');
    const token = settings.appendToken && settings.token ? `?token=${encodeURIComponent(settings.token)}` : '';
    const socket = new settings.WebSocket(url + token);
    this.socket = socket;
    this.become('starting');
    socket.addEventListener('open', () => void this.initialize(socket));
    socket.addEventListener('close', event => this.lost(event.code));
  }

  restart(): void {
    if (!this.options.rootUri || !this.started) return;
    this.policy.reset();
    this.failures = 0;
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) this.socket.close();
    else this.connect();
  }

  async request<Result>(method: string, params: object, token?: CancellationToken): Promise<Result> {
    this.start();
    const connection = await this.ready.promise;
    return token ? connection.sendRequest(method, params, token) : connection.sendRequest(method, params);
  }

  ask<M extends keyof Requests>(
    method: M,
    params: Requests[M]['params'],
    token?: CancellationToken,
  ): Promise<Requests[M]['result']> {
    return this.request(method, params, token);
  }

  notify(method: string, params: object): void {
    if (this.current !== 'ready') return;
    this.connection?.sendNotification(method, params).catch(() => undefined);
  }

  onNotification<Params>(method: string, handler: (params: Params) => void): IDisposable {
    const handlers = this.handlers.get(method) ?? new Set<Handler>();
    this.handlers.set(method, handlers);
    handlers.add(handler as Handler);
    return new DisposableDelegate(() => handlers.delete(handler as Handler));
  }

  private async initialize(socket: WebSocket): Promise<void> {
    const connection = createMessageConnection(new SocketReader(socket), new SocketWriter(socket));
    this.connection = connection;
    connection.onNotification((method, params) => this.dispatch(method, params));
    connection.onUnhandledProgress(({ token, value }) =>
      this.dispatch('$/progress', { token, value: value as unknown }),
    );
    connection.onRequest('window/workDoneProgress/create', () => null);
    connection.onRequest('client/registerCapability', () => null);
    connection.onError(() => undefined);
    connection.listen();
    try {
      const { rootUri, version } = this.options;
      const answer = await connection.sendRequest<InitializeResult>('initialize', initializeParams(rootUri, version));
      const problem = checkHandshake(answer, 'python');
      if (problem) {
        this.options.report({ kind: 'version', message: problem.message });
        socket.close(WRONG_SERVER);
        return;
      }
      await connection.sendNotification('initialized', {});
    } catch {
      socket.close();
      return;
    }
    this.failures = 0;
    this.ready.resolve(connection);
    this.become('ready');
  }

  private dispatch(method: string, params: unknown): void {
    for (const handler of this.handlers.get(method) ?? []) handler(params);
  }

  private lost(code: number): void {
    this.connection?.dispose();
    this.connection = null;
    const delay = this.delayAfter(code);
    if (this.current === 'ready' || delay === null) this.renew();
    this.become(delay === null ? 'stopped' : 'starting');
    if (delay !== null) this.timer = setTimeout(() => this.connect(), delay);
    else this.ready.reject(new Error('the offbook language server is not running'));
  }

  /** Return how long to wait before the next try; `null` where there will be none. */
  private delayAfter(code: number): number | null {
    if (code === WRONG_SERVER) return null;
    if (code === TOO_MANY) {
      this.options.report({ kind: 'too-many' });
      return null;
    }
    if (code === SERVER_ENDED || code === TOO_BIG) {
      const delay = this.policy.crashed(Date.now());
      if (delay === null) this.options.report({ kind: 'crashes', count: this.policy.count });
      return delay;
    }
    this.failures += 1;
    if (this.failures === SILENT_FAILURES) this.options.report({ kind: 'unreachable' });
    return Math.min(500 * 2 ** this.failures, LONGEST_DELAY_MS);
  }

  /** Let those who ask from now on wait for the next connection. */
  private renew(): void {
    this.ready.reject(new Error('the connection to the offbook language server was lost'));
    this.ready = new PromiseDelegate();
    this.ready.promise.catch(() => undefined);
  }

  private become(state: ServerState): void {
    if (state === this.current) return;
    this.current = state;
    this.changed.emit(state);
  }
}
