/** Cuts long text outputs, as the server does in a file. */

/** Keep the first lines, and say how many were cut; a text that is hardly longer stays as it is. */
export function trimText(text: string, lines: number): string {
  const parts = text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
  if (parts.length <= lines + 1) return text;
  return `${parts.slice(0, lines).join('')}... ${parts.length - lines} more lines cut by offbook\n`;
}

/** Tell whether an HTML output is a table longer than that; plain text can stand for it. */
export function isLongTable(html: string, lines: number): boolean {
  return html.split('<tr').length - 1 > lines;
}

/** Return a text without the codes that colour it in a terminal. */
export function plainText(text: string): string {
  // eslint-disable-next-line no-control-regex -- terminal colours begin with a control character
  return text.replace(/\x1b\[[0-9;]*m/g, '');
}
