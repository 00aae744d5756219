/** Shows places in cells and files. */

import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor } from '@jupyterlab/fileeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Range } from 'vscode-languageserver-protocol';
import { UserError } from '../messages';
import type { SyncedNotebook } from '../sync/notebook';
import type { ILanguageServer, INavigator, INotebooks } from '../tokens';
import { atCursor, type EditorPlace } from './place';

/** More places than these are not remembered. */
const MOST_PLACES = 50;

export class Navigator implements INavigator {
  private readonly left: { uri: string; range: Range }[] = [];

  constructor(
    private readonly server: ILanguageServer,
    private readonly notebooks: INotebooks,
    private readonly manager: IDocumentManager,
    private readonly trans: TranslationBundle,
  ) {}

  get canGoBack(): boolean {
    return this.left.length > 0;
  }

  async leave(place: EditorPlace, uri: string, range: Range): Promise<void> {
    const { position } = atCursor(place);
    await this.show(uri, range);
    this.left.push({ uri: place.uri, range: { start: position, end: position } });
    if (this.left.length > MOST_PLACES) this.left.shift();
  }

  async back(): Promise<void> {
    const place = this.left.pop();
    if (place) await this.show(place.uri, place.range);
  }

  async show(uri: string, range: Range | null): Promise<void> {
    const cell = this.server.uris.cell(uri);
    if (cell) return this.showCell(await this.notebook(cell.path), cell.id, range);
    const path = this.server.uris.path(uri);
    if (path === null) {
      throw new UserError(
        this.trans.__('`%1` is outside of this server’s folder, so it cannot be shown here.', decodeURI(uri)),
      );
    }
    if (path.endsWith('.ipynb')) {
      const notebook = await this.notebooks.open(path);
      return this.showCell(notebook, decodeURIComponent(uri.split('#')[1] ?? ''), range);
    }
    await this.showFile(path, range);
  }

  private async notebook(path: string): Promise<SyncedNotebook> {
    for (const notebook of this.notebooks.all) if (notebook.path === path) return notebook;
    return this.notebooks.open(path);
  }

  private async showCell(notebook: SyncedNotebook, id: string, range: Range | null): Promise<void> {
    const { panel, shared } = notebook;
    const { content } = panel;
    const index = shared.cells.findIndex(cell => cell.getId() === id);
    this.manager.openOrReveal(panel.context.path);
    if (index < 0) return;
    await shown();
    content.deselectAll();
    content.activeCellIndex = index;
    await content.scrollToItem(index);
    const widget = content.widgets[index];
    await widget.ready;
    if (!widget.editor || !range) return;
    content.mode = 'edit';
    select(widget.editor, range);
  }

  private async showFile(path: string, range: Range | null): Promise<void> {
    const widget = this.manager.openOrReveal(path, 'Editor') as IDocumentWidget<FileEditor> | undefined;
    if (!widget) return;
    await widget.context.ready;
    await widget.revealed;
    await shown();
    const { editor } = widget.content;
    if (editor && range) select(editor, range);
  }
}

/**
 * Wait until a document that was just brought to the front is drawn, and JupyterLab has given it the keyboard: an editor
 * that takes the keyboard earlier may lose its cursor, as the browser puts one at the start.
 */
async function shown(): Promise<void> {
  await new Promise(resolve => requestAnimationFrame(resolve));
  await new Promise(resolve => setTimeout(resolve));
}

function select(editor: CodeEditor.IEditor, { start }: Range): void {
  const position = { line: start.line, column: start.character };
  editor.setCursorPosition(position);
  editor.revealPosition(position);
  editor.focus();
}
