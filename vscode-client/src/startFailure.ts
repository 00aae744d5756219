/** Tells why the language server did not start, from what it wrote before it ended. */

import { installCommand, texts } from '@offbook/client';

/** What is known of a process that ended before it answered. */
export interface DeadProcess {
  /** The error of the start itself (`ENOENT`); empty where the process ran. */
  spawnError: string;
  stderr: string;
}

/** Why, in a sentence for the user, and the shell command that would help; `null` where none does. */
export interface StartFailure {
  message: string;
  command: string | null;
}

/** Explain the failure; `null` where the process died for reasons of its own. */
export function explainStartFailure(dead: DeadProcess, python: string): StartFailure | null {
  if (dead.spawnError !== '') return { message: texts.server.noPython(python), command: null };
  if (/No module named '?"?offbook'?"?\s*$/m.test(dead.stderr)) {
    return { message: texts.server.missing(python), command: installCommand(python) };
  }
  if (/No module named '?"?offbook\.|No such command '?lsp|cannot be directly executed/.test(dead.stderr)) {
    return { message: texts.server.tooOld(python, texts.server.unknownVersion), command: installCommand(python, true) };
  }
  return null;
}
