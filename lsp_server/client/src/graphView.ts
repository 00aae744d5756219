/** Shows the drawing of the cell graph in a page: what belongs together lights up, and a click goes to the cell. */

import { Refactoring } from './protocol.js';
import type { RefactoringOptions } from './refactoring.js';
import { texts } from './texts.js';

/** A part of the graph that could become a function or go to a module. */
export interface GraphGroup {
  /** The refactoring that does it. */
  refactoring: string;
  /** The function's name with `()`, or the names of the definitions, joined by commas. */
  name: string;
  /** The cells, by the URIs of their documents. */
  cells: string[];
}

/** Return the options of a group's refactoring. */
export function groupOptions({ refactoring, name, cells }: GraphGroup): RefactoringOptions {
  return refactoring === Refactoring.extractModule ? { names: name.split(', ') } : { cells };
}

export interface GraphActions {
  /** Go to a cell. */
  show(cell: string): void;
  /** Turn a group into what it could become. */
  refactor(group: GraphGroup): void;
}

const SVG = 'http://www.w3.org/2000/svg';
const ZOOM_STEP = 1.2;
const SMALLEST = 0.4;
const LARGEST = 2.5;

export class GraphView {
  private readonly canvas: HTMLElement;
  private readonly empty: HTMLElement;
  private readonly bar: HTMLElement;
  private zoom = 1;
  /** The cell that the keyboard is at. */
  private current: string | null = null;

  constructor(
    host: HTMLElement,
    private readonly actions: GraphActions,
  ) {
    host.classList.add('offbook-GraphView');
    this.bar = host.appendChild(document.createElement('div'));
    this.bar.className = 'offbook-GraphView-bar';
    this.bar.append(
      button('−', texts.graph.smaller, () => this.scale(this.zoom / ZOOM_STEP)),
      button('100 %', texts.graph.wholeSize, () => this.scale(1)),
      button('+', texts.graph.larger, () => this.scale(this.zoom * ZOOM_STEP)),
    );
    this.canvas = host.appendChild(document.createElement('div'));
    this.canvas.className = 'offbook-GraphView-canvas';
    this.empty = host.appendChild(document.createElement('p'));
    this.empty.className = 'offbook-GraphView-empty';
    this.canvas.addEventListener('mousedown', event => this.press(event));
    this.canvas.addEventListener('click', event => this.activate(event.target));
    this.canvas.addEventListener('keydown', event => this.key(event));
    for (const kind of ['mouseover', 'focusin'] as const) {
      this.canvas.addEventListener(kind, event => this.light(event.target));
    }
    this.canvas.addEventListener('mouseleave', () => this.light(document.activeElement));
    this.canvas.addEventListener('focusout', () => this.light(null));
    this.clear(texts.graph.noNotebook);
  }

  /** Show a drawing; the keyboard stays at the cell that it was at. */
  update(svg: string): void {
    const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
    if (parsed.namespaceURI !== SVG || parsed.localName !== 'svg') return this.clear(texts.graph.broken);
    const focused = this.canvas.contains(document.activeElement);
    this.canvas.replaceChildren(document.importNode(parsed, true));
    this.bar.hidden = this.canvas.hidden = false;
    this.empty.hidden = true;
    this.scale(this.zoom);
    const items = this.items();
    const at = items.find(item => item.dataset['cell'] === this.current) ?? items[0];
    at?.setAttribute('tabindex', '0');
    if (items.length === 0) this.clear(texts.graph.noCode);
    else if (focused && at) focusOn(at);
  }

  /** Show a sentence instead of a drawing. */
  clear(why: string): void {
    this.canvas.replaceChildren();
    this.bar.hidden = this.canvas.hidden = true;
    this.empty.hidden = false;
    this.empty.textContent = why;
  }

  private scale(zoom: number): void {
    this.zoom = Math.min(LARGEST, Math.max(SMALLEST, zoom));
    const svg = this.canvas.querySelector('svg');
    const box = svg?.viewBox.baseVal;
    if (!svg || !box) return;
    svg.setAttribute('width', String(box.width * this.zoom));
    svg.setAttribute('height', String(box.height * this.zoom));
  }

  private items(): SVGElement[] {
    return [...this.canvas.querySelectorAll<SVGElement>('.cell, .group')].sort((a, b) => rowOf(a) - rowOf(b));
  }

  private key(event: KeyboardEvent): void {
    const items = this.items();
    const at = items.findIndex(item => item === document.activeElement);
    const steps: Record<string, number> = {
      ...{ ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 },
    };
    const next = steps[event.key];
    if (next !== undefined) {
      const item = items[Math.min(items.length - 1, Math.max(0, next))];
      items.forEach(other => other.setAttribute('tabindex', other === item ? '0' : '-1'));
      this.current = item?.dataset['cell'] ?? this.current;
      if (item) focusOn(item);
    } else if (event.key === 'Enter' || event.key === ' ') {
      this.activate(event.target);
    } else if (event.key === '+' || event.key === '-') {
      this.scale(event.key === '+' ? this.zoom * ZOOM_STEP : this.zoom / ZOOM_STEP);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** Take the focus without the browser's scrolling to the side, where the long lines of code end. */
  private press(event: MouseEvent): void {
    const item = closest(event.target, '.cell, .group');
    if (!item) return;
    event.preventDefault();
    item.focus({ preventScroll: true });
  }

  private activate(target: EventTarget | null): void {
    const item = closest(target, '.cell, .group');
    const cell = item?.dataset['cell'];
    if (cell !== undefined) {
      this.current = cell;
      this.actions.show(cell);
    } else if (item) {
      const { refactoring = '', name = '', rows = '' } = item.dataset;
      const cells = rows.split(' ').flatMap(row => this.cellAt(row)?.dataset['cell'] ?? []);
      this.actions.refactor({ refactoring, name, cells });
    }
  }

  private cellAt(row: string): SVGElement | null {
    return this.canvas.querySelector<SVGElement>(`.cell[data-row="${CSS.escape(row)}"]`);
  }

  /** Light up the lines that begin or end at a cell. */
  private light(target: EventTarget | null): void {
    const row = closest(target, '.cell')?.dataset['row'];
    for (const bus of this.canvas.querySelectorAll<SVGElement>('.bus')) {
      const { from, to = '' } = bus.dataset;
      bus.classList.toggle('lit', row !== undefined && (from === row || to.split(' ').includes(row)));
    }
  }
}

function focusOn(item: SVGElement): void {
  item.focus({ preventScroll: true });
  (item.querySelector('circle, path') ?? item).scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function closest(target: EventTarget | null, selector: string): SVGElement | null {
  return target instanceof Element ? target.closest<SVGElement>(selector) : null;
}

function rowOf(item: SVGElement): number {
  const { row, rows } = item.dataset;
  return row !== undefined ? Number(row) : Number((rows ?? '').split(' ')[0]) + 0.5;
}

function button(text: string, title: string, action: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.title = title;
  made.setAttribute('aria-label', title);
  made.addEventListener('click', action);
  return made;
}
