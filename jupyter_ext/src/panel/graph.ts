/** What flows between the cells of the notebook in front. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { JSONObject } from '@lumino/coreutils';
import { GraphView, groupOptions, METHODS, Refactoring, texts, type GraphGroup } from '@offbook/client';
import { CommandIDs } from '../commands';
import { reportError } from '../messages';
import type { SyncedNotebook } from '../sync/notebook';
import type { IFindings, ILanguageServer, INavigator, INotebooks } from '../tokens';
import { Section } from './section';

export class GraphSection extends Section {
  private readonly view: GraphView;

  constructor(
    private readonly commands: CommandRegistry,
    private readonly server: ILanguageServer,
    notebooks: INotebooks,
    findings: IFindings,
    navigator: INavigator,
    trans: TranslationBundle,
  ) {
    super(trans.__(texts.graph.title), notebooks, findings);
    this.addClass('offbook-Graph');
    this.view = new GraphView(this.node, {
      show: cell => void navigator.show(cell, null).catch(reportError),
      refactor: group => void this.refactor(group).catch(reportError),
    });
  }

  protected async draw(notebook: SyncedNotebook | null): Promise<void> {
    if (!notebook) return this.view.clear(texts.graph.noNotebook);
    if (this.server.state !== 'ready') return;
    notebook.flush();
    try {
      const { svg } = await this.server.ask(METHODS.graph, { notebook: notebook.uri });
      if (!this.isDisposed && this.notebooks.current === notebook) this.view.update(svg);
    } catch (error) {
      this.view.clear(error instanceof Error ? error.message : String(error));
    }
  }

  private async refactor(group: GraphGroup): Promise<void> {
    const notebook = this.notebooks.current?.uri;
    if (notebook === undefined) return;
    const options = groupOptions(group) as JSONObject;
    if (group.refactoring === Refactoring.extractModule) {
      await this.commands.execute(CommandIDs.extractModule, { notebook, ...options });
    } else {
      await this.commands.execute(CommandIDs.refactor, { notebook, refactoring: group.refactoring, options });
    }
  }
}
