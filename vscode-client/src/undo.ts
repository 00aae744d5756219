/** Takes an applied plan back with one key, wherever in the notebook the focus is. */

import type { PlanMessage } from '@offbook/client';
import * as vscode from 'vscode';
import { canonical, findNotebook, revealCell } from './notebooks';

const CONTEXT = 'offbook.canUndo';

interface Applied {
  notebook: vscode.NotebookDocument;
  /** A cell whose text the plan changed; VS Code keeps the history of texts by cell. */
  cell: vscode.NotebookCell | undefined;
}

export class UndoPoint implements vscode.Disposable {
  private applied: Applied | null = null;
  private readonly listeners: vscode.Disposable[];

  constructor() {
    this.listeners = [
      vscode.workspace.onDidChangeTextDocument(event => {
        const own = this.applied?.notebook.getCells().some(cell => cell.document === event.document);
        if (own && event.contentChanges.length > 0) this.set(null);
      }),
      vscode.workspace.onDidChangeNotebookDocument(event => {
        if (event.notebook === this.applied?.notebook && event.contentChanges.length > 0) this.set(null);
      }),
    ];
  }

  /** Note that a plan was applied, and put the cursor where an undo takes all of it back. */
  async mark(plan: PlanMessage): Promise<void> {
    const change = plan.notebooks[0];
    const notebook = change && findNotebook(change.uri);
    if (!notebook) return;
    const changed = change.changes.flatMap(item => (item.kind === 'replaceSource' ? [canonical(item.cell)] : []));
    const cell = notebook.getCells().find(item => changed.includes(item.document.uri.toString()));
    this.set({ notebook, cell });
    await focus({ notebook, cell });
  }

  /** Undo the plan that was applied last. */
  async undo(): Promise<void> {
    const applied = this.applied;
    if (!applied) return;
    this.set(null);
    await focus(applied);
    await vscode.commands.executeCommand('undo');
  }

  private set(applied: Applied | null): void {
    this.applied = applied;
    void vscode.commands.executeCommand('setContext', CONTEXT, applied !== null);
  }

  dispose(): void {
    vscode.Disposable.from(...this.listeners).dispose();
  }
}

async function focus({ notebook, cell }: Applied): Promise<void> {
  if (!cell) {
    await vscode.window.showNotebookDocument(notebook);
    return;
  }
  await revealCell(cell);
  // A cell that is edited already would stay without the keyboard, and the list of cells has a history of its own.
  await vscode.commands.executeCommand('notebook.cell.quitEdit');
  await vscode.commands.executeCommand('notebook.cell.edit');
}
