/** offbook in VS Code: puts the parts together. */

import {
  Command,
  commandName,
  REFACTORINGS,
  type PlanMessage,
  type RefactoringOptions,
  type StagedNotebookMessage,
} from '@offbook/client';
import * as vscode from 'vscode';
import { CellMarks } from './cellMarks';
import { RunLens } from './codeLens';
import { CommitView } from './commitView';
import { Findings } from './findings';
import { fixThroughText } from './fixOnSave';
import { GraphPanel } from './graph';
import { onInterpreterChange } from './interpreter';
import { offerTools } from './assistants';
import { LanguageTools } from './languageTools';
import { OutputReporter } from './outputs';
import { Refactorer } from './refactor';
import { refactor, refactorWith } from './refactorCommand';
import { RunChecks } from './run';
import { runCells } from './runCells';
import { runCommand } from './runCommand';
import { Server } from './server';
import { Status } from './status';
import { NotebookTests } from './testing';
import { UndoPoint } from './undo';
import { Verifier } from './verify';

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('offbook', { log: true });
  const findings = new Findings();
  const running = new Server(log, findings, context.extensionPath);
  const undoPoint = new UndoPoint();
  const verifier = new Verifier(undoPoint);
  const refactorer = new Refactorer(verifier, undoPoint);
  const marks = new CellMarks();
  const runs = new RunChecks(running, marks);
  const commit = new CommitView(running, runs, log);
  const graph = new GraphPanel(running, context.extensionUri, findings);
  const command = (name: string, handler: (...args: never[]) => unknown) =>
    vscode.commands.registerCommand(name, async (...args: never[]) => {
      try {
        await handler(...args);
      } catch (error) {
        log.error(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        void vscode.window.showErrorMessage(`offbook: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
  context.subscriptions.push(
    ...[log, findings, running, undoPoint, verifier, refactorer, marks, runs, graph, commit],
    new Status(running, findings, runs),
    new OutputReporter(running),
    offerTools(log),
    new LanguageTools(running, refactorer, runs, context.extensionPath, log),
    new NotebookTests(runs),
    new RunLens(runs),
    fixThroughText(),
    command(Command.refactor, (...args: unknown[]) => refactor(running, refactorer, ...args)),
    ...REFACTORINGS.map(info =>
      command(`offbook.${commandName(info.id)}`, (place: unknown, options?: RefactoringOptions) =>
        refactorWith(running, refactorer, info, place, options),
      ),
    ),
    command(Command.applyChanges, (plan: PlanMessage) => refactorer.apply(plan)),
    command(Command.runCells, runCells),
    command(Command.run, (argument: unknown) => runCommand(runs, log, argument)),
    command('offbook.runStaged', (item: StagedNotebookMessage) => commit.run(item)),
    command('offbook.installHook', () => commit.changeHook('install')),
    command('offbook.uninstallHook', () => commit.changeHook('uninstall')),
    command('offbook.showGraph', () => graph.show()),
    command('offbook.undoRefactoring', () => undoPoint.undo()),
    command('offbook.restart', () => running.restart()),
    command('offbook.showLog', () => log.show()),
    onInterpreterChange(() => void running.restart(), log),
    vscode.workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration('offbook.lint.enabled')) findings.refresh();
    }),
  );
  server = running;
  void running.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
