/** The user's settings, and the command that starts the language server again. */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CommandIDs } from './commands';
import { ILanguageServer, ISettings } from './tokens';

export const settingsPlugin: JupyterFrontEndPlugin<ISettings> = {
  id: '@offbook/jupyterlab:plugin',
  description: 'The settings of offbook.',
  autoStart: true,
  provides: ISettings,
  requires: [ILanguageServer],
  optional: [ISettingRegistry, ICommandPalette, ITranslator],
  activate: (
    app,
    server: ILanguageServer,
    registry: ISettingRegistry | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('offbook');
    app.commands.addCommand(CommandIDs.restartServer, {
      label: trans.__('Restart the offbook Language Server'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => server.restart(),
    });
    palette?.addItem({ command: CommandIDs.restartServer, category: 'offbook' });
    let loaded: ISettingRegistry.ISettings | null = null;
    // The settings of the rules are the server's: told when they are loaded, when they change, and at each start.
    const tell = () => {
      if (loaded) server.notify('workspace/didChangeConfiguration', { settings: { offbook: loaded.composite } });
    };
    server.stateChanged.connect((_, state) => {
      if (state === 'ready') tell();
    });
    registry?.load(settingsPlugin.id).then(
      settings => {
        loaded = settings;
        settings.changed.connect(tell);
        tell();
      },
      (error: unknown) => console.error('offbook: the settings cannot be read', error),
    );
    return {
      get verify() {
        return loaded?.composite['verify'] !== false;
      },
      get runTimeout() {
        return Number(loaded?.composite['runTimeout'] ?? 0);
      },
    };
  },
};
