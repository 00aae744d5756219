/** What a plan would change, as plain text: for a coding assistant, or a log. */

import type { PlanPreview, PreviewBlock } from './preview.js';

const SIGNS = { same: ' ', added: '+', removed: '-' };

/** Return the preview as text: its title, what it says, and a diff of every cell and file. */
export function previewText(preview: PlanPreview): string {
  const said = [preview.title, ...preview.summary, ...preview.warnings.map(warning => `Warning: ${warning}`)];
  const entries = preview.entries.flatMap(entry => [
    `\n${entry.name} (+${entry.added} -${entry.removed})`,
    ...entry.blocks.flatMap(blockText),
  ]);
  return [...said, ...entries].join('\n');
}

function blockText(block: PreviewBlock): string[] {
  const label = block.label === '' ? [] : [`@@ ${block.label}${block.note === '' ? '' : `: ${block.note}`}`];
  const lines = block.hunks.map(hunk => hunk.lines.map(line => SIGNS[line.kind] + line.text).join('\n'));
  return [...label, ...lines];
}
