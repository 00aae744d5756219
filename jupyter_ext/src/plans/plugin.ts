/** Carries out plans on the open notebooks and the workspace's files. */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ILanguageServer, INotebooks, IPlans } from '../tokens';
import { Plans } from './apply';
import { Files } from './files';

export const plansPlugin: JupyterFrontEndPlugin<IPlans> = {
  id: '@offbook/jupyterlab:plans',
  description: 'Applies refactorings as one undo step.',
  autoStart: true,
  provides: IPlans,
  requires: [ILanguageServer, INotebooks, IDocumentManager],
  optional: [ITranslator],
  activate: (
    app,
    server: ILanguageServer,
    notebooks: INotebooks,
    manager: IDocumentManager,
    translator: ITranslator | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('offbook');
    return new Plans(server, notebooks, new Files(manager, app.serviceManager.contents), trans);
  },
};
