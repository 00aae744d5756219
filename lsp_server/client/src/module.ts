/** Checks the path of a module that a user typed. */

import { texts } from './texts.js';

/** Python's keywords, which no module may be called. */
const KEYWORDS = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global ' +
    'if import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);

/** Return the path as the server wants it (`lib/cleaning.py`): forward slashes, with its ending. */
export function normalizeModulePath(typed: string): string {
  const path = typed.trim().replace(/\\/g, '/').replace(/^\.\//, '');
  return path === '' || path.endsWith('.py') ? path : `${path}.py`;
}

/** Say what is wrong with a normalised path, or `null`. The server has the last word. */
export function checkModulePath(path: string): string | null {
  const parts = path.split('/');
  const stem = parts.at(-1)!.replace(/\.py$/, '');
  if (!path.endsWith('.py') || stem === '' || path.startsWith('/') || /^[A-Za-z]:/.test(path)) {
    return texts.extract.badModule;
  }
  if (parts.some(part => part === '' || part === '..' || part === '.')) return texts.extract.badModule;
  const bad = [...parts.slice(0, -1), stem].find(part => !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(part));
  if (bad !== undefined) return texts.extract.badName(bad);
  return KEYWORDS.has(stem) ? texts.extract.badName(stem) : null;
}
