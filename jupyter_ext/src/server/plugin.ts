/** Provides the connection to the language server, and says once when there is none. */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { texts } from '@offbook/client';
import { ILanguageServer } from '../tokens';
import { LanguageServer, type Problem } from './connection';

export const serverPlugin: JupyterFrontEndPlugin<ILanguageServer> = {
  id: '@offbook/jupyterlab:server',
  description: 'Connects to the offbook language server.',
  autoStart: true,
  provides: ILanguageServer,
  optional: [ITranslator],
  activate: (app, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load('offbook');
    let shown: string | null = null;
    const server: LanguageServer = new LanguageServer({
      settings: app.serviceManager.serverSettings,
      rootUri: PageConfig.getOption('offbookRootUri'),
      version: PageConfig.getOption('offbookVersion'),
      report: problem => {
        if (shown) Notification.dismiss(shown);
        shown = show(problem, trans, () => server.restart());
      },
    });
    server.stateChanged.connect((_, state) => {
      if (state !== 'ready' || !shown) return;
      Notification.dismiss(shown);
      shown = null;
    });
    return server;
  },
};

function show(problem: Problem, trans: TranslationBundle, restart: () => void): string {
  const actions = problem.kind === 'missing' ? [] : [{ label: texts.server.restart, callback: restart }];
  return Notification.warning(sentence(problem, trans), { autoClose: false, actions });
}

function sentence(problem: Problem, trans: TranslationBundle): string {
  switch (problem.kind) {
    case 'missing':
      return trans.__(
        'offbook is not enabled in this Jupyter Server. Run: jupyter server extension enable offbook_jupyter, then restart it.',
      );
    case 'version':
      return problem.message;
    case 'crashes':
      return trans.__(
        'The offbook language server stopped %1 times and was not started again. The Jupyter Server’s log says why.',
        problem.count,
      );
    case 'too-many':
      return trans.__('Too many pages use offbook at once. Close some of them.');
    case 'unreachable':
      return trans.__('The offbook language server cannot be reached. Still trying.');
  }
}
