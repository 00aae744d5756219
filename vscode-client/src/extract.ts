/** The dialog of "Extract to Module": what to move, and where to. */

import {
  checkModulePath,
  METHODS,
  normalizeModulePath,
  Refactoring,
  texts,
  type Candidate,
  type ExtractModuleRequest,
} from '@offbook/client';
import * as vscode from 'vscode';
import { canonical, cellOf, cellsOf, notebookOf } from './notebooks';
import type { Refactorer } from './refactor';
import { selectionIn } from './selection';
import type { Server } from './server';

/** Run the command; its arguments come from a code action, a menu or nowhere. */
export async function extractModule(server: Server, refactorer: Refactorer, ...args: unknown[]): Promise<void> {
  const notebook = notebookOf(args[0]);
  const client = server.ready;
  if (!notebook || !client) {
    void vscode.window.showInformationMessage(client ? texts.extract.noNotebook : texts.server.notReady);
    return;
  }
  const uri = notebook.uri.toString();
  const { cell, range } = selectionIn(notebook, cellOf(args[0]));
  const found = await client.ask(METHODS.candidates, {
    notebook: uri,
    refactoring: Refactoring.extractModule,
    cell,
    range,
  });
  if (found.candidates.length === 0) {
    void vscode.window.showInformationMessage(texts.extract.nothing);
    return;
  }
  const asked = (args[1] as ExtractModuleRequest | undefined)?.names;
  const names = await pickNames(notebook, found.candidates, asked);
  if (!names) return;
  const to = await pickModule(names, found.modules, found.suggestion);
  if (to === undefined) return;
  const everywhere = await pickOthers(found.candidates.filter(candidate => names.includes(candidate.name)));
  if (everywhere === undefined) return;
  const options = { names, to, ...everywhere };
  await refactorer.refactor(client, notebook, { notebook: uri, refactoring: Refactoring.extractModule, options });
}

async function pickNames(
  notebook: vscode.NotebookDocument,
  candidates: readonly Candidate[],
  asked: readonly string[] | undefined,
): Promise<string[] | undefined> {
  const positions = new Map(cellsOf(notebook).map((cell, index) => [cell.id, index]));
  const items = candidates.map(candidate => {
    const index = positions.get(canonical(candidate.cell));
    return {
      label: candidate.name,
      description: index === undefined ? '' : texts.cell(index),
      iconPath: new vscode.ThemeIcon(candidate.kind === 'class' ? 'symbol-class' : 'symbol-method'),
      picked: asked && asked.length > 0 ? asked.includes(candidate.name) : candidate.selected,
    };
  });
  const chosen = await vscode.window.showQuickPick(items, {
    title: texts.extract.title,
    placeHolder: texts.extract.pickDefinitions,
    canPickMany: true,
    matchOnDescription: true,
  });
  return chosen && chosen.length > 0 ? chosen.map(item => item.label) : undefined;
}

/** Ask whether notebooks that hold the same import it too; nothing where there are none. */
async function pickOthers(chosen: readonly Candidate[]): Promise<{ others?: boolean } | undefined> {
  const most = Math.max(...chosen.map(candidate => candidate.others));
  if (most === 0) return {};
  const title = `${texts.extract.title}: ${texts.extract.pickOthers(most)}`;
  const answer = await vscode.window.showQuickPick([texts.extract.onlyHere, texts.extract.everywhere], { title });
  return answer === undefined ? undefined : { others: answer === texts.extract.everywhere };
}

/** Let the user choose an existing module or type a new one; the list follows what is typed. */
function pickModule(names: string[], modules: readonly string[], suggestion: string): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem>();
  pick.title = `${texts.extract.title}: ${names.join(', ')}`;
  pick.placeholder = texts.extract.pickModule;
  pick.value = suggestion;
  pick.ignoreFocusOut = true;
  const update = () => {
    const typed = normalizeModulePath(pick.value);
    const problem = typed === '' ? null : checkModulePath(typed);
    const fresh = typed !== '' && !modules.includes(typed);
    const first: vscode.QuickPickItem[] = fresh
      ? [
          {
            label: problem === null ? `$(new-file) ${typed}` : `$(error) ${problem}`,
            description: problem === null ? texts.extract.newModule : '',
            alwaysShow: true,
          },
        ]
      : [];
    const known = modules.map(label => ({
      label: `$(file-code) ${label}`,
      description: texts.extract.existingModule,
      alwaysShow: pick.value === suggestion,
    }));
    pick.items = [...first, ...known];
  };
  update();
  pick.onDidChangeValue(update);
  return new Promise(resolve => {
    pick.onDidAccept(() => {
      const label = pick.activeItems[0]?.label ?? pick.value;
      const path = label.replace(/^\$\([\w-]+\) /, '');
      if (checkModulePath(path) !== null) return;
      resolve(path);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}
