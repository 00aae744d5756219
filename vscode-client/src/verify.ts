/** Runs notebooks before and after a plan, and shows the verdict. */

import { METHODS, texts, type PlanMessage, type VerifyResult } from '@offbook/client';
import * as vscode from 'vscode';
import type { OffbookClient } from './client';
import type { UndoPoint } from './undo';

const SCHEME = 'offbook-verify';

export class Verifier implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly contents = new Map<string, string>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  constructor(private readonly undoPoint: UndoPoint) {}

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.contents.get(uri.toString()) ?? '';
  }

  /** Verify an applied plan, with progress and a way to stop. */
  async verify(client: OffbookClient, plan: PlanMessage): Promise<void> {
    const result = await this.run(client, plan);
    if (result) await this.show(plan, result, [texts.verify.undo]);
  }

  /** Verify a plan that is not applied yet; tell whether results stay the same. */
  async passes(client: OffbookClient, plan: PlanMessage): Promise<boolean> {
    const result = await this.run(client, plan);
    if (result && result.verdict !== 'verified') await this.show(plan, result, []);
    return result?.verdict === 'verified';
  }

  private run(client: OffbookClient, plan: PlanMessage): Thenable<VerifyResult | null> {
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: texts.verify.running, cancellable: true },
      async (_, token) => {
        try {
          return await client.ask(METHODS.verify, { planId: plan.id }, token);
        } catch (error) {
          if (token.isCancellationRequested) return null;
          throw error;
        }
      },
    );
  }

  private async show(plan: PlanMessage, result: VerifyResult, more: readonly string[]): Promise<void> {
    const words = texts.verify;
    const verdict = words.verdict(result);
    if (result.verdict === 'verified') {
      await vscode.window.showInformationMessage(verdict);
      return;
    }
    const differs = result.verdict === 'differs' && (result.before !== '' || result.after !== '');
    const buttons = differs ? [words.showDifferences, ...more] : more;
    const chosen = await vscode.window.showWarningMessage(verdict, ...buttons);
    if (chosen === words.undo) await this.undoPoint.undo();
    if (chosen === words.showDifferences) {
      const left = this.side(plan, 'before', result.before);
      const right = this.side(plan, 'after', result.after);
      await vscode.commands.executeCommand('vscode.diff', left, right, words.differences);
    }
  }

  private side(plan: PlanMessage, side: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${plan.id}/${side}.txt` });
    this.contents.set(uri.toString(), text);
    return uri;
  }

  dispose(): void {
    this.registration.dispose();
  }
}
