/** All open notebooks. */

import type { ISharedNotebook } from '@jupyter/ydoc';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { type INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Signal, type ISignal } from '@lumino/signaling';
import { fileName, texts } from '@offbook/client';
import type { ILanguageServer, INotebooks } from '../tokens';
import { SyncedNotebook } from './notebook';

export class Notebooks implements INotebooks {
  private readonly byPanel = new Map<NotebookPanel, SyncedNotebook>();
  private readonly opened_ = new Signal<INotebooks, SyncedNotebook>(this);
  private readonly currentChanged_ = new Signal<INotebooks, SyncedNotebook | null>(this);

  constructor(
    private readonly tracker: INotebookTracker,
    private readonly manager: IDocumentManager,
    private readonly server: ILanguageServer,
  ) {
    tracker.widgetAdded.connect((_, panel) => this.add(panel));
    tracker.forEach(panel => this.add(panel));
    tracker.currentChanged.connect((_, panel) => {
      const notebook = panel && this.ofPanel(panel);
      if (notebook) notebook.panel = panel;
      this.currentChanged_.emit(this.current);
    });
  }

  get current(): SyncedNotebook | null {
    const panel = this.tracker.currentWidget;
    return panel ? this.ofPanel(panel) : null;
  }

  get currentChanged(): ISignal<INotebooks, SyncedNotebook | null> {
    return this.currentChanged_;
  }

  get opened(): ISignal<INotebooks, SyncedNotebook> {
    return this.opened_;
  }

  get all(): Iterable<SyncedNotebook> {
    return new Set(this.byPanel.values());
  }

  ofPanel(panel: NotebookPanel): SyncedNotebook | null {
    return this.byPanel.get(panel) ?? null;
  }

  ofUri(uri: string): SyncedNotebook | null {
    return this.find(notebook => notebook.uri === uri);
  }

  ofCell(uri: string): SyncedNotebook | null {
    const cell = this.server.uris.cell(uri);
    return cell && this.find(notebook => notebook.path === cell.path);
  }

  ofShared(shared: ISharedNotebook | null): SyncedNotebook | null {
    return shared && this.find(notebook => notebook.shared === shared);
  }

  async open(path: string): Promise<SyncedNotebook> {
    const widget = this.manager.openOrReveal(path);
    if (!(widget instanceof NotebookPanel)) throw new Error(texts.plan.notOpen(fileName(path)));
    await widget.context.ready;
    await widget.revealed;
    return this.byPanel.get(widget) ?? this.sync(widget);
  }

  private find(test: (notebook: SyncedNotebook) => boolean): SyncedNotebook | null {
    for (const notebook of this.byPanel.values()) if (test(notebook)) return notebook;
    return null;
  }

  private add(panel: NotebookPanel): void {
    void panel.context.ready.then(() => {
      if (panel.isDisposed) return;
      this.server.start();
      this.sync(panel);
    });
  }

  /** Follow the notebook of a panel; several panels can be views of one notebook. */
  private sync(panel: NotebookPanel): SyncedNotebook {
    const known = this.byPanel.get(panel);
    if (known) return known;
    const shared = this.find(other => other.context === panel.context);
    const notebook = shared ?? new SyncedNotebook(panel, panel.context, this.server);
    this.byPanel.set(panel, notebook);
    panel.disposed.connect(() => this.close(panel, notebook));
    if (!shared) this.opened_.emit(notebook);
    if (this.tracker.currentWidget === panel) this.currentChanged_.emit(notebook);
    return notebook;
  }

  private close(panel: NotebookPanel, notebook: SyncedNotebook): void {
    this.byPanel.delete(panel);
    const other = [...this.byPanel].find(([, shown]) => shown === notebook)?.[0];
    if (!other) notebook.dispose();
    else if (notebook.panel === panel) notebook.panel = other;
  }
}
