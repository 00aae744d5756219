/** Tells the language server of modules that are open in an editor, and of files that were saved. */

import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor, IEditorTracker } from '@jupyterlab/fileeditor';
import type { Contents } from '@jupyterlab/services';
import type { ILanguageServer } from '../tokens';
import { textChange } from './state';

const WATCHED = /(\.py|\.ipynb|(^|\/)pyproject\.toml|(^|\/)offbook\.toml)$/;
const CREATED = 1;
const CHANGED = 2;
const DELETED = 3;

/** Follow every Python file that an editor shows. */
export function syncModules(tracker: IEditorTracker, server: ILanguageServer): void {
  tracker.widgetAdded.connect((_, widget) => void follow(widget, server));
  tracker.forEach(widget => void follow(widget, server));
}

async function follow(widget: IDocumentWidget<FileEditor>, server: ILanguageServer): Promise<void> {
  const { context } = widget;
  await context.ready;
  if (widget.isDisposed || !context.localPath.endsWith('.py')) return;
  const uri = server.uris.fileUri(context.localPath);
  const shared = widget.content.model.sharedModel;
  let sent = '';
  let version = 0;
  const open = () => {
    if (server.state !== 'ready') return;
    sent = shared.getSource();
    version = 1;
    server.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'python', version, text: sent } });
  };
  const change = () => {
    const text = shared.getSource();
    if (text === sent || version === 0) return;
    version += 1;
    server.notify('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [textChange(sent, text)],
    });
    sent = text;
  };
  shared.changed.connect(change);
  server.stateChanged.connect(open);
  widget.disposed.connect(() => {
    server.stateChanged.disconnect(open);
    server.notify('textDocument/didClose', { textDocument: { uri } });
  });
  open();
}

/** Tell of files that are written through the contents service. */
export function watchFiles(contents: Contents.IManager, server: ILanguageServer): void {
  contents.fileChanged.connect((_, change) => {
    const before = change.oldValue?.path;
    const after = change.newValue?.path;
    const changes: { uri: string; type: number }[] = [];
    const add = (path: string | undefined, type: number) => {
      if (path !== undefined && WATCHED.test(path)) {
        changes.push({ uri: server.uris.fileUri(contents.localPath(path)), type });
      }
    };
    if (change.type === 'new') add(after, CREATED);
    else if (change.type === 'save') add(after, CHANGED);
    else add(before, DELETED);
    if (change.type === 'rename') add(after, CREATED);
    if (changes.length) server.notify('workspace/didChangeWatchedFiles', { changes });
  });
}
