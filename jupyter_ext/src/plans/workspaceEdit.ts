/** Makes a plan of the protocol's own edits, so that they are carried out like any other. */

import { texts, type CellText, type FileChangeMessage, type NotebookChangeMessage } from '@offbook/client';
import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver-protocol';
import { UserError } from '../errors';
import { offset } from '../sync/state';

/** Where the texts that an edit changes come from. */
export interface EditSources {
  /** The open notebook that a cell belongs to; `version` is the one of the cell's text. */
  cell(uri: string): { notebook: string; text: CellText; version: number } | null;
  /** The text of a file; `null` where there is none. */
  file(uri: string): Promise<string | null>;
}

/** What an edit changes. */
export interface PlannedEdit {
  notebooks: NotebookChangeMessage[];
  files: FileChangeMessage[];
}

/** Return what a workspace edit changes; fails with a message where it does not fit what is there. */
export async function planEdit(edit: WorkspaceEdit, sources: EditSources): Promise<PlannedEdit> {
  const notebooks = new Map<string, NotebookChangeMessage>();
  const files: FileChangeMessage[] = [];
  for (const { uri, version, edits } of documentsOf(edit)) {
    const cell = sources.cell(uri);
    if (cell) {
      if (version !== null && version !== cell.version) throw new UserError(texts.plan.stale);
      const before = cell.text.source;
      const change = notebooks.get(cell.notebook) ?? { uri: cell.notebook, version: null, changes: [] };
      change.changes.push({ kind: 'replaceSource', cell: uri, before, after: editedText(before, edits) });
      notebooks.set(cell.notebook, change);
      continue;
    }
    const before = uri.startsWith('file:') ? await sources.file(uri) : null;
    if (before === null) throw new UserError(texts.plan.stale);
    files.push({ uri, before, after: editedText(before, edits) });
  }
  return { notebooks: [...notebooks.values()], files };
}

interface DocumentEdits {
  uri: string;
  version: number | null;
  edits: TextEdit[];
}

/** Return the edits of each document; those that create, rename or delete files are none of ours. */
export function documentsOf(edit: WorkspaceEdit): DocumentEdits[] {
  if (!edit.documentChanges) {
    return Object.entries(edit.changes ?? {}).map(([uri, edits]) => ({ uri, version: null, edits }));
  }
  return edit.documentChanges.map(part => {
    if (!('textDocument' in part)) throw new UserError(texts.plan.failed);
    const { uri, version } = part.textDocument;
    return { uri, version, edits: part.edits.filter((item): item is TextEdit => 'newText' in item) };
  });
}

/** Return a text after its edits. */
export function editedText(text: string, edits: readonly TextEdit[]): string {
  let result = text;
  for (const edit of placedFromEnd(text, edits)) {
    result = result.slice(0, edit.start) + edit.text + result.slice(edit.end);
  }
  return result;
}

/** Return edits by offsets, from the last to the first, so that the places of the others hold. */
export function placedFromEnd(
  text: string,
  edits: readonly TextEdit[],
): { start: number; end: number; text: string }[] {
  const placed = edits.map((edit, index) => ({
    start: offset(text, edit.range.start),
    end: offset(text, edit.range.end),
    text: edit.newText,
    index,
  }));
  return placed.sort((left, right) => right.start - left.start || right.index - left.index);
}
