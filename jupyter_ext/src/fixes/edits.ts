/** Applies text edits to cells and modules. */

import type { ISharedText } from '@jupyter/ydoc';
import { texts } from '@offbook/client';
import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver-protocol';
import { UserError } from '../messages';
import { asOneStep } from '../plans/undo';
import { documentsOf, placedFromEnd } from '../plans/workspaceEdit';
import type { SyncedNotebook } from '../sync/notebook';
import type { INotebooks } from '../tokens';

interface SharedEdits {
  text: ISharedText;
  edits: TextEdit[];
}

interface CellEdits extends SharedEdits {
  notebook: SyncedNotebook;
}

/**
 * Apply an edit of cells.
 *
 * Edits of one cell are a step of that cell's own undo, as if they were typed; edits of several are one step of the
 * notebook's.
 */
export function applyEdit(edit: WorkspaceEdit, notebooks: INotebooks): void {
  const targets = cellEdits(edit, notebooks);
  const [first] = targets;
  if (!first) return;
  if (targets.length === 1) first.text.transact(() => change(first));
  else asOneStep(first.notebook.shared, () => targets.forEach(change));
}

/** Apply an edit of one module that an editor shows, as if it were typed. */
export function applyModuleEdit(edit: WorkspaceEdit, uri: string, module: ISharedText): void {
  const documents = documentsOf(edit);
  if (documents.some(document => document.uri !== uri)) throw new UserError(texts.plan.failed);
  module.transact(() => documents.forEach(({ edits }) => change({ text: module, edits })));
}

function cellEdits(edit: WorkspaceEdit, notebooks: INotebooks): CellEdits[] {
  const targets = documentsOf(edit).map(({ uri, version, edits }) => {
    const notebook = notebooks.ofCell(uri);
    notebook?.flush();
    const text = notebook?.cellOf(uri);
    if (!notebook || !text) throw new UserError(texts.plan.stale);
    if (version !== null && version !== notebook.cellVersion(uri)) throw new UserError(texts.plan.stale);
    return { notebook, text, edits };
  });
  if (new Set(targets.map(target => target.notebook)).size > 1) throw new UserError(texts.plan.failed);
  return targets;
}

/** Apply edits from the last to the first, so that the places of the others hold. */
function change({ text, edits }: SharedEdits): void {
  for (const edit of placedFromEnd(text.getSource(), edits)) text.updateSource(edit.start, edit.end, edit.text);
}
