/** A notebook as one text, in the percent format: what a diff of it is made from. */

import type { CellText } from './plan.js';

/** Return the text: each cell below a `# %%` line; markdown and raw cells are commented out. */
export function percentText(cells: readonly CellText[]): string {
  return cells.map(cellText).join('\n');
}

function cellText(cell: CellText): string {
  const lines = cell.source.replace(/\r\n?/g, '\n').split('\n');
  if (cell.kind === 'code') return ['# %%', ...lines, ''].join('\n');
  return [`# %% [${cell.kind}]`, ...lines.map(line => (line === '' ? '#' : `# ${line}`)), ''].join('\n');
}
