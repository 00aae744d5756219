/** Tells VS Code of the server that offers offbook's commands as tools to coding assistants. */

import * as vscode from 'vscode';
import { findInterpreter, onInterpreterChange } from './interpreter';

/** What is used of an API that is younger than the VS Code that this extension needs. */
interface Mcp {
  lm?: {
    registerMcpServerDefinitionProvider?(
      id: string,
      provider: {
        onDidChangeMcpServerDefinitions: vscode.Event<void>;
        provideMcpServerDefinitions(): Promise<object[]>;
      },
    ): vscode.Disposable;
  };
  McpStdioServerDefinition?: new (label: string, command: string, args: string[]) => object;
}

const ID = 'offbook.mcp';

/** Register the server, where this VS Code can have any; in an untrusted folder there is none, since tools run code. */
export function offerTools(log: vscode.LogOutputChannel): vscode.Disposable {
  const { lm, McpStdioServerDefinition } = vscode as unknown as Mcp;
  if (!lm?.registerMcpServerDefinitionProvider || !McpStdioServerDefinition) return new vscode.Disposable(() => {});
  const changed = new vscode.EventEmitter<void>();
  const provider = lm.registerMcpServerDefinitionProvider(ID, {
    onDidChangeMcpServerDefinitions: changed.event,
    provideMcpServerDefinitions: async () => {
      if (!vscode.workspace.isTrusted) return [];
      const python = await findInterpreter(log);
      const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
      return folders.map(({ name, uri }) => {
        const label = folders.length > 1 ? `offbook (${name})` : 'offbook';
        return new McpStdioServerDefinition(label, python, ['-m', 'offbook', 'mcp', '--root', uri.fsPath]);
      });
    },
  });
  const listeners = [
    onInterpreterChange(() => changed.fire(), log),
    vscode.workspace.onDidChangeWorkspaceFolders(() => changed.fire()),
  ];
  return vscode.Disposable.from(provider, changed, ...listeners);
}
