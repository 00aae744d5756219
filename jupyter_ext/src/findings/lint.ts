/** Shows findings in the editor of a cell or a module. */

import { closeHoverTooltips, type EditorView, keymap, repositionTooltips, ViewPlugin } from '@codemirror/view';
import {
  forEachDiagnostic,
  linter,
  nextDiagnostic,
  previousDiagnostic,
  setDiagnostics,
  type Diagnostic as Mark,
} from '@codemirror/lint';
import { Prec, type Extension, type Text } from '@codemirror/state';
import type { CodeAction, Command, Diagnostic, Position, Range } from 'vscode-languageserver-protocol';
import type { IFindings } from '../tokens';
import { messageOf, renderFinding } from './tooltip';

const UNNECESSARY = 1;
const SEVERITIES = ['error', 'error', 'warning', 'info', 'hint'] as const;

export interface LintOptions {
  /** The document's URI; `null` while the language server does not know it. */
  uri: () => string | null;
  /** The id of a cell, whose document keeps it for good; not for a module. */
  cell?: string;
  /** What can be done about a finding. */
  actions: (finding: Diagnostic) => Promise<(CodeAction | Command)[]>;
  apply: (action: CodeAction | Command) => Promise<void>;
  findings: IFindings;
  ruleTitle: string;
}

/**
 * Return the extension of one editor. It finds its document when there is something to show.
 *
 * Each change of an editor makes the browser lay out the page: an editor that is out of sight is changed when it comes
 * into view, and one that shows the same already is not.
 */
export function lintExtension(options: LintOptions): Extension {
  const plugin = ViewPlugin.define(view => {
    let destroyed = false;
    let waiting = false;
    let inView = false;
    let late = false;
    let shown: Mark[] = [];
    let latest: readonly Diagnostic[] = [];
    const show = () => {
      late = !inView;
      if (waiting || late) return;
      waiting = true;
      queueMicrotask(() => {
        if (destroyed) return;
        waiting = false;
        const uri = options.uri();
        latest = uri === null ? [] : options.findings.of(uri);
        const marks = latest.map((finding, index) => mark(view, finding, () => latest[index], options));
        if (isShown(view, shown, marks)) return;
        shown = marks;
        view.dispatch(setDiagnostics(view.state, marks));
      });
    };
    const unwatch = watchView(view.dom, now => {
      inView = now;
      if (inView && late) show();
    });
    const listener = options.findings.listen(options.cell ?? null, uri => {
      if (uri === options.uri()) show();
    });
    show();
    return {
      destroy: () => {
        listener.dispose();
        unwatch();
        destroyed = true;
      },
    };
  });
  // Where an editor gets the styles of marks with its first mark, the browser makes the styles of the whole page anew.
  return [linter(null), plugin];
}

/** Tell whether an editor shows marks already, edits of its text since then included. */
function isShown(view: EditorView, before: readonly Mark[], now: readonly Mark[]): boolean {
  if (before.length !== now.length) return false;
  const places = new Map<Mark, { from: number; to: number }>();
  forEachDiagnostic(view.state, (mark, from, to) => places.set(mark, { from, to }));
  return before.every((mark, index) => {
    const place = places.get(mark);
    const { from, to, severity, message, markClass } = now[index];
    return (
      place?.from === from &&
      place.to === to &&
      mark.severity === severity &&
      mark.message === message &&
      mark.markClass === markClass
    );
  });
}

const watchers = new WeakMap<Element, (inView: boolean) => void>();
let observer: IntersectionObserver | undefined;

/** Say whenever an element comes into view, or goes out of it. */
function watchView(element: Element, seen: (inView: boolean) => void): () => void {
  observer ??= new IntersectionObserver(entries => {
    for (const { target, isIntersecting } of entries) watchers.get(target)?.(isIntersecting);
  });
  watchers.set(element, seen);
  observer.observe(element);
  return () => {
    observer?.unobserve(element);
    watchers.delete(element);
  };
}

/** The keys of one file; in a notebook our commands have them, which go from cell to cell. */
export const fileKeys: Extension = Prec.high(
  keymap.of([
    { key: 'F8', run: nextDiagnostic },
    { key: 'Shift-F8', run: previousDiagnostic },
  ]),
);

/** Return the mark of a finding; `latest` is what the server says of it when its tooltip is shown. */
function mark(view: EditorView, finding: Diagnostic, latest: () => Diagnostic, options: LintOptions): Mark {
  const { from, to } = underlined(view.state.doc, finding.range);
  const faded = finding.tags?.includes(UNNECESSARY) ?? false;
  return {
    from,
    to,
    severity: SEVERITIES[finding.severity ?? 1] ?? 'error',
    source: String(finding.code ?? ''),
    message: messageOf(finding),
    ...(faded ? { markClass: 'offbook-mod-faded' } : {}),
    renderMessage: () =>
      renderFinding({
        diagnostic: latest(),
        ruleTitle: options.ruleTitle,
        grown: () => repositionTooltips(view),
        actions: () => options.actions(latest()),
        apply: action => {
          view.dispatch({ effects: closeHoverTooltips });
          void options.apply(action);
        },
      }),
  };
}

/** Return what to underline: the range, or the line of an empty one. */
function underlined(doc: Text, range: Range): { from: number; to: number } {
  const from = offsetIn(doc, range.start);
  const to = Math.max(from, offsetIn(doc, range.end));
  if (from < to) return { from, to };
  const line = doc.lineAt(from);
  const indent = line.text.length - line.text.trimStart().length;
  return { from: line.from + indent, to: line.to };
}

function offsetIn(doc: Text, { line, character }: Position): number {
  if (line >= doc.lines) return doc.length;
  const found = doc.line(line + 1);
  return Math.min(found.from + character, found.to);
}
