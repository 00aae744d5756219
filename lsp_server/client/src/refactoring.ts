/** What both editors know of any refactoring: what to ask for, what the selection stands for, what answers mean. */

import { checkModulePath, normalizeModulePath } from './module.js';
import { REFACTORINGS, type OptionInfo, type RefactoringInfo } from './refactorings.gen.js';
import { sentences, texts } from './texts.js';
import type { RefusalMessage, WireRange } from './wire.gen.js';

/** Options as the protocol carries them. */
export type RefactoringOptions = Record<string, unknown>;

/** What is selected in a notebook; cells are named by their documents' URIs. */
export interface NotebookSelection {
  /** The selected cells, in order. */
  cells: readonly string[];
  /** The cell with the cursor. */
  cell: string | null;
  /** The text selected in it. */
  range: WireRange | null;
}

const PLACES: readonly OptionInfo['kind'][] = ['cell', 'cells', 'lines'];

export function findRefactoring(id: unknown): RefactoringInfo | undefined {
  return REFACTORINGS.find(info => info.id === id);
}

/** Return the last part of the name of a refactoring's command: `extract.function` is `extractFunction`. */
export function commandName(id: string): string {
  return id.replace(/[.-](\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Return a refactoring's title as menus write it: `Extract to Function`. */
export function menuTitle({ title }: RefactoringInfo): string {
  const small = new Set(['a', 'an', 'and', 'in', 'of', 'the', 'to']);
  return title.replace(/(?<= )\w+/g, word => (small.has(word) ? word : word[0].toUpperCase() + word.slice(1)));
}

/**
 * Return the options that a selection stands for.
 *
 * Selected text stands for its lines. One cell stands for itself only where the refactoring must be told what it is
 * about: where cells merely narrow it down, one cell is just where the cursor happens to be.
 */
export function selectedOptions(info: RefactoringInfo, selection: NotebookSelection): RefactoringOptions {
  const { cells, cell, range } = selection;
  const options: RefactoringOptions = {};
  const lines = info.options.find(item => item.kind === 'lines');
  if (lines && cell !== null && range !== null && !isEmpty(range)) {
    return { [lines.name]: { cell, first: range.start.line, last: lastLine(range) } };
  }
  const several = info.options.find(item => item.kind === 'cells');
  if (several && cells.length > (several.required || several.group !== '' ? 0 : 1)) options[several.name] = [...cells];
  const one = info.options.find(item => item.kind === 'cell' && item.required);
  if (one && cell !== null) options[one.name] = cell;
  return options;
}

/** Return the options that the user is to be asked for. What is a place is selected, never typed. */
export function openOptions(info: RefactoringInfo, known: RefactoringOptions): OptionInfo[] {
  const given = new Set(info.options.filter(item => item.name in known && item.group !== '').map(item => item.group));
  return info.options.filter(
    item =>
      (item.ask !== '' || item.required) &&
      !(item.name in known) &&
      !PLACES.includes(item.kind) &&
      !given.has(item.group),
  );
}

/** Return the label of the field in which an option is asked for. */
export function questionOf(option: OptionInfo): string {
  return (option.ask || option.help).replace(/\.$/, '');
}

/** Return the sentence that explains it; empty where the label says it all. */
export function explanationOf(option: OptionInfo): string {
  const free = option.required || option.kind === 'flag' || option.kind === 'choice';
  return sentences(option.ask === '' ? '' : option.help, free ? '' : texts.refactor.mayBeEmpty);
}

/** Say what is wrong with what was typed for an option, or `null`. The server has the last word. */
export function checkAnswer(option: OptionInfo, typed: string): string | null {
  const text = typed.trim();
  if (text === '') return option.required ? texts.refactor.needed : null;
  if (option.kind === 'whole-number') return /^\d+$/.test(text) ? null : texts.refactor.wholeNumber;
  if (option.kind === 'number') return Number.isFinite(Number(text)) ? null : texts.refactor.number;
  if (option.kind === 'path' && isModule(text)) return checkModulePath(normalizeModulePath(text));
  return null;
}

/** Return the option's value from what was typed; `undefined` leaves it to the server. */
export function readAnswer(option: OptionInfo, typed: string): unknown {
  const text = typed.trim();
  if (text === '') return undefined;
  if (option.kind === 'whole-number' || option.kind === 'number') return Number(text);
  if (option.kind === 'words') return text.split(/[\s,]+/).filter(word => word !== '');
  if (option.kind === 'path') return isModule(text) ? normalizeModulePath(text) : text.replace(/\\/g, '/');
  return text;
}

/** Return a refusal as one text: why, and what to do. */
export function refusalText(refusal: RefusalMessage): string {
  return sentences(refusal.reason, refusal.advice);
}

function isModule(path: string): boolean {
  return path.endsWith('.py');
}

function isEmpty({ start, end }: WireRange): boolean {
  return start.line === end.line && start.character === end.character;
}

/** Return the last line that is selected: one in which nothing is selected does not count. */
function lastLine({ start, end }: WireRange): number {
  return end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
}
