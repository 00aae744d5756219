/** The cell graph: a panel beside the notebook. */

import { randomBytes } from 'node:crypto';
import { Command, groupOptions, METHODS, texts, type FromGraph, type ToGraph } from '@offbook/client';
import * as vscode from 'vscode';
import { activeNotebook, canonical, revealCell } from './notebooks';
import type { Findings } from './findings';
import type { Server } from './server';

const DELAY_MS = 200;

export class GraphPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  /** The notebook that is shown: the one that was in front last. */
  private notebook: vscode.NotebookDocument | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly listeners: vscode.Disposable[];

  constructor(
    private readonly server: Server,
    private readonly home: vscode.Uri,
    findings: Findings,
  ) {
    const update = () => this.schedule();
    this.listeners = [
      findings.onDidChange(update),
      server.onDidChangeState(update),
      vscode.window.onDidChangeActiveNotebookEditor(update),
      vscode.workspace.onDidChangeNotebookDocument(update),
      vscode.workspace.onDidCloseNotebookDocument(closed => {
        if (closed === this.notebook) this.notebook = undefined;
        update();
      }),
    ];
  }

  /** Show the graph of the notebook in front. */
  show(): void {
    if (this.panel) return this.panel.reveal(undefined, true);
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const resources = [vscode.Uri.joinPath(this.home, 'dist')];
    const panel = vscode.window.createWebviewPanel('offbook.graph', texts.graph.title, place, {
      ...{ enableScripts: true, localResourceRoots: resources },
    });
    this.panel = panel;
    panel.onDidDispose(() => (this.panel = undefined));
    panel.onDidChangeViewState(() => this.schedule());
    panel.webview.onDidReceiveMessage((message: FromGraph) => void this.receive(message));
    panel.webview.html = page(panel.webview, vscode.Uri.joinPath(this.home, 'dist', 'graph.js'));
  }

  private async receive(message: FromGraph): Promise<void> {
    const notebook = this.notebook;
    if (message.kind === 'ready') return this.draw();
    if (!notebook) return;
    if (message.kind === 'show') {
      const cell = notebook.getCells().find(item => item.document.uri.toString() === canonical(message.cell));
      if (cell) await revealCell(cell);
    } else {
      const { group } = message;
      const options = groupOptions(group);
      await vscode.commands.executeCommand(Command.refactor, notebook.uri.toString(), group.refactoring, options);
    }
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.panel?.visible) this.timer = setTimeout(() => void this.draw(), DELAY_MS);
  }

  private async draw(): Promise<void> {
    this.notebook = activeNotebook() ?? this.notebook;
    this.send(await this.drawing(this.notebook));
  }

  private async drawing(notebook: vscode.NotebookDocument | undefined): Promise<ToGraph> {
    if (!notebook) return { kind: 'clear', why: texts.graph.noNotebook };
    const client = this.server.ready;
    if (!client) return { kind: 'clear', why: texts.server.notReady };
    try {
      const { svg } = await client.ask(METHODS.graph, { notebook: notebook.uri.toString() });
      return { kind: 'update', svg };
    } catch (error) {
      return { kind: 'clear', why: error instanceof Error ? error.message : String(error) };
    }
  }

  private send(message: ToGraph): void {
    void this.panel?.webview.postMessage(message);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.panel?.dispose();
    vscode.Disposable.from(...this.listeners).dispose();
  }
}

/** Return the page: it may load our script, set styles, and nothing else. */
function page(webview: vscode.Webview, script: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}';`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${texts.graph.title}</title>
<style>
/* For screen readers alone: the tab says it to the others. */
h1 { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }
body {
  padding: 8px; background: var(--vscode-editor-background); color: var(--vscode-foreground);
  font-family: var(--vscode-font-family);
}
.offbook-GraphView {
  --offbook-graph-text: var(--vscode-foreground); --offbook-graph-muted: var(--vscode-descriptionForeground);
  --offbook-graph-line: var(--vscode-editorLineNumber-foreground); --offbook-graph-late: var(--vscode-errorForeground);
  --offbook-graph-ran: var(--vscode-testing-iconPassed); --offbook-graph-changed: var(--vscode-editorWarning-foreground);
  --offbook-graph-back: var(--vscode-editor-background); --offbook-graph-lit: var(--vscode-focusBorder);
}
.offbook-GraphView-bar { display: flex; gap: 4px; margin-bottom: 8px; }
.offbook-GraphView-bar[hidden] { display: none; }
.offbook-GraphView-bar button {
  min-width: 26px; min-height: 26px; border: 1px solid var(--vscode-button-border, transparent); cursor: pointer;
  background: var(--vscode-button-secondaryBackground); color: var(--vscode-button-secondaryForeground);
}
</style>
</head>
<body>
<main><h1>${texts.graph.title}</h1><div id="graph"></div></main>
<script nonce="${nonce}" src="${webview.asWebviewUri(script).toString()}"></script>
</body>
</html>`;
}
