/** The way of any refactoring: options, a plan, its preview, and applying it. */

import { Notification } from '@jupyterlab/apputils';
import {
  METHODS,
  openOptions,
  refusalText,
  selectedOptions,
  snapshot,
  texts,
  type NotebookSelection,
  type RefactoringInfo,
  type RefactoringOptions,
  type RefusalMessage,
} from '@offbook/client';
import { plain, reportError } from '../messages';
import type { SyncedNotebook } from '../sync/notebook';
import type { INavigator } from '../tokens';
import { review, type ExtractServices } from './extract';
import { askOptions } from './optionsDialog';

/** Carry out a refactoring; `given` are its options where more is known than what is selected. */
export async function refactor(
  notebook: SyncedNotebook,
  info: RefactoringInfo,
  given: RefactoringOptions | undefined,
  services: ExtractServices,
): Promise<void> {
  const { server, navigator, trans } = services;
  const selection = selectionIn(notebook);
  const known = given ?? selectedOptions(info, selection);
  const asked = openOptions(info, known);
  const base = { notebook: notebook.uri, refactoring: info.id };
  const where = given === undefined ? { cell: selection.cell, range: selection.range } : {};
  const paths = asked.some(option => option.kind === 'path');
  const modules = paths ? (await server.ask(METHODS.candidates, base)).modules : [];
  let answers: RefactoringOptions = {};
  let refusal: RefusalMessage | null = null;
  for (;;) {
    if (asked.length > 0) {
      const showPlace = (place: RefusalMessage) => show(place, navigator);
      const chosen: RefactoringOptions | null = await askOptions({
        ...{ info, asked, answers, modules, refusal, showPlace, trans },
      });
      if (!chosen) return;
      answers = chosen;
    }
    notebook.flush();
    const before = snapshot(notebook.texts());
    const params = { ...base, ...where, options: { ...known, ...answers } };
    const answer = await server.ask(METHODS.plan, params);
    if (answer.plan) return review(notebook, { plan: answer.plan, before }, services);
    refusal = answer.refusal;
    if (asked.length === 0) return refusal ? refuse(refusal, navigator) : undefined;
  }
}

/** Return what is selected in a notebook. */
function selectionIn(notebook: SyncedNotebook): NotebookSelection {
  const { content } = notebook.panel;
  const active = content.activeCell;
  const selected = content.selectedCells.map(cell => notebook.cellUri(cell.model.sharedModel));
  const text = content.mode === 'edit' || selected.length < 2 ? active?.editor?.getSelection() : undefined;
  return {
    cells: selected,
    cell: active ? notebook.cellUri(active.model.sharedModel) : null,
    range: text
      ? {
          start: { line: text.start.line, character: text.start.column },
          end: { line: text.end.line, character: text.end.column },
        }
      : null,
  };
}

function show({ uri, range }: RefusalMessage, navigator: INavigator): void {
  if (uri !== null) void navigator.show(uri, range).catch(reportError);
}

function refuse(refusal: RefusalMessage, navigator: INavigator): void {
  const actions =
    refusal.uri === null ? [] : [{ label: texts.plan.showPlace, callback: () => show(refusal, navigator) }];
  Notification.warning(plain(refusalText(refusal)), { autoClose: false, actions });
}
