/** What this client can do, as it tells the language server. */

import type { InitializeParams } from 'vscode-languageserver-protocol';

/** Return the parameters of `initialize`. */
export function initializeParams(rootUri: string, version: string): InitializeParams {
  return {
    processId: null,
    clientInfo: { name: 'offbook for JupyterLab', version },
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: rootUri.slice(rootUri.lastIndexOf('/') + 1) }],
    initializationOptions: { offbook: { applyChanges: true } },
    capabilities: {
      general: { positionEncodings: ['utf-16'] },
      notebookDocument: { synchronization: { dynamicRegistration: false, executionSummarySupport: true } },
      textDocument: {
        synchronization: { dynamicRegistration: false, didSave: false },
        publishDiagnostics: {
          relatedInformation: true,
          versionSupport: true,
          codeDescriptionSupport: true,
          dataSupport: true,
          tagSupport: { valueSet: [1, 2] },
        },
        codeAction: {
          dynamicRegistration: false,
          isPreferredSupport: true,
          disabledSupport: true,
          dataSupport: true,
          resolveSupport: { properties: ['edit', 'command'] },
          codeActionLiteralSupport: {
            codeActionKind: { valueSet: ['quickfix', 'refactor', 'refactor.extract', 'source', 'source.fixAll'] },
          },
        },
        hover: { dynamicRegistration: false, contentFormat: ['markdown', 'plaintext'] },
        references: { dynamicRegistration: false },
        rename: { dynamicRegistration: false, prepareSupport: true },
        definition: { dynamicRegistration: false, linkSupport: true },
      },
      window: { workDoneProgress: true },
      workspace: { applyEdit: false, workspaceEdit: { documentChanges: true, resourceOperations: ['create'] } },
    },
  };
}
