/** Messages for the user. */

import { Notification } from '@jupyterlab/apputils';
import { ResponseError } from 'vscode-jsonrpc';
import { UserError } from './errors';

const CANCELLED = -32800;

export { UserError };

export function isCancelled(error: unknown): boolean {
  return error instanceof ResponseError && error.code === CANCELLED;
}

/** Show what went wrong, unless the user wanted it. */
export function reportError(error: unknown): void {
  if (isCancelled(error)) return;
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof UserError) && !(error instanceof ResponseError)) console.error(error);
  Notification.error(plain(message), { autoClose: 10_000 });
}

/** Return a message for where nothing can be set as code: without its backticks. */
export function plain(message: string): string {
  return message.replace(/`/g, '');
}
