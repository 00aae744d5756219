/** A command for each refactoring of the catalogue, and one that lets the user choose. */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, InputDialog, Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import {
  findRefactoring,
  menuTitle,
  Refactoring,
  REFACTORINGS,
  texts,
  type RefactoringInfo,
  type RefactoringOptions,
} from '@offbook/client';
import { CommandIDs, refactoringCommand } from '../commands';
import { plain, reportError } from '../messages';
import { ILanguageServer, INavigator, INotebooks, IPlans, ISettings } from '../tokens';
import { refactor } from './refactoring';

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
    const notebook = { type: 'string', description: trans.__('The notebook’s URI; without it, the one in front') };
    const options = { type: 'object', description: trans.__('Its options; without them, what is selected') };
    const start = async (info: RefactoringInfo | undefined, args: ReadonlyPartialJSONObject) => {
      const uri = args['notebook'];
      const chosen = typeof uri === 'string' ? notebooks.ofUri(uri) : notebooks.current;
      if (!chosen) {
        Notification.info(texts.extract.noNotebook, { autoClose: 4000 });
        return;
      }
      const wanted = info ?? (await pick());
      if (wanted?.id === Refactoring.extractModule) {
        await app.commands.execute(CommandIDs.extractModule, { notebook: chosen.uri });
      } else if (wanted) {
        const given = args['options'] as RefactoringOptions | undefined;
        await refactor(chosen, wanted, given, services).catch(reportError);
      }
    };
    const add = (id: string, more: CommandRegistry.ICommandOptions) => {
      app.commands.addCommand(id, { isEnabled: () => notebooks.current !== null, ...more });
      notebooks.currentChanged.connect(() => app.commands.notifyCommandChanged(id));
      palette?.addItem({ command: id, category: 'offbook' });
    };
    for (const info of REFACTORINGS.filter(item => item.id !== Refactoring.extractModule)) {
      add(refactoringCommand(info.id), {
        label: trans.__('%1…', trans.__(menuTitle(info))),
        caption: plain(trans.__(info.summary)),
        describedBy: { args: { type: 'object', properties: { notebook, options } } },
        execute: args => start(info, args),
      });
    }
    const refactoring = { type: 'string', description: trans.__('The refactoring’s id; without it, a choice') };
    add(CommandIDs.refactor, {
      label: trans.__('Refactor…'),
      caption: trans.__('Choose a refactoring of what is selected'),
      describedBy: { args: { type: 'object', properties: { notebook, refactoring, options } } },
      execute: args => start(findRefactoring(args['refactoring']), args),
    });
  },
};

async function pick(): Promise<RefactoringInfo | undefined> {
  const items = REFACTORINGS.map(info => info.title);
  const chosen = await InputDialog.getItem({ title: texts.refactor.title, items });
  return chosen.button.accept ? REFACTORINGS.find(info => info.title === chosen.value) : undefined;
}
