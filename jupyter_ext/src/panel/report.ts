/** How the last check of the notebook in front went. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { Command, ReportView, texts } from '@offbook/client';
import { CommandIDs } from '../commands';
import { reportError } from '../messages';
import type { SyncedNotebook } from '../sync/notebook';
import type { IFindings, IFixes, INavigator, INotebooks, IRunChecks } from '../tokens';
import { Section } from './section';

export class ReportSection extends Section {
  private readonly view: ReportView;

  constructor(
    commands: CommandRegistry,
    notebooks: INotebooks,
    findings: IFindings,
    fixes: IFixes,
    navigator: INavigator,
    private readonly checks: IRunChecks,
    trans: TranslationBundle,
  ) {
    super(trans.__(texts.report.title), notebooks, findings);
    const run = (id: string, args = {}) => {
      const notebook = notebooks.current?.uri;
      if (notebook !== undefined) void commands.execute(id, { notebook, ...args }).catch(reportError);
    };
    this.view = new ReportView(this.node, {
      show: cell => void navigator.show(cell, null).catch(reportError),
      runFrom: cell => {
        const command = { title: texts.report.runFrom, command: Command.runCells, arguments: [cell, 'below'] };
        void fixes.apply(command).catch(reportError);
      },
      compare: () => run(CommandIDs.run, { compare: true }),
      accept: () => run(CommandIDs.acceptOutputs),
    });
    checks.changed.connect(this.changed, this);
  }

  protected draw(notebook: SyncedNotebook | null): void {
    if (!notebook) return this.view.clear(texts.report.noNotebook);
    const result = this.checks.result(notebook);
    if (result) this.view.update(result, this.checks.state(notebook).kind === 'changed');
    else this.view.clear(texts.report.never, true);
  }
}
