/** Shows findings in a cell's editor. */

import { closeHoverTooltips, type EditorView, keymap, repositionTooltips, ViewPlugin } from '@codemirror/view';
import { nextDiagnostic, previousDiagnostic, setDiagnostics, type Diagnostic as Mark } from '@codemirror/lint';
import { Prec, type Extension, type Text } from '@codemirror/state';
import type { ISharedCell } from '@jupyter/ydoc';
import type { Diagnostic, Position, Range } from 'vscode-languageserver-protocol';
import type { IFindings, IFixes, INotebooks } from '../tokens';
import { messageOf, renderFinding } from './tooltip';

const UNNECESSARY = 1;
const SEVERITIES = ['error', 'error', 'warning', 'info', 'hint'] as const;

export interface LintOptions {
  cell: ISharedCell;
  notebooks: INotebooks;
  findings: IFindings;
  fixes: () => IFixes;
  ruleTitle: string;
}

/** Return the extension of one cell's editor. It finds its notebook when there is something to show. */
export function lintExtension(options: LintOptions): Extension {
  const plugin = ViewPlugin.define(view => {
    let destroyed = false;
    let waiting = false;
    let shown = 0;
    const show = () => {
      if (waiting) return;
      waiting = true;
      queueMicrotask(() => {
        if (destroyed) return;
        waiting = false;
        const found = marks(view, options);
        if (shown || found.length) view.dispatch(setDiagnostics(view.state, found));
        shown = found.length;
      });
    };
    const changed = (_: unknown, uri: string) => {
      if (uri === uriOf(options)) show();
    };
    options.findings.changed.connect(changed);
    show();
    return {
      destroy: () => {
        options.findings.changed.disconnect(changed);
        destroyed = true;
      },
    };
  });
  const keys = keymap.of([
    { key: 'F8', run: nextDiagnostic },
    { key: 'Shift-F8', run: previousDiagnostic },
  ]);
  return [plugin, Prec.high(keys)];
}

function uriOf({ cell, notebooks }: LintOptions): string | null {
  return notebooks.ofShared(cell.notebook)?.cellUri(cell) ?? null;
}

function marks(view: EditorView, options: LintOptions): Mark[] {
  const uri = uriOf(options);
  return uri === null ? [] : options.findings.of(uri).map(finding => mark(view, finding, options));
}

function mark(view: EditorView, finding: Diagnostic, options: LintOptions): Mark {
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
        diagnostic: finding,
        ruleTitle: options.ruleTitle,
        grown: () => repositionTooltips(view),
        actions: () => options.fixes().at(options.cell, finding.range, [finding]),
        apply: action => {
          view.dispatch({ effects: closeHoverTooltips });
          void options.fixes().apply(action);
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
