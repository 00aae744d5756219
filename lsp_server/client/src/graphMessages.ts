/** What a host and the page that shows the cell graph send each other, where they are apart. */

import type { GraphGroup } from './graphView.js';

/** From the host: a drawing, or a sentence in its place. */
export type ToGraph = { kind: 'update'; svg: string } | { kind: 'clear'; why: string };

/** From the page: it is there, a cell was chosen, or a group. */
export type FromGraph = { kind: 'ready' } | { kind: 'show'; cell: string } | { kind: 'refactor'; group: GraphGroup };
