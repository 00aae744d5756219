/** The check "restart and run all": its command, and its state in the toolbar. */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry, Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { texts } from '@offbook/client';
import { CommandIDs } from '../commands';
import { checkIcon } from '../icons';
import { ILanguageServer, INotebooks, IRunChecks, ISettings } from '../tokens';
import { reportError } from '../messages';
import { acceptOutputs } from './accept';
import { RunCheck } from './check';
import { RunStates } from './states';
import { RunButton } from './toolbar';

export const runPlugin: JupyterFrontEndPlugin<IRunChecks> = {
  id: '@offbook/jupyterlab:run',
  description: 'Checks that a notebook restarts and runs to the end.',
  autoStart: true,
  provides: IRunChecks,
  requires: [ILanguageServer, INotebooks, ISettings],
  optional: [IToolbarWidgetRegistry, ICommandPalette, ITranslator],
  activate: (
    app,
    server: ILanguageServer,
    notebooks: INotebooks,
    settings: ISettings,
    toolbar: IToolbarWidgetRegistry | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('offbook');
    const states = new RunStates();
    const check = new RunCheck(server, notebooks, states, trans);
    const properties = {
      notebook: { type: 'string', description: 'The URI of an open notebook; else the one in front' },
    };
    const args = { type: 'object', properties };
    const compared = { compare: { type: 'boolean', description: 'Hold the outputs against those in the saved file' } };
    const target = (uri: unknown) => (typeof uri === 'string' ? notebooks.ofUri(uri) : notebooks.current);

    app.commands.addCommand(CommandIDs.run, {
      label: ({ compare }) =>
        compare === true
          ? trans.__('Check: Run in a Fresh Kernel and Compare the Outputs')
          : trans.__('Check: Restart and Run All in a Fresh Kernel'),
      caption: trans.__('Run the notebook from top to bottom in a fresh kernel of its own; yours is not touched'),
      icon: checkIcon,
      describedBy: { args: { type: 'object', properties: { ...properties, ...compared } } },
      isEnabled: () => notebooks.current !== null,
      execute: async ({ notebook: uri, compare }) => {
        const notebook = target(uri);
        if (notebook) await check.run(notebook, settings.runTimeout || null, compare === true);
        else Notification.info(texts.extract.noNotebook, { autoClose: 4000 });
      },
    });
    app.commands.addCommand(CommandIDs.cancelRun, {
      label: trans.__('Cancel the Running Check'),
      describedBy: { args },
      isEnabled: () => notebooks.current !== null && check.isRunning(notebooks.current),
      execute: ({ notebook: uri }) => {
        const notebook = target(uri);
        if (notebook) check.cancel(notebook);
      },
    });
    app.commands.addCommand(CommandIDs.acceptOutputs, {
      label: trans.__('Accept the Outputs of the Last Check'),
      caption: trans.__('Let the notebook show what the check has shown; one undo brings the old outputs back'),
      describedBy: { args },
      isEnabled: () => notebooks.current !== null && states.result(notebooks.current) !== null,
      execute: async ({ notebook: uri }) => {
        const notebook = target(uri);
        if (!notebook) return;
        try {
          const count = await acceptOutputs(server, notebook);
          Notification.success(texts.report.accepted(count), { autoClose: 5000 });
        } catch (error) {
          reportError(error);
        }
      },
    });
    const notify = () => {
      app.commands.notifyCommandChanged(CommandIDs.acceptOutputs);
      app.commands.notifyCommandChanged(CommandIDs.run);
      app.commands.notifyCommandChanged(CommandIDs.cancelRun);
    };
    notebooks.currentChanged.connect(notify);
    states.changed.connect(notify);

    toolbar?.addFactory<NotebookPanel>('Notebook', 'offbook-run', panel => {
      const notebook = () => notebooks.ofPanel(panel);
      return new RunButton(notebook, notebooks, states, trans, running => {
        const id = running ? CommandIDs.cancelRun : CommandIDs.run;
        const uri = notebook()?.uri;
        if (uri) void app.commands.execute(id, { notebook: uri });
      });
    });
    const listed = [CommandIDs.run, CommandIDs.cancelRun, CommandIDs.acceptOutputs];
    for (const command of listed) palette?.addItem({ command, category: 'offbook' });
    palette?.addItem({ command: CommandIDs.run, args: { compare: true }, category: 'offbook' });
    return states;
  },
};
