/** Lists the places in which a name is used. */

import { MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import { fileName, texts } from '@offbook/client';
import type { Location } from 'vscode-languageserver-protocol';
import type { ILanguageServer, INotebooks } from '../tokens';
import { atCursor, type EditorPlace } from './place';

/** More than these make a list that nobody reads. */
const MOST = 60;
const WIDEST = 80;

export interface Reference {
  location: Location;
  label: string;
}

/** Return where the name at the cursor is used, its definition too. */
export async function findReferences(
  place: EditorPlace,
  server: ILanguageServer,
  notebooks: INotebooks,
): Promise<Reference[]> {
  const found = await server.request<Location[] | null>('textDocument/references', {
    ...atCursor(place),
    context: { includeDeclaration: true },
  });
  return (found ?? []).slice(0, MOST).map(location => ({ location, label: labelOf(location, place, notebooks) }));
}

/** Say where a place is: its cell or file, and its line's text where an editor has it. */
function labelOf({ uri, range }: Location, place: EditorPlace, notebooks: INotebooks): string {
  const { line } = range.start;
  const notebook = notebooks.ofCell(uri);
  const cell = notebook?.cellOf(uri);
  if (notebook && cell) {
    const where = texts.cell(notebook.indexOf(uri));
    const file = notebook === notebooks.current ? '' : `${fileName(notebook.path)}, `;
    return shortened(`${file}${where}: ${(cell.getSource().split('\n')[line] ?? '').trim()}`);
  }
  if (uri.replace(/#.*$/, '').endsWith('.ipynb')) return fileName(uri);
  const text = uri === place.uri ? `: ${(place.editor.getLine(line) ?? '').trim()}` : '';
  return shortened(`${fileName(uri)}:${line + 1}${text}`);
}

function shortened(text: string): string {
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}

/** Show the places as a menu with the keyboard's focus. */
export function showReferences(
  references: readonly Reference[],
  at: { left: number; bottom: number },
  go: (location: Location) => void,
): void {
  const commands = new CommandRegistry();
  const menu = new MenuSvg({ commands });
  menu.addClass('offbook-References');
  references.forEach(({ location, label }, index) => {
    const id = `place-${index}`;
    commands.addCommand(id, { label, mnemonic: -1, execute: () => go(location) });
    menu.addItem({ command: id });
  });
  menu.aboutToClose.connect(() => setTimeout(() => menu.dispose()));
  menu.open(at.left, at.bottom);
  menu.activeIndex = 0;
}
