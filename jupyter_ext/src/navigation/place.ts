/** Where the user is. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { IEditorTracker } from '@jupyterlab/fileeditor';
import type { Position } from 'vscode-languageserver-protocol';
import type { ILanguageServer, INotebooks } from '../tokens';

/** What is needed to tell where the user is. */
export interface Whereabouts {
  app: JupyterFrontEnd;
  server: ILanguageServer;
  notebooks: INotebooks;
  editors: IEditorTracker | null;
}

/** An editor, and its document's URI. */
export interface EditorPlace {
  uri: string;
  editor: CodeEditor.IEditor;
}

/** Return the editor that the user is in; `null` where it is neither a notebook's nor a Python file's. */
export function placeOf({ app, server, notebooks, editors }: Whereabouts): EditorPlace | null {
  const current = app.shell.currentWidget;
  const notebook = notebooks.current;
  const cell = notebook?.panel.content.activeCell;
  if (notebook && notebook.panel === current && cell?.editor) {
    notebook.flush();
    return { uri: notebook.cellUri(cell.model.sharedModel), editor: cell.editor };
  }
  const file = editors?.currentWidget;
  if (!file || file !== current || !file.content.editor || !file.context.localPath.endsWith('.py')) return null;
  return { uri: server.uris.fileUri(file.context.localPath), editor: file.content.editor };
}

/** Return the parameters of a request about the cursor. */
export function atCursor({ uri, editor }: EditorPlace): { textDocument: { uri: string }; position: Position } {
  const { line, column } = editor.getCursorPosition();
  return { textDocument: { uri }, position: { line, character: column } };
}
