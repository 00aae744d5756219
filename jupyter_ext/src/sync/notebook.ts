/** One open notebook, kept in step with the language server. */

import type { ISharedCell, ISharedCodeCell, ISharedNotebook } from '@jupyter/ydoc';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import { METHODS, shapeOutput, type CellText, type OutputsParams, type RawOutput } from '@offbook/client';
import type { ILanguageServer } from '../tokens';
import { changes, protocolCell, protocolDocument, type CellState } from './state';

const OUTPUTS_DELAY_MS = 300;

/** What is looked at of a change of a cell. */
interface CellChanges {
  outputsChange?: unknown;
  executionCountChange?: unknown;
  executionStateChange?: { newValue?: unknown };
}

export class SyncedNotebook implements IDisposable {
  readonly shared: ISharedNotebook;
  private sent: CellState[] | null = null;
  private sentUri = '';
  private version = 0;
  private scheduled = false;
  private disposed = false;
  private outputsTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly outputsChanged = new Set<string>();
  private readonly started = new Set<string>();
  /** The state of the cells that have not changed since it was taken. */
  private readonly known = new Map<ISharedCell, CellState>();
  private readonly watched = new Map<ISharedCell, () => void>();
  private readonly edited_ = new Signal<SyncedNotebook, void>(this);

  constructor(
    /** The view of it that was in front last. */
    public panel: NotebookPanel,
    readonly context: DocumentRegistry.IContext<INotebookModel>,
    private readonly server: ILanguageServer,
  ) {
    this.shared = context.model.sharedModel;
    this.shared.changed.connect(this.onNotebookChanged, this);
    context.pathChanged.connect(this.reopen, this);
    context.saveState.connect(this.onSave, this);
    server.stateChanged.connect(this.reopen, this);
    this.watchCells();
    this.open();
  }

  /** The notebook's path, without the drive's name. */
  get path(): string {
    return this.context.localPath;
  }

  get uri(): string {
    return this.server.uris.fileUri(this.path);
  }

  /** The document's version that the server knows. */
  get documentVersion(): number {
    return this.version;
  }

  /** Emitted when the code of a cell, or the order of code cells, has changed. */
  get edited(): ISignal<SyncedNotebook, void> {
    return this.edited_;
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  cellUri(cell: ISharedCell): string {
    return this.server.uris.cellUri(this.path, cell.getId());
  }

  /** Return the position of a cell, or -1. */
  indexOf(cellUri: string): number {
    const at = this.server.uris.cell(cellUri);
    return at?.path === this.path ? this.shared.cells.findIndex(cell => cell.getId() === at.id) : -1;
  }

  cellOf(cellUri: string): ISharedCell | null {
    return this.shared.cells[this.indexOf(cellUri)] ?? null;
  }

  /** The version of a cell's text that the server knows; 0 where it does not know the cell. */
  cellVersion(cellUri: string): number {
    return this.sent?.find(cell => cell.uri === cellUri)?.version ?? 0;
  }

  /** The cells as plans see them. */
  texts(): CellText[] {
    return this.shared.cells.map(cell => ({
      id: this.cellUri(cell),
      kind: cell.cell_type as CellText['kind'],
      source: cell.getSource(),
    }));
  }

  /** Tell the server now what has changed; a request after this is about the notebook as it is. */
  flush(): void {
    this.scheduled = false;
    if (this.sent === null || this.disposed) return;
    const now = this.state();
    const before = this.sent;
    const change = changes(before, now);
    this.sent = now;
    if (change === null) return;
    const { structure, textContent } = change.cells ?? {};
    const coded = (structure ?? textContent) !== undefined && !sameCode(before, now);
    this.version += 1;
    this.server.notify('notebookDocument/didChange', {
      notebookDocument: { uri: this.uri, version: this.version },
      change,
    });
    if (coded) this.edited_.emit();
  }

  dispose(): void {
    if (this.disposed) return;
    this.close();
    this.disposed = true;
    clearTimeout(this.outputsTimer);
    for (const unwatch of this.watched.values()) unwatch();
    this.watched.clear();
    Signal.clearData(this);
  }

  private open(): void {
    if (this.sent !== null || this.server.state !== 'ready') return;
    this.known.clear();
    const cells = this.state();
    cells.forEach(cell => (cell.version = 1));
    this.sent = cells;
    this.sentUri = this.uri;
    this.version = 1;
    this.server.notify('notebookDocument/didOpen', {
      notebookDocument: {
        uri: this.uri,
        notebookType: 'jupyter-notebook',
        version: this.version,
        metadata: this.shared.metadata,
        cells: cells.map(protocolCell),
      },
      cellTextDocuments: cells.map(protocolDocument),
    });
    this.shared.cells.forEach(cell => this.outputsChanged.add(cell.getId()));
    this.sendOutputs();
  }

  private close(): void {
    if (this.sent === null) return;
    this.server.notify('notebookDocument/didClose', {
      notebookDocument: { uri: this.sentUri },
      cellTextDocuments: this.sent.map(cell => ({ uri: cell.uri })),
    });
    this.sent = null;
  }

  /** Open it again under its new name, or for a new server. */
  private reopen(): void {
    if (this.server.state === 'ready') this.close();
    this.sent = null;
    this.open();
  }

  private onSave(_: unknown, state: DocumentRegistry.SaveState): void {
    if (state !== 'completed' || this.sent === null) return;
    this.known.clear();
    this.flush();
    this.server.notify('notebookDocument/didSave', { notebookDocument: { uri: this.uri } });
  }

  private onNotebookChanged(_: unknown, change: { cellsChange?: unknown; metadataChange?: unknown }): void {
    if (change.cellsChange) this.watchCells();
    if (change.metadataChange) this.known.clear();
    if (change.metadataChange && this.sent !== null) {
      this.version += 1;
      this.server.notify('notebookDocument/didChange', {
        notebookDocument: { uri: this.uri, version: this.version },
        change: { metadata: this.shared.metadata },
      });
    }
    this.schedule();
  }

  /** Listen to the cells that are there now, and no longer to those that are gone. */
  private watchCells(): void {
    const now = new Set<ISharedCell>(this.shared.cells);
    for (const [cell, unwatch] of this.watched) {
      if (!now.has(cell)) {
        unwatch();
        this.watched.delete(cell);
        this.known.delete(cell);
      }
    }
    for (const cell of now) {
      if (this.watched.has(cell)) continue;
      const changed = (_: unknown, change: CellChanges) => {
        this.known.delete(cell);
        if (change.executionStateChange?.newValue === 'running') this.tellStart(cell.getId());
        if (change.outputsChange || change.executionCountChange) this.scheduleOutputs(cell.getId());
        this.schedule();
      };
      cell.changed.connect(changed);
      this.watched.set(cell, () => cell.changed.disconnect(changed));
      if (this.sent !== null) this.scheduleOutputs(cell.getId());
    }
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => this.flush());
  }

