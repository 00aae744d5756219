/** The command for any refactoring of the catalogue. */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, InputDialog, Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { METHODS, REFACTORINGS, snapshot, texts, type RefactoringInfo } from '@offbook/client';
import { CommandIDs } from '../commands';
import { plain, reportError } from '../messages';
import type { SyncedNotebook } from '../sync/notebook';
import { ILanguageServer, INavigator, INotebooks, IPlans, ISettings } from '../tokens';
import { review, type ExtractServices } from './extract';

type Options = Record<string, unknown>;

export const refactorPlugin: JupyterFrontEndPlugin<void> = {
  id: '@offbook/jupyterlab:refactor',
  description: 'Carries out refactorings of the selected cells.',
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
    const services = { server, notebooks, plans, navigator, trans, verify: () => settings.verify };
    app.commands.addCommand(CommandIDs.refactor, {
      label: trans.__('Refactor the Notebook…'),
      caption: trans.__('Choose a refactoring of the selected cells'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            notebook: { type: 'string', description: trans.__('The notebook’s URI') },
            refactoring: { type: 'string', description: trans.__('The refactoring’s id') },
            options: { type: 'object', description: trans.__('What is known of its options') },
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
        const known = args['options'] as Options | undefined;
        await refactor(notebook, args['refactoring'], known, services).catch(reportError);
      },
    });
    notebooks.currentChanged.connect(() => app.commands.notifyCommandChanged(CommandIDs.refactor));
    palette?.addItem({ command: CommandIDs.refactor, category: 'offbook' });
  },
};

async function refactor(
  notebook: SyncedNotebook,
  id: unknown,
  known: Options | undefined,
  services: ExtractServices,
): Promise<void> {
  const info = typeof id === 'string' ? REFACTORINGS.find(item => item.id === id) : await pick();
  const options = info && (await ask(info, known ?? selectedCells(notebook, info)));
  if (!info || !options) return;
  notebook.flush();
  const before = snapshot(notebook.texts());
  const params = { notebook: notebook.uri, refactoring: info.id, options };
  const { plan, refusal } = await services.server.ask(METHODS.plan, params);
  if (plan) return review(notebook, { plan, before }, services);
  if (!refusal) return;
  const { uri, range } = refusal;
  const show = () => void (uri && services.navigator.show(uri, range).catch(reportError));
  const actions = uri === null ? [] : [{ label: texts.plan.showPlace, callback: show }];
  Notification.warning(plain([refusal.reason, refusal.advice].filter(Boolean).join(' ')), {
    autoClose: false,
    actions,
  });
}

async function pick(): Promise<RefactoringInfo | undefined> {
  const items = REFACTORINGS.map(info => info.title);
  const chosen = await InputDialog.getItem({ title: texts.refactor.title, items });
  return chosen.button.accept ? REFACTORINGS.find(info => info.title === chosen.value) : undefined;
}

/** Return the selected cells as the option that wants some. */
function selectedCells(notebook: SyncedNotebook, info: RefactoringInfo): Options {
  const option = info.options.find(item => item.kind === 'cells' || item.kind === 'cell');
  if (!option) return {};
  const ids = notebook.panel.content.selectedCells.map(cell => notebook.cellUri(cell.model.sharedModel));
  return ids.length === 0 ? {} : { [option.name]: option.kind === 'cells' ? ids : ids[0] };
}

/** Ask for the options that are to be asked for; `undefined` where the user has had enough. */
async function ask(info: RefactoringInfo, known: Options): Promise<Options | undefined> {
  const options = { ...known };
  for (const option of info.options) {
    if ((option.ask === '' && !option.required) || option.name in options) continue;
    const label = option.required ? option.help : `${option.help} ${texts.refactor.leaveEmpty}`;
    const answer = await InputDialog.getText({ title: info.title, label });
    if (!answer.button.accept || (!answer.value && option.required)) return undefined;
    if (answer.value) options[option.name] = answer.value;
  }
  return options;
}
