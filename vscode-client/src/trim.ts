/** Cuts the long text outputs of a cell, and takes outputs away. */

import { isLongTable, trimText } from '@offbook/client';
import * as vscode from 'vscode';

const STREAMS = ['application/vnd.code.notebook.stdout', 'application/vnd.code.notebook.stderr'];

/** Return the cell as data, with its outputs trimmed; an HTML table goes where plain text can stand for it. */
export function trimmedCell(cell: vscode.NotebookCell, lines: number): vscode.NotebookCellData {
  const outputs = cell.outputs.map(
    output => new vscode.NotebookCellOutput(trimmed(output.items, lines), output.metadata),
  );
  return cellWith(cell, outputs);
}

/** Return the cell as data, with other outputs. */
export function cellWith(cell: vscode.NotebookCell, outputs: vscode.NotebookCellOutput[]): vscode.NotebookCellData {
  const data = new vscode.NotebookCellData(cell.kind, cell.document.getText(), cell.document.languageId);
  data.metadata = { ...cell.metadata };
  data.executionSummary = cell.executionSummary;
  data.outputs = outputs;
  return data;
}

function trimmed(items: readonly vscode.NotebookCellOutputItem[], lines: number): vscode.NotebookCellOutputItem[] {
  const hasPlain = items.some(item => item.mime === 'text/plain');
  return items
    .filter(item => !(hasPlain && item.mime === 'text/html' && isLongTable(textOf(item), lines)))
    .map(item => {
      if (item.mime !== 'text/plain' && !STREAMS.includes(item.mime)) return item;
      return new vscode.NotebookCellOutputItem(new TextEncoder().encode(trimText(textOf(item), lines)), item.mime);
    });
}

function textOf(item: vscode.NotebookCellOutputItem): string {
  return new TextDecoder().decode(item.data);
}
