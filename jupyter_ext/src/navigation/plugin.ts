/** Goes to definitions and findings. */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry, Notification } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { texts } from '@offbook/client';
import { CommandIDs } from '../commands';
import { nextFinding } from '../findings/navigation';
import { reportError } from '../messages';
import { FindingsButton } from '../run/toolbar';
import { IFindings, ILanguageServer, INavigator, INotebooks, IPlans } from '../tokens';
import { findDefinition } from './definition';
import { Navigator } from './navigator';
import { placeOf, type EditorPlace } from './place';
import { findReferences, showReferences } from './references';
import { rename } from './rename';

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

export const namesPlugin: JupyterFrontEndPlugin<void> = {
  id: '@offbook/jupyterlab:names',
  description: 'Goes from a name to where it is defined or used, and renames it.',
  autoStart: true,
  requires: [ILanguageServer, INotebooks, INavigator, IPlans],
  optional: [IEditorTracker, ICommandPalette, ITranslator],
  activate: (
    app,
    server: ILanguageServer,
    notebooks: INotebooks,
    navigator: INavigator,
    plans: IPlans,
    editors: IEditorTracker | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('offbook');
    const where = { app, server, notebooks, editors };
    const add = (id: string, label: string, caption: string, work: (place: EditorPlace) => Promise<void>) => {
      app.commands.addCommand(id, {
        ...{ label, caption, describedBy: { args: { type: 'object', properties: {} } } },
        isEnabled: () => placeOf(where) !== null,
        execute: async () => {
          const place = placeOf(where);
          if (place) await work(place).catch(reportError);
        },
      });
      palette?.addItem({ command: id, category: 'offbook' });
    };
    add(
      CommandIDs.goToDefinition,
      trans.__('Go to Definition'),
      trans.__('Go to where the name at the cursor is defined'),
      async place => {
        const target = await findDefinition(server, place);
        if (target) await navigator.leave(place, target.uri, target.range);
        else Notification.info(trans.__('No definition was found for what is at the cursor.'), { autoClose: 3000 });
      },
    );
    add(
      CommandIDs.findReferences,
      trans.__('Find References…'),
      trans.__('List where the name at the cursor is used'),
      async place => {
        const found = await findReferences(place, server, notebooks);
        if (found.length === 0) {
          Notification.info(trans.__(texts.references.nothing), { autoClose: 3000 });
          return;
        }
        const { editor } = place;
        const at = editor.getCoordinateForPosition(editor.getCursorPosition()) ?? editor.host.getBoundingClientRect();
        showReferences(found, at, ({ uri, range }) => void navigator.leave(place, uri, range).catch(reportError));
      },
    );
    add(
      CommandIDs.rename,
      trans.__('Rename Symbol…'),
      trans.__('Rename what is at the cursor, in all notebooks and modules'),
      place => rename(place, server, plans, trans),
    );
    app.commands.addCommand(CommandIDs.goBack, {
      label: trans.__('Go Back'),
      caption: trans.__('Return to where you went to a definition or a reference from'),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => navigator.canGoBack,
      execute: () => navigator.back().catch(reportError),
    });
    palette?.addItem({ command: CommandIDs.goBack, category: 'offbook' });
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
    const add = (command: string, label: string, direction: 1 | -1) => {
      app.commands.addCommand(command, {
        ...{ label, describedBy: { args: { type: 'object', properties: {} } } },
        isEnabled: () => notebooks.current !== null,
        execute: async () => {
          const next = notebooks.current && nextFinding(notebooks.current, findings, direction);
          if (next) await navigator.show(next.cell, next.finding.range).catch(reportError);
        },
      });
      palette?.addItem({ command, category: 'offbook' });
    };
    add(CommandIDs.nextFinding, trans.__('Next Finding'), 1);
    add(CommandIDs.previousFinding, trans.__('Previous Finding'), -1);
    toolbar?.addFactory<NotebookPanel>('Notebook', 'offbook-findings', panel => {
      const notebook = () => notebooks.ofPanel(panel);
      const next = () => void app.commands.execute(CommandIDs.nextFinding);
      return new FindingsButton(notebook, notebooks, findings, trans, next);
    });
  },
};