  private scheduleOutputs(id: string): void {
    this.outputsChanged.add(id);
    clearTimeout(this.outputsTimer);
    this.outputsTimer = setTimeout(() => this.sendOutputs(), OUTPUTS_DELAY_MS);
  }

  /** Tell at once that a cell runs: its source now is the one that runs. */
  private tellStart(id: string): void {
    this.started.add(id);
    this.outputsChanged.add(id);
    this.sendOutputs();
  }

  private sendOutputs(): void {
    if (this.sent === null || this.disposed) return;
    this.flush();
    const changed = this.shared.cells.filter(cell => this.outputsChanged.has(cell.getId()));
    this.outputsChanged.clear();
    const params: OutputsParams = {
      notebook: this.uri,
      cells: changed.filter(isCode).map(cell => ({
        cell: this.cellUri(cell),
        executionCount: cell.execution_count,
        outputs: cell.getOutputs().map(output => shapeOutput(output as unknown as RawOutput)),
        ...(this.started.has(cell.getId()) ? { running: true } : {}),
      })),
    };
    this.started.clear();
    if (params.cells.length) this.server.notify(METHODS.outputs, params);
  }

  private state(): CellState[] {
    return this.shared.cells.map(cell => {
      const known = this.known.get(cell);
      if (known) return known;
      const now = this.stateOf(cell);
      this.known.set(cell, now);
      return now;
    });
  }

  private stateOf(cell: ISharedCell): CellState {
    return {
      uri: this.cellUri(cell),
      kind: cell.cell_type as CellState['kind'],
      language: cell.cell_type === 'code' ? this.language : cell.cell_type,
      text: cell.getSource(),
      version: 0,
      metadata: { ...cell.getMetadata(), id: cell.getId() },
      executionOrder: isCode(cell) ? cell.execution_count : null,
      success: !isCode(cell) || cell.getOutputs().every(output => output.output_type !== 'error'),
    };
  }

  private get language(): string {
    const { language_info, kernelspec } = this.shared.metadata;
    const name = language_info?.name ?? (kernelspec?.['language'] as string | undefined) ?? 'python';
    return name === 'ipython' ? 'python' : name;
  }
}

function isCode(cell: ISharedCell): cell is ISharedCodeCell {
  return cell.cell_type === 'code';
}

/** Tell whether two states hold the same code, in the same order; cells without text do not count. */
function sameCode(before: readonly CellState[], after: readonly CellState[]): boolean {
  const code = (cells: readonly CellState[]) => cells.filter(cell => cell.kind === 'code' && cell.text.trim());
  const [left, right] = [code(before), code(after)];
  return left.length === right.length && left.every((cell, index) => cell.text === right[index].text);
}
