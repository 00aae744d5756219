/** Shows what the rules find, in cells and modules. */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { EditorExtensionRegistry, IEditorExtensionRegistry } from '@jupyterlab/codemirror';
import { CodeCellModel } from '@jupyterlab/cells';
import { DocumentModel } from '@jupyterlab/docregistry';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { IFindings, IFixes, ILanguageServer, INotebooks } from '../tokens';
import { fileKeys, lintExtension, type LintOptions } from './lint';
import { Findings } from './store';

const immutable = EditorExtensionRegistry.createImmutableExtension;

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
  description: 'Shows diagnostics in cells and modules, with their fixes.',
  autoStart: true,
  requires: [ILanguageServer, INotebooks, IFindings, IFixes, IEditorExtensionRegistry],
  optional: [IEditorTracker, ITranslator],
  activate: (
    _,
    server: ILanguageServer,
    notebooks: INotebooks,
    findings: IFindings,
    fixes: IFixes,
    registry: IEditorExtensionRegistry,
    editors: IEditorTracker | null,
    translator: ITranslator | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('offbook');
    const shared = { findings, ruleTitle: trans.__('What the rule says') };
    const inCell = ({ sharedModel: cell }: CodeCellModel): LintOptions => ({
      ...shared,
      cell: cell.getId(),
      uri: () => notebooks.ofShared(cell.notebook)?.cellUri(cell) ?? null,
      actions: finding => fixes.at(cell, finding.range, [finding]),
      apply: action => fixes.apply(action),
    });
    const inModule = (model: DocumentModel): LintOptions => {
      const uri = () => {
        const path = editors?.find(widget => widget.content.model === model)?.context.localPath;
        return path?.endsWith('.py') ? server.uris.fileUri(path) : null;
      };
      return {
        ...shared,
        uri,
        actions: finding => fixes.inModule(uri() ?? '', finding),
        apply: action => fixes.applyInModule(model.sharedModel, uri() ?? '', action),
      };
    };
    registry.addExtension({
      name: 'offbook-lint',
      factory: ({ model }) => {
        if (model instanceof CodeCellModel) return immutable(lintExtension(inCell(model)));
        return model instanceof DocumentModel ? immutable([lintExtension(inModule(model)), fileKeys]) : null;
      },
    });
  },
};
