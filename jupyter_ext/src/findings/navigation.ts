/** Goes from finding to finding. */

import type { Diagnostic } from 'vscode-languageserver-protocol';
import type { SyncedNotebook } from '../sync/notebook';
import type { IFindings } from '../tokens';
import { HINT } from './store';

/** Return the finding after the cursor, or before it (`direction` -1), round and round; `null` where there is none. */
export function nextFinding(
  notebook: SyncedNotebook,
  findings: IFindings,
  direction: 1 | -1,
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
  if (direction < 0) all.reverse();
  const next = all.find(({ index, finding }) => {
    const far = index - active || compare(finding.range.start, here);
    return far * direction > 0;
  });
  return next ?? all[0] ?? null;
}

interface Place {
  line: number;
  character: number;
}

function compare(left: Place, right: Place): number {
  return left.line - right.line || left.character - right.character;
}
