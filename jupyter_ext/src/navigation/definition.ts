/** Asks where a name is defined. */

import type { Location, LocationLink, Range } from 'vscode-languageserver-protocol';
import type { ILanguageServer } from '../tokens';
import { atCursor, type EditorPlace } from './place';

/** Return the first definition of what stands at a position, or `null`. */
export async function findDefinition(
  server: ILanguageServer,
  place: EditorPlace,
): Promise<{ uri: string; range: Range } | null> {
  const answer = await server.request<Location | Location[] | LocationLink[] | null>('textDocument/definition', {
    ...atCursor(place),
  });
  const found = Array.isArray(answer) ? answer[0] : answer;
  if (!found) return null;
  if ('targetUri' in found) return { uri: found.targetUri, range: found.targetSelectionRange };
  return { uri: found.uri, range: found.range };
}
