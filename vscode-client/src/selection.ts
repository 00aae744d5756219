/** What is selected in a notebook, as the protocol says it. */

import type { NotebookSelection, WireRange } from '@offbook/client';
import * as vscode from 'vscode';

/** Return the selection; a menu of a cell that is not among the selected ones is about that cell alone. */
export function selectionIn(notebook: vscode.NotebookDocument, of?: vscode.NotebookCell): NotebookSelection {
  const editor = vscode.window.activeNotebookEditor;
  const ranges = editor?.notebook === notebook ? editor.selections : [];
  const cells = ranges.flatMap(range => notebook.getCells(range));
  const text = vscode.window.activeTextEditor;
  const edited = text && cells.find(cell => cell.document === text.document);
  const chosen = of && !cells.includes(of) ? [of] : cells;
  const cell = of ?? edited ?? chosen[0];
  return {
    cells: chosen.map(uriOf),
    cell: cell ? uriOf(cell) : null,
    range: text && cell && cell === edited ? wireRange(text.selection) : null,
  };
}

function uriOf(cell: vscode.NotebookCell): string {
  return cell.document.uri.toString();
}

function wireRange({ start, end }: vscode.Range): WireRange {
  return {
    start: { line: start.line, character: start.character },
    end: { line: end.line, character: end.character },
  };
}
