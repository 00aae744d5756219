/** Shows what the rules find, in the cells. */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { EditorExtensionRegistry, IEditorExtensionRegistry } from '@jupyterlab/codemirror';
import { CodeCellModel } from '@jupyterlab/cells';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { IFindings, IFixes, ILanguageServer, INotebooks } from '../tokens';
import { lintExtension } from './lint';
import { Findings } from './store';

export const findingsPlugin: JupyterFrontEndPlugin<IFindings> = {
  id: '@offbook/jupyterlab:findings',
  description: 'Keeps the diagnostics of each cell.',
  autoStart: true,
  provides: IFindings,
  requires: [ILanguageServer, INotebooks],
  activate: (_, server: ILanguageServer, notebooks: INotebooks) => new Findings(server, notebooks),
};

export const lintPlugin: JupyterFrontEndPlugin<void> = {
  id: '@offbook/jupyterlab:lint',
  description: 'Shows diagnostics in the cells, with their fixes.',
  autoStart: true,
  requires: [INotebooks, IFindings, IFixes, IEditorExtensionRegistry],
  optional: [ITranslator],
  activate: (
    _,
    notebooks: INotebooks,
    findings: IFindings,
    fixes: IFixes,
    registry: IEditorExtensionRegistry,
    translator: ITranslator | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('offbook');
    registry.addExtension({
      name: 'offbook-lint',
      factory: ({ model }) =>
        model instanceof CodeCellModel
          ? EditorExtensionRegistry.createImmutableExtension(
              lintExtension({
                cell: model.sharedModel,
                notebooks,
                findings,
                fixes: () => fixes,
                ruleTitle: trans.__('What the rule says'),
              }),
            )
          : null,
    });
  },
};
