/** Keeps notebooks and modules in step with the language server. */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ILanguageServer, INotebooks } from '../tokens';
import { syncModules, watchFiles } from './modules';
import { Notebooks } from './notebooks';

export const syncPlugin: JupyterFrontEndPlugin<INotebooks> = {
  id: '@offbook/jupyterlab:sync',
  description: 'Tells the offbook language server what notebooks and modules hold.',
  autoStart: true,
  provides: INotebooks,
  requires: [ILanguageServer, INotebookTracker, IDocumentManager],
  optional: [IEditorTracker],
  activate: (
    app,
    server: ILanguageServer,
    tracker: INotebookTracker,
    manager: IDocumentManager,
    editors: IEditorTracker | null,
  ) => {
    if (editors) syncModules(editors, server);
    watchFiles(app.serviceManager.contents, server);
    return new Notebooks(tracker, manager, server);
  },
};
