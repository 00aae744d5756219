/** Tells the server what outputs look like: notebook synchronisation carries none. */

import { METHODS, shapeOutput, type CellOutputs, type OutputShape, type RawOutput } from '@offbook/client';
import * as vscode from 'vscode';
import { NOTEBOOK_TYPE } from './notebooks';
import type { Server } from './server';

/** Changes within this time go in one message: a running cell may print a thousand lines. */
const GATHER_MS = 250;
const STREAM = 'application/vnd.code.notebook.std';
const ERROR = 'application/vnd.code.notebook.error';

export class OutputReporter implements vscode.Disposable {
  private readonly waiting = new Map<vscode.NotebookDocument, Set<vscode.NotebookCell>>();
  private readonly listeners: vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly server: Server) {
    this.listeners = [
      server.onDidStart(() => vscode.workspace.notebookDocuments.forEach(notebook => this.addAll(notebook))),
      vscode.workspace.onDidOpenNotebookDocument(notebook => this.addAll(notebook)),
      vscode.workspace.onDidCloseNotebookDocument(notebook => this.waiting.delete(notebook)),
      vscode.workspace.onDidChangeNotebookDocument(event => {
        for (const change of event.cellChanges) {
          if (change.outputs || change.executionSummary) this.add(event.notebook, change.cell);
        }
        for (const change of event.contentChanges) change.addedCells.forEach(cell => this.add(event.notebook, cell));
      }),
    ];
  }

  private addAll(notebook: vscode.NotebookDocument): void {
    notebook.getCells().forEach(cell => this.add(notebook, cell));
  }

  private add(notebook: vscode.NotebookDocument, cell: vscode.NotebookCell): void {
    if (notebook.notebookType !== NOTEBOOK_TYPE || cell.kind !== vscode.NotebookCellKind.Code) return;
    const cells = this.waiting.get(notebook) ?? new Set();
    this.waiting.set(notebook, cells.add(cell));
    this.timer ??= setTimeout(() => this.send(), GATHER_MS);
  }

  private send(): void {
    this.timer = undefined;
    const client = this.server.ready;
    if (!client) return this.waiting.clear();
    for (const [notebook, cells] of this.waiting) {
      const present = [...cells].filter(cell => cell.index >= 0).map(describe);
      if (present.length === 0) continue;
      void client.tell(METHODS.outputs, { notebook: notebook.uri.toString(), cells: present });
    }
    this.waiting.clear();
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.listeners).dispose();
  }
}

function describe(cell: vscode.NotebookCell): CellOutputs {
  return {
    cell: cell.document.uri.toString(),
    executionCount: cell.executionSummary?.executionOrder ?? null,
    outputs: cell.outputs.map(shapeOf),
  };
}

function shapeOf(output: vscode.NotebookCellOutput): OutputShape {
  return shapeOutput(rawOutput(output));
}

/** Return an output as the notebook format has it; what is binary here is base64 there. */
function rawOutput(output: vscode.NotebookCellOutput): RawOutput {
  const first = output.items[0];
  if (first?.mime.startsWith(STREAM)) {
    const name = first.mime.endsWith('err') ? 'stderr' : 'stdout';
    return { output_type: 'stream', name, text: output.items.map(textOf) };
  }
  if (first?.mime === ERROR) {
    const { name = '', stack = '' } = parseError(textOf(first));
    return { output_type: 'error', ename: name, traceback: stack.split('\n') };
  }
  const kind = output.metadata?.['outputType'] === 'execute_result' ? 'execute_result' : 'display_data';
  const data = output.items.map(item => [item.mime, isBinary(item.mime) ? base64Like(item) : textOf(item)]);
  return { output_type: kind, data: Object.fromEntries(data) as Record<string, string> };
}

function parseError(text: string): { name?: string; stack?: string } {
  try {
    return JSON.parse(text) as { name?: string; stack?: string };
  } catch {
    return {};
  }
}

function isBinary(mime: string): boolean {
  return /^(image\/(?!svg)|audio\/|video\/|application\/(pdf|octet-stream))/.test(mime);
}

function base64Like(item: vscode.NotebookCellOutputItem): string {
  return 'A'.repeat(Math.ceil(item.data.length / 3) * 4);
}

function textOf(item: vscode.NotebookCellOutputItem): string {
  return new TextDecoder().decode(item.data);
}
