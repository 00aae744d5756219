/** What the plugins of this extension need from each other. */

import type { ISharedCell, ISharedNotebook, ISharedText } from '@jupyter/ydoc';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { PlanMessage, Requests, RunResult, RunState } from '@offbook/client';
import type { CancellationToken } from 'vscode-jsonrpc';
import type { CodeAction, Command, Diagnostic, Range, WorkspaceEdit } from 'vscode-languageserver-protocol';
import type { EditorPlace } from './navigation/place';
import type { SyncedNotebook } from './sync/notebook';
import type { Uris } from './uris';

export type ServerState = 'starting' | 'ready' | 'stopped';

/** The connection to the language server. */
export interface ILanguageServer {
  readonly uris: Uris;
  readonly state: ServerState;
  readonly stateChanged: ISignal<ILanguageServer, ServerState>;
  /** Connect, if that was not done before: when there is the first notebook. */
  start(): void;
  /** Ask something that the language server protocol has; fails where the server is not there. */
  request<Result>(method: string, params: object, token?: CancellationToken): Promise<Result>;
  /** Ask something that is ours. */
  ask<M extends keyof Requests>(
    method: M,
    params: Requests[M]['params'],
    token?: CancellationToken,
  ): Promise<Requests[M]['result']>;
  /** Tell something; nothing happens where the server is not there. */
  notify(method: string, params: object): void;
  /** Listen to a notification, over all connections to come. */
  onNotification<Params>(method: string, handler: (params: Params) => void): IDisposable;
  /** Connect again at once. */
  restart(): void;
}

export const ILanguageServer = new Token<ILanguageServer>(
  '@offbook/jupyterlab:ILanguageServer',
  'The connection to the offbook language server.',
);

/** The open notebooks, as the language server knows them. */
export interface INotebooks {
  /** The notebook in front. */
  readonly current: SyncedNotebook | null;
  readonly currentChanged: ISignal<INotebooks, SyncedNotebook | null>;
  readonly all: Iterable<SyncedNotebook>;
  readonly opened: ISignal<INotebooks, SyncedNotebook>;
  ofUri(uri: string): SyncedNotebook | null;
  ofCell(uri: string): SyncedNotebook | null;
  ofShared(notebook: ISharedNotebook | null): SyncedNotebook | null;
  ofPanel(panel: NotebookPanel): SyncedNotebook | null;
  /** Return a notebook, opened if it is not. */
  open(path: string): Promise<SyncedNotebook>;
}

export const INotebooks = new Token<INotebooks>(
  '@offbook/jupyterlab:INotebooks',
  'The open notebooks, kept in step with the language server.',
);

/** What is diagnosed, by cell or module. */
export interface IFindings {
  readonly changed: ISignal<IFindings, string>;
  /** Hear of changes of the cells of one id, or of modules (`null`): a notebook may have thousands of cells. */
  listen(cell: string | null, listener: (uri: string) => void): IDisposable;
  /** The findings of a cell's document. */
  of(uri: string): readonly Diagnostic[];
  /** How many findings a notebook has; hints are not counted. */
  count(notebook: SyncedNotebook): number;
}

export const IFindings = new Token<IFindings>('@offbook/jupyterlab:IFindings', 'The diagnostics of each cell.');

/** Carries out plans. */
export interface IPlans {
  /**
   * Change the files and the notebooks of a plan, so that one undo in the notebook brings it all back.
   *
   * `snapshot` is what the plan's first notebook held when the plan was asked for. Nothing changes where it fails.
   */
  apply(plan: PlanMessage, snapshot?: string): Promise<void>;
  /** Carry out edits of cells and files, open or not, in the same way; return how many of both were changed. */
  applyEdit(title: string, edit: WorkspaceEdit): Promise<{ notebooks: number; files: number }>;
}

export const IPlans = new Token<IPlans>('@offbook/jupyterlab:IPlans', 'Carries out refactorings.');

/** Fixes, and how they are carried out. */
export interface IFixes {
  /** Ask for what can be done at a place. */
  at(cell: ISharedCell, range: Range, diagnostics: readonly Diagnostic[]): Promise<(CodeAction | Command)[]>;
  /** Ask for what can be done about a finding in a module. */
  inModule(uri: string, finding: Diagnostic): Promise<(CodeAction | Command)[]>;
  apply(action: CodeAction | Command): Promise<void>;
  /** Carry out a fix in a module that an editor shows. */
  applyInModule(module: ISharedText, uri: string, action: CodeAction | Command): Promise<void>;
}

export const IFixes = new Token<IFixes>('@offbook/jupyterlab:IFixes', 'Quick fixes and how to apply them.');

/** How the last check of each notebook went. */
export interface IRunChecks {
  /** Emitted with the notebook whose state has changed. */
  readonly changed: ISignal<IRunChecks, SyncedNotebook>;
  state(notebook: SyncedNotebook): RunState;
  /** What the last check that ended has answered. */
  result(notebook: SyncedNotebook): RunResult | null;
}

export const IRunChecks = new Token<IRunChecks>(
  '@offbook/jupyterlab:IRunChecks',
  'How the last check of each notebook went.',
);

/** Goes to places. */
export interface INavigator {
  /** Whether a place was left to which `back` returns. */
  readonly canGoBack: boolean;
  /** Show a place in a cell or a file. */
  show(uri: string, range: Range | null): Promise<void>;
  /** Leave the cursor's place for another one. */
  leave(place: EditorPlace, uri: string, range: Range): Promise<void>;
  /** Return to the place that was left last. */
  back(): Promise<void>;
}

export const INavigator = new Token<INavigator>('@offbook/jupyterlab:INavigator', 'Goes to places in cells and files.');

/** The user's settings, as they are now. */
export interface ISettings {
  /** Whether a refactoring is verified while its preview is shown. */
  readonly verify: boolean;
  /** Seconds that a check may take; 0 for no limit of ours. */
  readonly runTimeout: number;
}

export const ISettings = new Token<ISettings>('@offbook/jupyterlab:ISettings', 'The settings of offbook.');
