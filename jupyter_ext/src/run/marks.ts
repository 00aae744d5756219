/** Marks the cells of a running check, and explains at the failing cell why it fails. */

import type { Cell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';
import { type PanelLayout, Widget } from '@lumino/widgets';
import { withCode, plainText, type RunFailure, type RunProgress } from '@offbook/client';
import type { SyncedNotebook } from '../sync/notebook';

const RUNNING = 'offbook-mod-running';
const BANNER = 'offbook-Failure';

/** Mark the cell that runs. */
export function markRunning(notebook: SyncedNotebook, progress: RunProgress): void {
  const cell = cellWidget(notebook, progress.cell);
  cell?.toggleClass(RUNNING, progress.state === 'running');
}

/** Take all marks and explanations away. */
export function clearMarks(notebook: SyncedNotebook): void {
  for (const cell of notebook.panel.content.widgets) {
    cell.removeClass(RUNNING);
    for (const child of [...(cell.layout ?? [])]) if (child.hasClass(BANNER)) child.dispose();
  }
}

/** Scroll to the failing cell, and explain there. */
export async function showFailure(
  notebook: SyncedNotebook,
  failure: RunFailure,
  message: string,
  trans: TranslationBundle,
): Promise<void> {
  const { content } = notebook.panel;
  const index = failure.cell === null ? failure.index : notebook.indexOf(failure.cell);
  if (index < 0 || index >= content.widgets.length) return;
  content.activeCellIndex = index;
  content.deselectAll();
  content.mode = 'command';
  await content.scrollToItem(index, 'center');
  const cell = content.widgets[index];
  const layout = cell.layout as PanelLayout;
  const below = layout.widgets.findIndex(widget => widget.hasClass('jp-Cell-inputWrapper')) + 1;
  layout.insertWidget(below, new FailureBanner(failure, message, trans));
  await content.scrollToItem(index, 'smart');
}

class FailureBanner extends Widget {
  constructor(failure: RunFailure, message: string, trans: TranslationBundle) {
    super();
    this.addClass(BANNER);
    this.node.setAttribute('role', 'alert');
    const text = this.node.appendChild(document.createElement('div'));
    text.className = 'offbook-Failure-text';
    text.appendChild(document.createElement('strong')).append(...withCode(failure.explanation || message));
    const what = text.appendChild(document.createElement('div'));
    what.className = 'offbook-Failure-error';
    what.textContent = failure.evalue ? `${failure.ename}: ${failure.evalue}` : failure.ename;
    if (failure.traceback) text.append(traceback(failure.traceback, trans));
    const close = this.node.appendChild(document.createElement('button'));
    close.type = 'button';
    close.className = 'offbook-Failure-close';
    close.textContent = '×';
    close.setAttribute('aria-label', trans.__('Dismiss'));
    close.addEventListener('click', () => this.dispose());
  }
}

function traceback(text: string, trans: TranslationBundle): HTMLElement {
  const details = document.createElement('details');
  details.appendChild(document.createElement('summary')).textContent = trans.__('Traceback');
  details.appendChild(document.createElement('pre')).textContent = plainText(text);
  return details;
}

function cellWidget(notebook: SyncedNotebook, uri: string): Cell | null {
  const index = notebook.indexOf(uri);
  return notebook.panel.content.widgets[index] ?? null;
}
