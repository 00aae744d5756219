/** The way of every refactoring: a plan, its preview, applying it, and the verdict. */

import {
  METHODS,
  refusalText,
  texts,
  type PlanMessage,
  type PlanParams,
  type RefactoringOptions,
  type RefusalMessage,
} from '@offbook/client';
import * as vscode from 'vscode';
import { applyPlan, findMisfit, takeSnapshot, type Snapshots } from './apply';
import { Preview } from './preview';
import type { OffbookClient } from './client';
import type { UndoPoint } from './undo';
import type { Verifier } from './verify';

export class Refactorer implements vscode.Disposable {
  private readonly preview = new Preview();

  constructor(
    private readonly verifier: Verifier,
    private readonly undoPoint: UndoPoint,
  ) {}

  /** Ask for a plan, show it, and apply it where the user agrees. */
  async refactor(client: OffbookClient, notebook: vscode.NotebookDocument, params: PlanParams): Promise<void> {
    const snapshots = takeSnapshot(notebook);
    const result = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: texts.plan.preparing },
      (_, token) => client.ask(METHODS.plan, params, token),
    );
    if (result.refusal) {
      const more = await refuse(result.refusal);
      if (more === undefined) return;
      return this.refactor(client, notebook, { ...params, options: { ...params.options, ...more } });
    }
    if (result.plan) await this.review(client, result.plan, snapshots);
  }

  /** Show a plan, and apply it where the user agrees. */
  private async review(client: OffbookClient, plan: PlanMessage, snapshots: Snapshots): Promise<void> {
    if (plan.notebooks.length + plan.files.length === 0) {
      void vscode.window.showInformationMessage(texts.plan.nothing);
      return;
    }
    const decision = await this.preview.ask(plan);
    if (decision === 'discard') return;
    const misfit = await findMisfit(plan, snapshots);
    if (misfit !== null) {
      void vscode.window.showWarningMessage(misfit);
      return;
    }
    if (plan.unsafe && !(await this.verifier.passes(client, plan))) return;
    // Asked before the plan is applied: the server runs both sides from the state that the plan was made for.
    const verdict = decision === 'verify' && !plan.unsafe ? this.verifier.verify(client, plan) : null;
    const applied = await this.apply(plan, snapshots);
    await (applied ? verdict : verdict?.catch(() => undefined));
  }

  /** Apply a plan at once: a quick fix that the user has chosen by its title. */
  async apply(plan: PlanMessage, snapshots: Snapshots = new Map()): Promise<boolean> {
    const refused = await applyPlan(plan, snapshots);
    if (refused !== null) {
      void vscode.window.showWarningMessage(refused);
      return false;
    }
    await this.undoPoint.mark(plan);
    vscode.window.setStatusBarMessage(`$(check) ${texts.plan.applied(plan.title)}`, 8000);
    return true;
  }

  dispose(): void {
    this.preview.dispose();
  }
}

/** Say why there is no plan, and show the place; return the options to ask again with, where the user wants that. */
async function refuse(refusal: RefusalMessage): Promise<RefactoringOptions | undefined> {
  const { remedy } = refusal;
  const buttons = [...(remedy ? [remedy.title] : []), ...(refusal.uri === null ? [] : [texts.plan.showPlace])];
  const chosen = await vscode.window.showWarningMessage(refusalText(refusal), ...buttons);
  if (remedy && chosen === remedy.title) return remedy.options;
  if (chosen === undefined || refusal.uri === null) return undefined;
  const uri = vscode.Uri.parse(refusal.uri);
  const range = refusal.range;
  const selection = range
    ? new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character)
    : undefined;
  await vscode.commands.executeCommand('vscode.open', uri, { selection });
  return undefined;
}
