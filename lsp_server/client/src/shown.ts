/** What a cell shows, as text. */

import type { ShownOutput } from './wire.gen.js';

/** Return an output as text: a table with its columns in line, a picture by its type. */
export function shownText({ kind, mimeType, text, rows }: ShownOutput): string {
  if (kind === 'picture') return `[${mimeType}]`;
  return kind === 'table' ? tableText(rows) : text;
}

function tableText(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  return rows
    .map(row =>
      row
        .map((cell, at) => cell.padEnd(widths[at]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
