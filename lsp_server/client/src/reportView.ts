/** Shows in a page how the last run of a notebook went: why it failed, and what its cells show otherwise. */

import { diffLines, hunks } from './diff.js';
import { sentences, texts } from './texts.js';
import { plainText } from './trim.js';
import { withCode } from './withCode.js';
import type { OutputDifference, RunFailure, RunResult, ShownOutput } from './wire.gen.js';

export interface ReportActions {
  /** Go to a cell. */
  show(cell: string): void;
  /** Run a cell and all below it, in the user's own kernel. */
  runFrom(cell: string): void;
  /** Run again, and compare what the cells show with the file. */
  compare(): void;
  /** Put what the run has shown into the notebook. */
  accept(): void;
}

/** Pictures that a browser shows in an `<img>`, where no script runs. */
const PICTURES = /^image\/(png|jpeg|gif|webp|svg\+xml)$/;

export class ReportView {
  private readonly host: HTMLElement;

  constructor(
    host: HTMLElement,
    private readonly actions: ReportActions,
  ) {
    this.host = host;
    host.classList.add('offbook-Report');
  }

  /** Show a sentence in the report's place; `runnable` offers to make one. */
  clear(why: string, runnable = false): void {
    const bar = element('div', 'offbook-Report-bar');
    if (runnable) bar.append(button(texts.tests.compare, () => this.actions.compare()));
    this.host.replaceChildren(element('p', 'offbook-Report-empty', why), bar);
  }

  /**
   * Show a report.
   *
   * @param result what the server has answered.
   * @param outdated whether the notebook has changed since.
   */
  update(result: RunResult, outdated: boolean): void {
    const words = texts.report;
    const said = element('p', 'offbook-Report-said', result.message);
    said.dataset['status'] = result.status;
    said.setAttribute('role', 'status');
    const parts: Node[] = [said];
    if (outdated) parts.push(element('p', 'offbook-Report-note', words.outdated));
    if (result.failure) parts.push(this.failure(result.failure));
    parts.push(...result.notes.map(note => element('p', 'offbook-Report-note', note)));
    parts.push(...result.differences.map(difference => this.difference(difference)));
    parts.push(this.bar(result, outdated));
    this.host.replaceChildren(...parts);
  }

  private bar(result: RunResult, outdated: boolean): HTMLElement {
    const bar = element('div', 'offbook-Report-bar');
    bar.append(button(texts.tests.compare, () => this.actions.compare()));
    const ran = result.status === 'passed' || result.status === 'differs';
    if (ran && !outdated) bar.append(button(texts.report.accept, () => this.actions.accept()));
    return bar;
  }

  private failure(failure: RunFailure): HTMLElement {
    const box = element('section', 'offbook-Report-failure');
    box.append(element('p', 'offbook-Report-why', failure.explanation || texts.report.unexplained));
    const error = [failure.ename, failure.evalue].filter(Boolean).join(': ');
    box.append(plain('p', 'offbook-Report-error', error));
    const { cell } = failure;
    if (cell !== null) {
      const bar = element('div', 'offbook-Report-bar');
      bar.append(button(texts.run.showCell, () => this.actions.show(cell)));
      bar.append(button(texts.report.runFrom, () => this.actions.runFrom(cell)));
      box.append(bar);
    }
    if (failure.traceback) {
      const details = element('details', 'offbook-Report-traceback');
      details.append(element('summary', '', texts.report.traceback), scrolled('pre', plainText(failure.traceback)));
      box.append(details);
    }
    return box;
  }

  private difference(found: OutputDifference): HTMLElement {
    const box = element('section', 'offbook-Report-difference');
    const title = element('h3', 'offbook-Report-title');
    const { cell } = found;
    const what = sentences(found.what);
    title.append(cell === null ? element('span', '', what) : button(what, () => this.actions.show(cell)));
    box.append(title);
    const pair = found.before.length === 1 && found.after.length === 1 ? [found.before[0], found.after[0]] : null;
    if (pair?.every(({ kind }) => kind === 'text')) box.append(textDiff(pair[0].text, pair[1].text));
    else if (found.before.length + found.after.length > 0) box.append(sides(found));
    return box;
  }
}

/** Return the changed lines of two texts. */
function textDiff(before: string, after: string): HTMLElement {
  const diff = scrolled('div', '');
  diff.classList.add('offbook-Report-diff');
  diff.setAttribute('aria-label', texts.report.diff);
  for (const hunk of hunks(diffLines(before, after))) {
    for (const line of hunk.lines) {
      const sign = { same: ' ', added: '+', removed: '-' }[line.kind];
      diff.append(plain('div', `offbook-Report-line offbook-mod-${line.kind}`, `${sign}${line.text}`));
    }
  }
  return diff;
}

/** Return what the file shows and what the run has shown, side by side. */
function sides(found: OutputDifference): HTMLElement {
  const both = element('div', 'offbook-Report-sides');
  for (const [title, outputs] of [
    [texts.report.before, found.before],
    [texts.report.after, found.after],
  ] as const) {
    const side = element('div', 'offbook-Report-side');
    side.append(element('h4', '', title));
    if (outputs.length === 0) side.append(element('p', 'offbook-Report-note', texts.report.nothing));
    side.append(...outputs.map(output => shown(output, title)));
    both.append(side);
  }
  return both;
}

/** Return one output; nothing in it is ever read as markup. */
function shown(output: ShownOutput, title: string): HTMLElement {
  if (output.kind === 'picture' && PICTURES.test(output.mimeType)) {
    const picture = document.createElement('img');
    picture.src = `data:${output.mimeType};base64,${output.picture}`;
    picture.alt = title;
    return picture;
  }
  if (output.kind !== 'table') return scrolled('pre', output.text || output.mimeType);
  const frame = scrolled('div', '');
  const table = frame.appendChild(document.createElement('table'));
  output.rows.forEach((row, number) => {
    const line = table.insertRow();
    row.forEach(text => line.appendChild(plain(number === 0 && text ? 'th' : 'td', '', text)));
  });
  return frame;
}

/** Return an element that scrolls by itself, and that the keyboard can reach to do so. */
function scrolled(name: 'pre' | 'div', text: string): HTMLElement {
  const made = plain(name, 'offbook-Report-scroll', text);
  made.tabIndex = 0;
  made.setAttribute('role', 'group');
  made.setAttribute('aria-label', texts.report.output);
  return made;
}

/** Return an element with a sentence of ours. */
function element(name: string, className: string, text = ''): HTMLElement {
  const made = plain(name, className, '');
  made.append(...withCode(text));
  return made;
}

/** Return an element with a text from outside, as it is. */
function plain(name: string, className: string, text: string): HTMLElement {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

function button(label: string, act: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = label;
  made.addEventListener('click', act);
  return made;
}
