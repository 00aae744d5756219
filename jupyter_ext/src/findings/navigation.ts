/** Goes from finding to finding. */

import type { Diagnostic } from 'vscode-languageserver-protocol';
import type { SyncedNotebook } from '../sync/notebook';
import type { IFindings } from '../tokens';
import { HINT } from './store';

/** Return the finding after the cursor, the first one at the end; `null` where there is none. */
export function nextFinding(
  notebook: SyncedNotebook,
  findings: IFindings,
): { cell: string; finding: Diagnostic } | null {
  const all = notebook.shared.cells.flatMap((cell, index) => {
    const uri = notebook.cellUri(cell);
    const sorted = findings.of(uri).filter(finding => finding.severity !== HINT);
    return sorted
      .sort((left, right) => compare(left.range.start, right.range.start))
      .map(finding => ({ index, cell: uri, finding }));
  });
  const { content } = notebook.panel;
  const cursor = content.activeCell?.editor?.getCursorPosition() ?? { line: -1, column: 0 };
  const editing = content.mode === 'edit';
  const here = { line: editing ? cursor.line : -1, character: cursor.column };
  const active = content.activeCellIndex;
  const later = all.find(
    item => item.index > active || (item.index === active && compare(item.finding.range.start, here) > 0),
  );
  return later ?? all[0] ?? null;
}

interface Place {
  line: number;
  character: number;
}

function compare(left: Place, right: Place): number {
  return left.line - right.line || left.character - right.character;
}
