/** The command "Extract to module...". */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { texts } from '@offbook/client';
import { CommandIDs } from '../commands';
import { extractIcon } from '../icons';
import { reportError } from '../messages';
import { ILanguageServer, INavigator, INotebooks, IPlans, ISettings } from '../tokens';
import { extractModule } from './extract';

export const extractPlugin: JupyterFrontEndPlugin<void> = {
  id: '@offbook/jupyterlab:extract',
  description: 'Moves functions and classes from a notebook to a module.',
  autoStart: true,
  requires: [ILanguageServer, INotebooks, IPlans, INavigator, ISettings],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app,
    server: ILanguageServer,
    notebooks: INotebooks,
    plans: IPlans,
    navigator: INavigator,
    settings: ISettings,
    palette: ICommandPalette | null,
    translator: ITranslator | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('offbook');
    app.commands.addCommand(CommandIDs.extractModule, {
      label: args => (args['toolbar'] ? '' : trans.__('Extract to Module…')),
      caption: trans.__('Move functions and classes to a module'),
      icon: extractIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            notebook: { type: 'string', description: trans.__('The notebook’s URI') },
            names: { type: 'array', items: { type: 'string' }, description: trans.__('What is chosen at first') },
          },
        },
      },
      isEnabled: () => notebooks.current !== null,
      execute: async args => {
        const uri = args['notebook'];
        const notebook = typeof uri === 'string' ? notebooks.ofUri(uri) : notebooks.current;
        if (!notebook) {
          Notification.info(texts.extract.noNotebook, { autoClose: 4000 });
          return;
        }
        const names = Array.isArray(args['names']) ? args['names'].map(String) : null;
        const verify = () => settings.verify;
        await extractModule(notebook, names, { server, notebooks, plans, navigator, trans, verify }).catch(reportError);
      },
    });
    notebooks.currentChanged.connect(() => app.commands.notifyCommandChanged(CommandIDs.extractModule));
    palette?.addItem({ command: CommandIDs.extractModule, category: 'offbook' });
  },
};
