/** The commands of all refactorings: they ask for what is not known of the options, then show the plan. */

import {
  checkAnswer,
  explanationOf,
  findRefactoring,
  METHODS,
  openOptions,
  questionOf,
  readAnswer,
  Refactoring,
  REFACTORINGS,
  selectedOptions,
  texts,
  type OptionInfo,
  type RefactoringInfo,
  type RefactoringOptions,
} from '@offbook/client';
import * as vscode from 'vscode';
import { extractModule } from './extract';
import { cellOf, notebookOf } from './notebooks';
import type { Refactorer } from './refactor';
import { selectionIn } from './selection';
import type { Server } from './server';

/** Arguments of the command come from a code action (notebook, id, options), from a menu, or from nowhere. */
export type Arguments = readonly unknown[];

/** Let the user choose a refactoring, unless the arguments name one, and carry it out. */
export async function refactor(server: Server, refactorer: Refactorer, ...args: Arguments): Promise<void> {
  const chosen = typeof args[1] === 'string' ? findRefactoring(args[1]) : await pick();
  if (chosen) await refactorWith(server, refactorer, chosen, args[0], args[2]);
}

/** Carry out one refactoring; code actions name the notebook by its URI, and then `given` are options. */
export async function refactorWith(
  server: Server,
  refactorer: Refactorer,
  info: RefactoringInfo,
  place: unknown,
  given?: unknown,
): Promise<void> {
  const known = typeof place === 'string' ? (given as RefactoringOptions | undefined) : undefined;
  if (info.id === Refactoring.extractModule) return extractModule(server, refactorer, place, known);
  const notebook = notebookOf(place);
  const client = server.ready;
  if (!notebook || !client) {
    void vscode.window.showInformationMessage(client ? texts.extract.noNotebook : texts.server.notReady);
    return;
  }
  const selection = selectionIn(notebook, cellOf(place));
  const selected = known ?? selectedOptions(info, selection);
  const choices = async () =>
    (await client.ask(METHODS.candidates, { notebook: notebook.uri.toString(), refactoring: info.id })).modules;
  const options = await ask(info, selected, choices);
  if (!options) return;
  const where = known === undefined ? { cell: selection.cell, range: selection.range } : {};
  await refactorer.refactor(client, notebook, {
    notebook: notebook.uri.toString(),
    refactoring: info.id,
    options,
    ...where,
  });
}

async function pick(): Promise<RefactoringInfo | undefined> {
  const items = REFACTORINGS.map(info => ({ label: info.title, detail: info.summary, info }));
  return (await vscode.window.showQuickPick(items, { title: texts.refactor.title, matchOnDetail: true }))?.info;
}

/** Ask for the options that are to be asked for; `undefined` where the user has had enough. */
async function ask(
  info: RefactoringInfo,
  known: RefactoringOptions,
  modules: () => Promise<readonly string[]>,
): Promise<RefactoringOptions | undefined> {
  const options = { ...known };
  for (const option of openOptions(info, known)) {
    const title = `${info.title}: ${questionOf(option)}`;
    const typed = await answer(option, title, option.kind === 'path' ? await modules() : []);
    if (typed === undefined) return undefined;
    if (typed !== '') options[option.name] = option.kind === 'flag' ? typed === YES : readAnswer(option, typed);
  }
  return options;
}

const YES = 'Yes';
const NO = 'No';

async function answer(option: OptionInfo, title: string, known: readonly string[]): Promise<string | undefined> {
  const choices = option.kind === 'flag' ? [YES, NO] : option.choices;
  if (choices.length > 0) return vscode.window.showQuickPick(choices, { title, placeHolder: explanationOf(option) });
  if (known.length > 0) return pickPath(option, title, known);
  return vscode.window.showInputBox({
    title,
    prompt: explanationOf(option),
    ignoreFocusOut: true,
    validateInput: typed => checkAnswer(option, typed),
  });
}

/** Let the user type a path, or choose one that is there. */
function pickPath(option: OptionInfo, title: string, known: readonly string[]): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick();
  pick.title = title;
  pick.placeholder = explanationOf(option);
  pick.ignoreFocusOut = true;
  const update = () => {
    const typed = pick.value.trim();
    const problem = checkAnswer(option, typed);
    const first = problem === null ? { label: typed, alwaysShow: true } : { label: problem, alwaysShow: true };
    const fresh = typed !== '' && !known.includes(typed) ? [first] : [];
    pick.items = [...fresh, ...known.map(label => ({ label, description: texts.extract.existingModule }))];
  };
  update();
  pick.onDidChangeValue(update);
  return new Promise(resolve => {
    pick.onDidAccept(() => {
      const chosen = pick.activeItems[0]?.label ?? pick.value;
      if (checkAnswer(option, chosen) !== null) return;
      resolve(chosen);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}
