/** Tells whether the server at the other end is one that this client can talk to. */

import { texts } from './texts.js';
import { PROTOCOL_VERSION } from './wire.gen.js';

/** The parts of LSP's `InitializeResult` that matter here. */
export interface ServerGreeting {
  serverInfo?: { name: string; version?: string };
  capabilities: { experimental?: unknown };
}

/** What is wrong with the server, and a sentence for the user. */
export interface HandshakeProblem {
  reason: 'not-offbook' | 'too-old' | 'too-new';
  message: string;
}

/** Check the answer to `initialize`; `python` names the interpreter in the message. */
export function checkHandshake(greeting: ServerGreeting, python: string): HandshakeProblem | null {
  const name = greeting.serverInfo?.name ?? 'unknown';
  if (name !== 'offbook') return { reason: 'not-offbook', message: texts.server.notOffbook(name) };
  const ours = experimental(greeting.capabilities.experimental);
  const version = ours.version ?? greeting.serverInfo?.version ?? texts.server.unknownVersion;
  const protocol = ours.protocol ?? 0;
  if (protocol < PROTOCOL_VERSION) return { reason: 'too-old', message: texts.server.tooOld(python, version) };
  if (protocol > PROTOCOL_VERSION) return { reason: 'too-new', message: texts.server.tooNew(version) };
  return null;
}

function experimental(value: unknown): { protocol?: number; version?: string } {
  if (typeof value !== 'object' || value === null) return {};
  const offbook = (value as Record<string, unknown>)['offbook'];
  if (typeof offbook !== 'object' || offbook === null) return {};
  const { protocol, version } = offbook as Record<string, unknown>;
  return {
    ...(typeof protocol === 'number' ? { protocol } : {}),
    ...(typeof version === 'string' ? { version } : {}),
  };
}
