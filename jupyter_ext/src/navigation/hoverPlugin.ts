/** Tells what names in cells are. */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { CodeCellModel } from '@jupyterlab/cells';
import { EditorExtensionRegistry, IEditorExtensionRegistry } from '@jupyterlab/codemirror';
import { IFindings, ILanguageServer, INotebooks } from '../tokens';
import { hoverExtension } from './hover';

export const hoverPlugin: JupyterFrontEndPlugin<void> = {
  id: '@offbook/jupyterlab:hover',
  description: 'Tells what the names in cells are.',
  autoStart: true,
  requires: [ILanguageServer, INotebooks, IFindings, IEditorExtensionRegistry],
  activate: (
    _,
    server: ILanguageServer,
    notebooks: INotebooks,
    findings: IFindings,
    registry: IEditorExtensionRegistry,
  ) => {
    registry.addExtension({
      name: 'offbook-hover',
      factory: ({ model }) =>
        model instanceof CodeCellModel
          ? EditorExtensionRegistry.createImmutableExtension(
              hoverExtension({ cell: model.sharedModel, server, notebooks, findings }),
            )
          : null,
    });
  },
};
