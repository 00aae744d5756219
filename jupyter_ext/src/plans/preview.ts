/** Shows what a plan would change, as a diff of each file and cell. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { withCode, texts, type Hunk, type PlanPreview, type PreviewBlock, type PreviewEntry } from '@offbook/client';

/** The preview's content, and the line that tells how its verification goes. */
export class PreviewView extends Widget {
  private readonly verdict = element('div', 'offbook-Verdict');

  constructor(
    preview: PlanPreview,
    private readonly trans: TranslationBundle,
  ) {
    super();
    this.addClass('offbook-Preview');
    this.verdict.setAttribute('role', 'status');
    this.verdict.hidden = true;
    this.node.append(this.head(preview), this.verdict);
    const entries = preview.entries.map(entry => this.entry(entry));
    this.node.append(...(entries.length ? entries : [element('p', '', texts.plan.nothing)]));
  }

  /** Say how the verification goes. */
  showVerdict(kind: 'running' | 'verified' | 'differs' | 'could-not-run', message: string): void {
    this.verdict.hidden = false;
    this.verdict.dataset['verdict'] = kind;
    this.verdict.replaceChildren(...withCode(message));
  }

  private head(preview: PlanPreview): HTMLElement {
    const head = element('div', 'offbook-Preview-head');
    const list = head.appendChild(element('ul', 'offbook-Preview-summary'));
    for (const line of preview.summary) list.appendChild(element('li')).append(...withCode(line));
    for (const warning of preview.warnings) {
      head.appendChild(element('p', 'offbook-Preview-warning')).append(...withCode(warning));
    }
    return head;
  }

  private entry(entry: PreviewEntry): HTMLElement {
    const box = document.createElement('details');
    box.className = 'offbook-Preview-entry';
    box.open = true;
    const title = box.appendChild(element('summary', 'offbook-Preview-file'));
    title.append(element('span', 'offbook-Preview-name', entry.name));
    if (entry.created) title.append(element('span', 'offbook-Preview-badge', this.trans.__('new file')));
    title.append(this.counts(entry));
    box.append(...entry.blocks.map(block => this.block(block)));
    return box;
  }

  private block(block: PreviewBlock): HTMLElement {
    const box = element('section', 'offbook-Preview-block');
    if (block.label) {
      const title = box.appendChild(element('div', 'offbook-Preview-cell'));
      title.append(element('span', '', block.label));
      if (block.change === 'removed') {
        title.append(element('span', 'offbook-Preview-badge', this.trans.__('removed')));
      }
      title.append(this.counts(block));
    }
    if (block.note) box.append(element('p', 'offbook-Preview-note', block.note));
    block.hunks.forEach((hunk, index) => box.append(hunkTable(hunk, index > 0)));
    return box;
  }

  private counts({ added, removed }: { added: number; removed: number }): HTMLElement {
    const counts = element('span', 'offbook-Preview-counts');
    counts.setAttribute('aria-label', this.trans.__('%1 lines added, %2 removed', added, removed));
    if (added) counts.append(element('span', 'offbook-mod-added', `+${added}`));
    if (removed) counts.append(element('span', 'offbook-mod-removed', `−${removed}`));
    return counts;
  }
}

const SIGNS = { same: ' ', added: '+', removed: '−' } as const;

function hunkTable(hunk: Hunk, gap: boolean): HTMLElement {
  const box = element('div', gap ? 'offbook-Diff offbook-mod-gap' : 'offbook-Diff');
  for (const line of hunk.lines) {
    const row = box.appendChild(element('div', `offbook-Diff-line offbook-mod-${line.kind}`));
    const number = line.newLine ?? line.oldLine ?? 0;
    row.append(
      element('span', 'offbook-Diff-number', String(number + 1)),
      element('span', 'offbook-Diff-sign', SIGNS[line.kind]),
      element('code', 'offbook-Diff-text', line.text || ' '),
    );
  }
  return box;
}

function element(tag: string, className = '', text = ''): HTMLElement {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}
