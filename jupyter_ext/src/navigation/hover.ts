/** Shows what a name is when it is pointed at. */

import { hoverTooltip, type Tooltip } from '@codemirror/view';
import type { Extension } from '@codemirror/state';
import type { ISharedCell } from '@jupyter/ydoc';
import type { Hover, MarkedString, MarkupContent } from 'vscode-languageserver-protocol';
import { withCode } from '@offbook/client';
import type { IFindings, ILanguageServer, INotebooks } from '../tokens';
import { partsOf } from './markdown';

/** How long the pointer rests before the server is asked. */
const REST_MS = 400;

export interface HoverOptions {
  cell: ISharedCell;
  server: ILanguageServer;
  notebooks: INotebooks;
  findings: IFindings;
}

/** Return the extension of one cell's editor. On the lines of a finding, its own tooltip is all that is shown. */
export function hoverExtension({ cell, server, notebooks, findings }: HoverOptions): Extension {
  return hoverTooltip(
    async (view, pos): Promise<Tooltip | null> => {
      const notebook = notebooks.ofShared(cell.notebook);
      const word = view.state.wordAt(pos);
      if (!notebook || !word || server.state !== 'ready') return null;
      const line = view.state.doc.lineAt(pos);
      const uri = notebook.cellUri(cell);
      if (findings.of(uri).some(({ range }) => range.start.line < line.number && range.end.line >= line.number - 1)) {
        return null;
      }
      notebook.flush();
      const hover = await server
        .request<Hover | null>('textDocument/hover', {
          textDocument: { uri },
          position: { line: line.number - 1, character: pos - line.from },
        })
        .catch(() => null);
      const parts = hover ? partsOf(markdownOf(hover.contents)) : [];
      if (parts.length === 0) return null;
      return { pos: word.from, end: word.to, create: () => ({ dom: render(parts) }) };
    },
    { hoverTime: REST_MS, hideOnChange: true },
  );
}

function render(parts: ReturnType<typeof partsOf>): HTMLElement {
  const root = document.createElement('div');
  root.className = 'offbook-Hover';
  for (const { kind, text } of parts) {
    const node = root.appendChild(document.createElement(kind === 'code' ? 'pre' : 'p'));
    if (kind === 'code') node.appendChild(document.createElement('code')).textContent = text;
    else node.append(...withCode(text));
  }
  return root;
}

function markdownOf(contents: Hover['contents']): string {
  if (Array.isArray(contents)) return contents.map(textOf).join('\n\n');
  return textOf(contents);
}

function textOf(part: MarkupContent | MarkedString): string {
  if (typeof part === 'string') return part;
  return 'language' in part ? `\`\`\`${part.language}\n${part.value}\n\`\`\`` : part.value;
}
