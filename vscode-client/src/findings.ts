/** The server's findings: counted for the status bar, and hidden where the user turned them off. */

import * as vscode from 'vscode';

type Deliver = (uri: vscode.Uri, diagnostics: vscode.Diagnostic[]) => void;

interface Received {
  uri: vscode.Uri;
  diagnostics: vscode.Diagnostic[];
  deliver: Deliver;
}

export class Findings implements vscode.Disposable {
  private readonly received = new Map<string, Received>();
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;

  /** Take what the server published for a document, and pass it on where findings are shown. */
  receive(uri: vscode.Uri, diagnostics: vscode.Diagnostic[], deliver: Deliver): void {
    const key = uri.toString();
    if (diagnostics.length === 0) this.received.delete(key);
    else this.received.set(key, { uri, diagnostics, deliver });
    deliver(uri, shown() ? diagnostics : []);
    this.changed.fire();
  }

  /** Count those of a notebook, or of a text document. */
  count(documents: readonly vscode.Uri[]): number {
    if (!shown()) return 0;
    return documents.reduce((sum, uri) => sum + (this.received.get(uri.toString())?.diagnostics.length ?? 0), 0);
  }

  /** Deliver all again: the setting has changed. */
  refresh(): void {
    for (const { uri, diagnostics, deliver } of this.received.values()) deliver(uri, shown() ? diagnostics : []);
    this.changed.fire();
  }

  clear(): void {
    this.received.clear();
    this.changed.fire();
  }

  dispose(): void {
    this.changed.dispose();
  }
}

function shown(): boolean {
  return vscode.workspace.getConfiguration('offbook').get<boolean>('lint.enabled', true);
}
