/** Goes to definitions and findings. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry, Notification } from '@jupyterlab/apputils';
import type { CodeEditor } from '@jupyterlab/codeeditor';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CommandIDs } from '../commands';
import { nextFinding } from '../findings/navigation';
import { reportError } from '../messages';
import { FindingsButton } from '../run/toolbar';
import { IFindings, ILanguageServer, INavigator, INotebooks } from '../tokens';
import { findDefinition } from './definition';
import { Navigator } from './navigator';

export const navigatorPlugin: JupyterFrontEndPlugin<INavigator> = {
  id: '@offbook/jupyterlab:navigator',
  description: 'Shows places in cells and files.',
  autoStart: true,
  provides: INavigator,
  requires: [ILanguageServer, INotebooks, IDocumentManager],
  optional: [ITranslator],
  activate: (
    _,
    server: ILanguageServer,
    notebooks: INotebooks,
    manager: IDocumentManager,
    translator: ITranslator | null,
  ) => new Navigator(server, notebooks, manager, (translator ?? nullTranslator).load('offbook')),
};

export const definitionPlugin: JupyterFrontEndPlugin<void> = {
  id: '@offbook/jupyterlab:definition',
  description: 'Goes from a name to where it is defined.',
  autoStart: true,
  requires: [ILanguageServer, INotebooks, INavigator],
  optional: [IEditorTracker, ICommandPalette, ITranslator],
  activate: (
    app,
    server: ILanguageServer,
    notebooks: INotebooks,
    navigator: INavigator,
    editors: IEditorTracker | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('offbook');
    app.commands.addCommand(CommandIDs.goToDefinition, {
      label: trans.__('Go to Definition'),
      caption: trans.__('Go to where the name at the cursor is defined'),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => place(app, server, notebooks, editors) !== null,
      execute: async () => {
        const from = place(app, server, notebooks, editors);
        if (!from) return;
        try {
          const target = await findDefinition(server, from.uri, from.editor.getCursorPosition());
          if (target) await navigator.show(target.uri, target.range);
          else Notification.info(trans.__('No definition was found for what is at the cursor.'), { autoClose: 3000 });
        } catch (error) {
          reportError(error);
        }
      },
    });
    palette?.addItem({ command: CommandIDs.goToDefinition, category: 'offbook' });
  },
};

export const nextFindingPlugin: JupyterFrontEndPlugin<void> = {
  id: '@offbook/jupyterlab:next-finding',
  description: 'Counts the findings in the toolbar, and goes from one to the next.',
  autoStart: true,
  requires: [INotebooks, IFindings, INavigator],
  optional: [IToolbarWidgetRegistry, ICommandPalette, ITranslator],
  activate: (
    app,
    notebooks: INotebooks,
    findings: IFindings,
    navigator: INavigator,
    toolbar: IToolbarWidgetRegistry | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('offbook');
    app.commands.addCommand(CommandIDs.nextFinding, {
      label: trans.__('Next Finding'),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => notebooks.current !== null,
      execute: async () => {
        const next = notebooks.current && nextFinding(notebooks.current, findings);
        if (next) await navigator.show(next.cell, next.finding.range).catch(reportError);
      },
    });
    toolbar?.addFactory<NotebookPanel>('Notebook', 'offbook-findings', panel => {
      const notebook = () => notebooks.ofPanel(panel);
      const next = () => void app.commands.execute(CommandIDs.nextFinding);
      return new FindingsButton(notebook, notebooks, findings, trans, next);
    });
    palette?.addItem({ command: CommandIDs.nextFinding, category: 'offbook' });
  },
};

/** Return the editor that the user is in, and its document's URI. */
function place(
  app: JupyterFrontEnd,
  server: ILanguageServer,
  notebooks: INotebooks,
  editors: IEditorTracker | null,
): { uri: string; editor: CodeEditor.IEditor } | null {
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
