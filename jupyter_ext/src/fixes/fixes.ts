/** Asks for code actions, and carries out the one that is chosen. */

import type { ISharedCell, ISharedText } from '@jupyter/ydoc';
import type { CommandRegistry } from '@lumino/commands';
import type { JSONObject } from '@lumino/coreutils';
import { Command as Wire, type ExtractModuleRequest, type PlanMessage, type RunCells } from '@offbook/client';
import type { CodeAction, Command, Diagnostic, Range } from 'vscode-languageserver-protocol';
import { CommandIDs } from '../commands';
import { reportError } from '../messages';
import type { IFixes, ILanguageServer, INotebooks, IPlans } from '../tokens';
import { applyEdit, applyModuleEdit } from './edits';

const RUN: Record<RunCells, string> = {
  cell: 'notebook:run-cell',
  below: 'notebook:run-all-below',
  all: 'notebook:restart-run-all',
};

export class Fixes implements IFixes {
  constructor(
    private readonly server: ILanguageServer,
    private readonly notebooks: INotebooks,
    private readonly plans: IPlans,
    private readonly commands: CommandRegistry,
  ) {}

  async at(
    cell: ISharedCell,
    range: Range,
    diagnostics: readonly Diagnostic[],
    only?: string[],
  ): Promise<(CodeAction | Command)[]> {
    const notebook = this.notebooks.ofShared(cell.notebook);
    if (!notebook) return [];
    notebook.flush();
    return this.ask(notebook.cellUri(cell), range, { diagnostics, triggerKind: 1, ...(only ? { only } : {}) });
  }

  async inModule(uri: string, finding: Diagnostic): Promise<(CodeAction | Command)[]> {
    return this.ask(uri, finding.range, { diagnostics: [finding], triggerKind: 1 });
  }

  private async ask(uri: string, range: Range, context: object): Promise<(CodeAction | Command)[]> {
    if (this.server.state !== 'ready') return [];
    const params = { textDocument: { uri }, range, context };
    const found = await this.server.request<(CodeAction | Command)[] | null>('textDocument/codeAction', params);
    return (found ?? []).filter(action => !('disabled' in action && action.disabled));
  }

  async apply(action: CodeAction | Command): Promise<void> {
    try {
      if (typeof action.command === 'string') return await this.execute(action as Command);
      const whole = await this.resolved(action as CodeAction);
      if (whole.edit) applyEdit(whole.edit, this.notebooks);
      if (whole.command) await this.execute(whole.command);
    } catch (error) {
      reportError(error);
    }
  }

  async applyInModule(module: ISharedText, uri: string, action: CodeAction | Command): Promise<void> {
    try {
      const { edit } = await this.resolved(action as CodeAction);
      if (edit) applyModuleEdit(edit, uri, module);
    } catch (error) {
      reportError(error);
    }
  }

  private async resolved(action: CodeAction): Promise<CodeAction> {
    if (action.edit || action.command || action.data === undefined) return action;
    return this.server.request<CodeAction>('codeAction/resolve', action);
  }

  /** Run cells in the user's own kernel, as JupyterLab's own commands do. */
  private async runCells(cell: string, what: RunCells): Promise<void> {
    const notebook = this.notebooks.ofCell(cell);
    if (!notebook) return;
    notebook.panel.content.deselectAll();
    notebook.panel.content.activeCellIndex = notebook.indexOf(cell);
    await this.commands.execute(RUN[what]);
  }

  private async execute(command: Command): Promise<void> {
    const [first, second, third] = (command.arguments ?? []) as unknown[];
    switch (command.command) {
      case Wire.applyChanges:
        return this.plans.apply(first as PlanMessage);
      case Wire.extractModule: {
        const names = (second as ExtractModuleRequest | undefined)?.names ?? null;
        await this.commands.execute(CommandIDs.extractModule, { notebook: first as string, names });
        return;
      }
      case Wire.refactor: {
        const args = { notebook: first as string, refactoring: second as string, options: (third ?? {}) as JSONObject };
        await this.commands.execute(CommandIDs.refactor, args);
        return;
      }
      case Wire.runCells:
        return this.runCells(first as string, second as RunCells);
      case Wire.run:
        await this.commands.execute(CommandIDs.run, first === undefined ? {} : { notebook: first as string });
        return;
      default:
        await this.server.request('workspace/executeCommand', {
          command: command.command,
          arguments: command.arguments ?? [],
        });
    }
  }
}
