/** Renames what is at the cursor, wherever it is used. */

import { InputDialog, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { texts } from '@offbook/client';
import { ResponseError } from 'vscode-jsonrpc';
import type { Range, WorkspaceEdit } from 'vscode-languageserver-protocol';
import { plain } from '../messages';
import type { ILanguageServer, IPlans } from '../tokens';
import { atCursor, type EditorPlace } from './place';

interface Prepared {
  range: Range;
  placeholder: string;
}

/** Ask for a name until the server takes it or the user has had enough, and change every place at once. */
export async function rename(
  place: EditorPlace,
  server: ILanguageServer,
  plans: IPlans,
  trans: TranslationBundle,
): Promise<void> {
  const target = atCursor(place);
  const prepared = await server.request<Prepared | null>('textDocument/prepareRename', target);
  if (!prepared) {
    Notification.info(trans.__(texts.rename.nothing), { autoClose: 4000 });
    return;
  }
  const title = plain(trans.__(texts.rename.title(prepared.placeholder)));
  let text = prepared.placeholder;
  let refusal = '';
  for (;;) {
    const label = refusal || trans.__(texts.rename.label);
    const answer = await InputDialog.getText({ title, label, text, okLabel: trans.__(texts.rename.action) });
    if (!answer.button.accept || !answer.value || answer.value === prepared.placeholder) return;
    text = answer.value.trim();
    try {
      const edit = await server.request<WorkspaceEdit | null>('textDocument/rename', { ...target, newName: text });
      if (!edit) return;
      const changed = await plans.applyEdit(title, edit);
      const places = texts.changes(changed.notebooks, changed.files);
      Notification.success(plain(trans.__(texts.rename.done(text, places))), { autoClose: 5000 });
      return;
    } catch (error) {
      if (!(error instanceof ResponseError)) throw error;
      refusal = plain(error.message);
    }
  }
}
