/** What a plan would change, as both editors show it before it is applied. */

import { countChanges, diffLines, hunks, type Hunk } from './diff.js';
import { texts } from './texts.js';
import type { CellText } from './plan.js';
import type { CellChangeMessage, FileChangeMessage, NotebookChangeMessage, PlanMessage } from './wire.gen.js';

/** One changed cell, or one changed file as a whole. */
export interface PreviewBlock {
  change: 'changed' | 'added' | 'removed' | 'trimmed';
  /** "Cell 4", "New cell"; empty for a file. */
  label: string;
  /** The cell's document URI; `null` for a file or a new cell. */
  cell: string | null;
  hunks: Hunk[];
  added: number;
  removed: number;
  /** A sentence for what lines cannot show; else empty. */
  note: string;
}

/** One changed notebook or file. */
export interface PreviewEntry {
  uri: string;
  /** The path's last part. */
  name: string;
  kind: 'notebook' | 'file';
  created: boolean;
  blocks: PreviewBlock[];
  added: number;
  removed: number;
}

/** A whole plan, ready to be shown. */
export interface PlanPreview {
  title: string;
  summary: readonly string[];
  warnings: readonly string[];
  entries: PreviewEntry[];
}

/** Build the preview; `cellsOf` gives the cells of a notebook as they are now. */
export function previewPlan(plan: PlanMessage, cellsOf: (uri: string) => readonly CellText[]): PlanPreview {
  return {
    title: plan.title,
    summary: plan.summary,
    warnings: plan.unsafe ? [...plan.warnings, texts.plan.unsafe] : plan.warnings,
    entries: [
      ...plan.notebooks.map(change => notebookEntry(change, cellsOf(change.uri))),
      ...plan.files.map(fileEntry),
    ],
  };
}

function notebookEntry(change: NotebookChangeMessage, cells: readonly CellText[]): PreviewEntry {
  const position = new Map<string | null, number>(cells.map((cell, index) => [cell.id, index]));
  position.set(null, -1);
  const placed = change.changes.map(item => {
    const target = item.kind === 'insertCell' ? item.after : item.cell;
    const index = position.get(target) ?? cells.length;
    return { index, late: item.kind === 'insertCell' ? 1 : 0, block: cellBlock(item, index) };
  });
  placed.sort((left, right) => left.index - right.index || left.late - right.late);
  return entry(
    change.uri,
    'notebook',
    false,
    placed.map(item => item.block),
  );
}

function cellBlock(change: CellChangeMessage, index: number): PreviewBlock {
  const label = texts.cell(index);
  switch (change.kind) {
    case 'insertCell':
      return block('added', texts.newCell, null, '', change.source);
    case 'deleteCell':
      return block('removed', label, change.cell, change.before, '');
    case 'replaceSource':
      return block('changed', label, change.cell, change.before, change.after);
    case 'dropOutputs':
      return { ...block('trimmed', label, change.cell, '', ''), note: texts.dropOutputs(change.outputs.length) };
    case 'trimOutputs':
      return { ...block('trimmed', label, change.cell, '', ''), note: texts.trimOutputs(change.lines) };
  }
}

function fileEntry(change: FileChangeMessage): PreviewEntry {
  const created = change.before === null;
  const only = block(created ? 'added' : 'changed', '', null, change.before ?? '', change.after);
  return entry(change.uri, 'file', created, [only]);
}

function block(
  change: PreviewBlock['change'],
  label: string,
  cell: string | null,
  before: string,
  after: string,
): PreviewBlock {
  const lines = diffLines(before, after);
  return { change, label, cell, hunks: hunks(lines), ...countChanges(lines), note: '' };
}

function entry(uri: string, kind: PreviewEntry['kind'], created: boolean, blocks: PreviewBlock[]): PreviewEntry {
  const sum = (side: 'added' | 'removed') => blocks.reduce((total, item) => total + item[side], 0);
  return { uri, name: fileName(uri), kind, created, blocks, added: sum('added'), removed: sum('removed') };
}

/** Return the last part of a URI's path, decoded. */
export function fileName(uri: string): string {
  const path = uri.replace(/[?#].*$/, '');
  const last = path.slice(path.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
