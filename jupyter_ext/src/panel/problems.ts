/** The findings of the notebook in front, by cell: click to go there, and fix from here. */

import type { ISharedCell } from '@jupyter/ydoc';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Notification } from '@jupyterlab/apputils';
import { withCode, texts } from '@offbook/client';
import type { Diagnostic } from 'vscode-languageserver-protocol';
import { messageOf, ruleLink } from '../findings/tooltip';
import { showActions } from '../fixes/menu';
import { reportError } from '../messages';
import type { SyncedNotebook } from '../sync/notebook';
import type { IFindings, IFixes, INavigator, INotebooks } from '../tokens';
import { Section } from './section';

const SEVERITIES = ['', 'error', 'warning', 'information', 'hint'];

export class ProblemsSection extends Section {
  private readonly filter: HTMLInputElement;
  private readonly list: HTMLElement;
  private readonly said: HTMLElement;

  constructor(
    notebooks: INotebooks,
    findings: IFindings,
    private readonly fixes: IFixes,
    private readonly navigator: INavigator,
    private readonly trans: TranslationBundle,
  ) {
    super(trans.__(texts.problems.title), notebooks, findings);
    this.addClass('offbook-Problems');
    this.filter = append(this.node, 'input', 'offbook-Problems-filter');
    this.filter.type = 'search';
    this.filter.placeholder = this.filter.ariaLabel = trans.__(texts.problems.filter);
    this.filter.addEventListener('input', () => this.draw(this.notebooks.current));
    this.said = append(this.node, 'p', 'offbook-Problems-said');
    this.said.setAttribute('role', 'status');
    this.list = append(this.node, 'div', 'offbook-Problems-list');
  }

  protected draw(notebook: SyncedNotebook | null): void {
    const words = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let all = 0;
    let shown = 0;
    this.list.replaceChildren();
    for (const [index, cell] of (notebook?.shared.cells ?? []).entries()) {
      const found = notebook ? this.findings.of(notebook.cellUri(cell)) : [];
      const name = this.trans.__(texts.cell(index));
      const matching = [...found].sort(byPlace).filter(item => matches(`${name} ${textOf(item)}`, words));
      all += found.length;
      shown += matching.length;
      if (notebook && matching.length) this.list.append(this.group(name, notebook, cell, matching));
    }
    const { noNotebook, none, noMatch } = texts.problems;
    const empty = !notebook ? noNotebook : all === 0 ? none : noMatch;
    this.said.textContent = shown === 0 ? this.trans.__(empty) : this.trans.__(texts.findings(shown));
  }

  private group(name: string, notebook: SyncedNotebook, cell: ISharedCell, found: readonly Diagnostic[]): HTMLElement {
    const group = document.createElement('section');
    append(group, 'h4', 'offbook-Problems-cell').textContent = name;
    const list = append(group, 'ul', 'offbook-Problems-items');
    for (const diagnostic of found) list.append(this.item(name, notebook, cell, diagnostic));
    return group;
  }

  private item(name: string, notebook: SyncedNotebook, cell: ISharedCell, diagnostic: Diagnostic): HTMLElement {
    const item = document.createElement('li');
    item.className = `offbook-Problem offbook-mod-${SEVERITIES[diagnostic.severity ?? 2]}`;
    const go = append(item, 'button', 'offbook-Problem-go');
    go.type = 'button';
    go.append(...withCode(messageOf(diagnostic)));
    go.setAttribute('aria-label', `${SEVERITIES[diagnostic.severity ?? 2]}, ${name}: ${messageOf(diagnostic)}`);
    go.addEventListener('click', () => {
      this.navigator.show(notebook.cellUri(cell), diagnostic.range).catch(reportError);
    });
    item.append(ruleLink(diagnostic, this.trans.__('What the rule says')));
    const fix = append(item, 'button', 'offbook-Problem-fix');
    fix.type = 'button';
    fix.textContent = '…';
    fix.title = fix.ariaLabel = this.trans.__(texts.problems.fix(String(diagnostic.code ?? '')));
    fix.addEventListener('click', () => void this.offer(cell, diagnostic, fix).catch(reportError));
    return item;
  }

  private async offer(cell: ISharedCell, diagnostic: Diagnostic, anchor: HTMLElement): Promise<void> {
    const actions = await this.fixes.at(cell, diagnostic.range, [diagnostic]);
    if (actions.length === 0) {
      Notification.info(this.trans.__(texts.problems.noFix), { autoClose: 4000 });
      return;
    }
    showActions(actions, anchor.getBoundingClientRect(), action => void this.fixes.apply(action));
  }
}

function append<Tag extends keyof HTMLElementTagNameMap>(
  parent: HTMLElement,
  tag: Tag,
  className: string,
): HTMLElementTagNameMap[Tag] {
  const made = parent.appendChild(document.createElement(tag));
  made.className = className;
  return made;
}

function textOf(diagnostic: Diagnostic): string {
  return `${SEVERITIES[diagnostic.severity ?? 2]} ${String(diagnostic.code ?? '')} ${messageOf(diagnostic)}`;
}

function matches(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return words.every(word => lower.includes(word));
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character;
}
