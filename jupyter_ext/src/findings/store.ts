/** The diagnostics of each cell, as the language server last published them. */

import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Diagnostic, PublishDiagnosticsParams } from 'vscode-languageserver-protocol';
import type { IFindings, ILanguageServer, INotebooks } from '../tokens';
import type { SyncedNotebook } from '../sync/notebook';

export const HINT = 4;

export class Findings implements IFindings {
  private readonly byUri = new Map<string, readonly Diagnostic[]>();
  private readonly listeners = new Map<string | null, Set<(uri: string) => void>>();
  private readonly changed_ = new Signal<IFindings, string>(this);

  constructor(
    private readonly server: ILanguageServer,
    private readonly notebooks: INotebooks,
  ) {
    server.onNotification<PublishDiagnosticsParams>('textDocument/publishDiagnostics', params => this.take(params));
    server.stateChanged.connect((_, state) => {
      if (state !== 'ready') this.clear();
    });
  }

  get changed(): ISignal<IFindings, string> {
    return this.changed_;
  }

  listen(cell: string | null, listener: (uri: string) => void): IDisposable {
    const all = this.listeners.get(cell) ?? new Set();
    this.listeners.set(cell, all.add(listener));
    return new DisposableDelegate(() => {
      all.delete(listener);
      if (all.size === 0) this.listeners.delete(cell);
    });
  }

  of(uri: string): readonly Diagnostic[] {
    return this.byUri.get(uri) ?? [];
  }

  count(notebook: SyncedNotebook): number {
    const all = notebook.shared.cells.flatMap(cell => this.of(notebook.cellUri(cell)));
    return all.filter(finding => finding.severity !== HINT).length;
  }

  private take({ uri, version, diagnostics }: PublishDiagnosticsParams): void {
    const known = this.notebooks.ofCell(uri)?.cellVersion(uri) ?? 0;
    if (typeof version === 'number' && version < known) return;
    if (diagnostics.length) this.byUri.set(uri, diagnostics);
    else this.byUri.delete(uri);
    this.tell(uri);
  }

  private tell(uri: string): void {
    const cell = this.server.uris.cell(uri)?.id ?? null;
    for (const listener of [...(this.listeners.get(cell) ?? [])]) listener(uri);
    this.changed_.emit(uri);
  }

  private clear(): void {
    const uris = [...this.byUri.keys()];
    this.byUri.clear();
    uris.forEach(uri => this.tell(uri));
  }
}
