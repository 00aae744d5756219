/** The side panel: problems of the notebook in front, what flows between its cells, and how its last check went. */

import { ILayoutRestorer, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { SidePanel } from '@jupyterlab/ui-components';
import { CommandIDs } from '../commands';
import { findingsIcon } from '../icons';
import { IFindings, IFixes, ILanguageServer, INavigator, INotebooks, IRunChecks } from '../tokens';
import { GraphSection } from './graph';
import { ProblemsSection } from './problems';
import { ReportSection } from './report';

export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: '@offbook/jupyterlab:panel',
  description: 'Lists the problems of a notebook and draws what flows between its cells.',
  autoStart: true,
  requires: [ILanguageServer, INotebooks, IFindings, IFixes, INavigator, IRunChecks],
  optional: [ILayoutRestorer, ICommandPalette, ITranslator],
  activate: (
    app,
    server: ILanguageServer,
    notebooks: INotebooks,
    findings: IFindings,
    fixes: IFixes,
    navigator: INavigator,
    checks: IRunChecks,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('offbook');
    const panel = new SidePanel({ translator: translator ?? nullTranslator });
    panel.id = 'offbook-panel';
    panel.addClass('offbook-Panel');
    panel.title.icon = findingsIcon;
    panel.title.caption = trans.__('offbook: problems and cell graph');
    panel.addWidget(new ProblemsSection(notebooks, findings, fixes, navigator, trans));
    panel.addWidget(new GraphSection(app.commands, server, notebooks, findings, navigator, trans));
    panel.addWidget(new ReportSection(app.commands, notebooks, findings, fixes, navigator, checks, trans));
    app.shell.add(panel, 'right', { rank: 700, type: 'offbook' });
    restorer?.add(panel, panel.id);

    app.commands.addCommand(CommandIDs.showPanel, {
      label: trans.__('Show Problems and Cell Graph'),
      caption: trans.__('Open the side panel with the notebook’s problems and what flows between its cells'),
      icon: findingsIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => app.shell.activateById(panel.id),
    });
    palette?.addItem({ command: CommandIDs.showPanel, category: 'offbook' });
  },
};
