/** The language client, with offbook's own requests in their types. */

import { METHODS, type Notifications, type Requests } from '@offbook/client';
import type { CancellationToken, Disposable, LogOutputChannel } from 'vscode';
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from 'vscode-languageclient/node';

export { CloseAction, ErrorAction, RevealOutputChannelOn } from 'vscode-languageclient/node';

export class OffbookClient extends LanguageClient {
  constructor(
    server: ServerOptions,
    options: LanguageClientOptions,
    private readonly log: LogOutputChannel,
  ) {
    super('offbook', 'offbook', server, options);
  }

  /** Log only: what the user must know is said once, by `Server`. */
  override error(message: string, data?: unknown): void {
    this.log.error(
      data === undefined ? message : `${message} ${data instanceof Error ? data.message : JSON.stringify(data)}`,
    );
  }

  ask<M extends keyof Requests>(
    method: M,
    params: Requests[M]['params'],
    token?: CancellationToken,
  ): Promise<Requests[M]['result']> {
    // An undefined token would count as a second parameter of the request.
    return token ? this.sendRequest(method, params, token) : this.sendRequest(method, params);
  }

  tell<M extends keyof Notifications>(method: M, params: Notifications[M]): Promise<void> {
    return this.sendNotification(method, params);
  }

  onRunProgress(handler: (progress: Notifications[typeof METHODS.runProgress]) => void): Disposable {
    return this.onNotification(METHODS.runProgress, handler);
  }
}
