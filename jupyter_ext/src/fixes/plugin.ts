/** Quick fixes, and the command that offers them at the cursor. */

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ISharedCell } from '@jupyter/ydoc';
import type { Diagnostic, Position, Range } from 'vscode-languageserver-protocol';
import { CommandIDs } from '../commands';
import { reportError } from '../messages';
import { IFindings, IFixes, ILanguageServer, INotebooks, IPlans } from '../tokens';
import { Fixes } from './fixes';
import { showActions } from './menu';

export const fixesPlugin: JupyterFrontEndPlugin<IFixes> = {
  id: '@offbook/jupyterlab:fixes',
  description: 'Applies quick fixes.',
  autoStart: true,
  provides: IFixes,
  requires: [ILanguageServer, INotebooks, IPlans],
  activate: (app, server: ILanguageServer, notebooks: INotebooks, plans: IPlans) =>
    new Fixes(server, notebooks, plans, app.commands),
};

export const quickFixPlugin: JupyterFrontEndPlugin<void> = {
  id: '@offbook/jupyterlab:quick-fix',
  description: 'Offers the fixes at the cursor.',
  autoStart: true,
  requires: [INotebooks, IFindings, IFixes],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app,
    notebooks: INotebooks,
    findings: IFindings,
    fixes: IFixes,
    palette: ICommandPalette | null,
    translator: ITranslator | null,
  ) => {
    const trans = (translator ?? nullTranslator).load('offbook');
    app.commands.addCommand(CommandIDs.quickFix, {
      label: trans.__('Quick Fix or Refactor…'),
      caption: trans.__('Offer fixes and refactorings at the cursor'),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => notebooks.current !== null,
      execute: async () => {
        const notebook = notebooks.current;
        const active = notebook?.panel.content.activeCell;
        const editor = active?.editor;
        if (!notebook || !active || !editor) return;
        const cell: ISharedCell = active.model.sharedModel;
        const { start, end } = editor.getSelection();
        const range = { start: positionOf(start), end: positionOf(end) };
        const touched = findings.of(notebook.cellUri(cell)).filter(finding => touches(finding, range));
        try {
          const actions = await fixes.at(cell, range, touched);
          if (actions.length === 0) {
            Notification.info(trans.__('Nothing to fix or refactor here.'), { autoClose: 3000 });
            return;
          }
          const place = editor.getCoordinateForPosition(start) ?? active.node.getBoundingClientRect();
          showActions(actions, place, action => void fixes.apply(action));
        } catch (error) {
          reportError(error);
        }
      },
    });
    palette?.addItem({ command: CommandIDs.quickFix, category: 'offbook' });
  },
};

function positionOf({ line, column }: { line: number; column: number }): Position {
  return { line, character: column };
}

/** Tell whether a finding stands on a line of the range. */
function touches(finding: Diagnostic, range: Range): boolean {
  return finding.range.start.line <= range.end.line && finding.range.end.line >= range.start.line;
}
