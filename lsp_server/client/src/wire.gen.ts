// Generated from lsp_server/offbook/wire by `python -m offbook.devtools.generate`. Do not edit.

/** Raised with every change that an older client could not read. */
export const PROTOCOL_VERSION = 1;

/** The names of our own methods. */
export const METHODS = {
  plan: 'offbook/plan',
  verify: 'offbook/verify',
  candidates: 'offbook/candidates',
  run: 'offbook/run',
  runProgress: 'offbook/runProgress',
  freshOutputs: 'offbook/freshOutputs',
  outputs: 'offbook/outputs',
  graph: 'offbook/graph',
  staged: 'offbook/staged',
  ping: 'offbook/ping',
} as const;

/** What requests carry and answer. */
export interface Requests {
  'offbook/plan': { params: PlanParams; result: PlanResult };
  'offbook/verify': { params: VerifyParams; result: VerifyResult };
  'offbook/candidates': { params: CandidatesParams; result: CandidatesResult };
  'offbook/run': { params: RunParams; result: RunResult };
  'offbook/freshOutputs': { params: FreshOutputsParams; result: FreshOutputsResult };
  'offbook/graph': { params: GraphParams; result: GraphResult };
  'offbook/staged': { params: StagedParams; result: StagedResult };
  'offbook/ping': { params: PingParams; result: PingResult };
}

/** What notifications carry. */
export interface Notifications {
  'offbook/runProgress': RunProgress;
  'offbook/outputs': OutputsParams;
}

/** A position as in LSP. */
export interface WirePosition {
  line: number;
  character: number;
}

/** A range as in LSP. */
export interface WireRange {
  start: WirePosition;
  end: WirePosition;
}

/** Give a cell a new source. A client refuses it where the cell no longer holds `before`. */
export interface ReplaceSourceMessage {
  kind: 'replaceSource';
  cell: string;
  before: string;
  after: string;
}

/** Insert a cell behind the cell `after`, or at the top; insertions at one place keep their order. */
export interface InsertCellMessage {
  kind: 'insertCell';
  after: string | null;
  id: string;
  cellKind: 'code' | 'markdown' | 'raw';
  source: string;
}

/** Delete a cell. A client refuses it where the cell no longer holds `before`. */
export interface DeleteCellMessage {
  kind: 'deleteCell';
  cell: string;
  before: string;
}

/** Keep the first lines of a cell's stored text outputs, and say in the output how many were cut. */
export interface TrimOutputsMessage {
  kind: 'trimOutputs';
  cell: string;
  lines: number;
}

/** Take some of a cell's outputs away: their numbers, from 0. Skipped where there are not `total` by now. */
export interface DropOutputsMessage {
  kind: 'dropOutputs';
  cell: string;
  outputs: number[];
  total: number;
}

export type CellChangeMessage = ReplaceSourceMessage | InsertCellMessage | DeleteCellMessage | TrimOutputsMessage | DropOutputsMessage;

/** Changes of one notebook; `version` is the document version they were made for (`null`: it is not open). */
export interface NotebookChangeMessage {
  uri: string;
  version: number | null;
  changes: CellChangeMessage[];
}

/** A text file created (`before` is null) or rewritten. */
export interface FileChangeMessage {
  uri: string;
  before: string | null;
  after: string;
}

/**
 * Everything a refactoring would change. `id` names it in `offbook/verify`.
 *
 * `unsafe`: it is applied only once it was verified.
 */
export interface PlanMessage {
  id: string;
  refactoring: string;
  title: string;
  notebooks: NotebookChangeMessage[];
  files: FileChangeMessage[];
  summary: string[];
  warnings: string[];
  unsafe: boolean;
}

/** More options with which there may be a plan; `title` is for the button that asks again with them. */
export interface RemedyMessage {
  title: string;
  options: Record<string, unknown>;
}

/** Why there is no plan; `uri` and `range` say where. */
export interface RefusalMessage {
  reason: string;
  advice: string;
  uri: string | null;
  range: WireRange | null;
  remedy: RemedyMessage | null;
}

/** `offbook/plan`: ask for a refactoring of a notebook. `cell` and `range` tell what is selected. */
export interface PlanParams {
  notebook: string;
  refactoring: string;
  cell?: string | null;
  range?: WireRange | null;
  options?: Record<string, unknown>;
}

/** Either a plan or a refusal. */
export interface PlanResult {
  plan: PlanMessage | null;
  refusal: RefusalMessage | null;
}

/** `offbook/verify`: run the notebooks of a plan before and after it, in scratch copies, and compare. */
export interface VerifyParams {
  planId: string;
  workDoneToken?: string | number | null;
}

/** The verdict of a verification; `message` is for the user. */
export interface VerifyResult {
  verdict: 'could-not-run' | 'differs' | 'verified';
  message: string;
  seconds: number;
  before: string;
  after: string;
}

/** `offbook/candidates`: what a refactoring could be asked for, to fill its dialog. */
export interface CandidatesParams {
  notebook: string;
  refactoring: string;
  cell?: string | null;
  range?: WireRange | null;
}

/** One thing that can be extracted: a definition, where it stands, and how many other notebooks hold the same. */
export interface Candidate {
  name: string;
  kind: 'class' | 'function';
  cell: string;
  selected: boolean;
  others: number;
}

/** The definitions of the notebook, and the modules of the workspace (relative paths) that could take them. */
export interface CandidatesResult {
  candidates: Candidate[];
  modules: string[];
  suggestion: string;
}

/**
 * `offbook/run`: restart and run all, in a fresh kernel of its own; the user's kernel is not touched.
 *
 * With `compare`, what it shows is held against the outputs in the saved file: a client saves first. The result's
 * status is `differs` where a run that passed shows something else, and `differences` holds what.
 */
export interface RunParams {
  notebook: string;
  timeout?: number | null;
  compare?: boolean;
  workDoneToken?: string | number | null;
}

/**
 * `offbook/runProgress` (notification): a cell of a running check starts or ends.
 *
 * `index` is its place among all cells of the notebook, from 0, and `total` is their number.
 */
export interface RunProgress {
  notebook: string;
  cell: string;
  index: number;
  total: number;
  state: 'failed' | 'passed' | 'running';
  seconds: number;
}

/** The cell that failed, and why; `explanation` comes from the notebook's data flow and may be empty. */
export interface RunFailure {
  cell: string | null;
  index: number;
  ename: string;
  evalue: string;
  traceback: string;
  explanation: string;
}

/**
 * One thing that a cell shows, in the form that `kind` names; everything in it comes from outside.
 *
 * `text` and `rows` are plain text, never markup, and without what changes in every run (addresses, times). A
 * picture is base64 of the type `mimeType`: it belongs in an `<img>`, where no script of an SVG runs.
 * `mimeType` is `stdout`, `stderr` or `error` for what is no display.
 */
export interface ShownOutput {
  kind: 'picture' | 'table' | 'text';
  mimeType: string;
  text: string;
  rows: string[][];
  picture: string;
}

/**
 * What a cell shows otherwise than the file: `what` says it in words.
 *
 * Where `before` (the file) and `after` (the run) hold one output each, of one `mimeType`, these belong together
 * and a diff of them says most. Otherwise the outputs do not correspond, and either may be empty. Both are empty where
 * there is nothing to show; `cell` is `null` where it is about no cell.
 */
export interface OutputDifference {
  cell: string | null;
  index: number;
  what: string;
  before: ShownOutput[];
  after: ShownOutput[];
}

/** The outcome of `offbook/run`; `message` says it in one sentence, `notes` what else there is to know. */
export interface RunResult {
  status: 'cached' | 'dead-kernel' | 'differs' | 'failed' | 'passed' | 'skipped' | 'timeout';
  message: string;
  seconds: number;
  total: number;
  executed: number;
  failure: RunFailure | null;
  differences: OutputDifference[];
  notes: string[];
}

/**
 * `offbook/freshOutputs`: what the last `offbook/run` that passed has shown, to put it into the notebook.
 *
 * The server refuses with a message for the user where there is no such run, and where the code has changed since.
 */
export interface FreshOutputsParams {
  notebook: string;
}

/** The outputs of one code cell in the notebook format's JSON, multi-line texts joined. */
export interface FreshOutputs {
  cell: string;
  executionCount: number | null;
  outputs: Record<string, unknown>[];
}

/**
 * The cells that are to show something else; a client replaces their outputs in one step that can be undone.
 *
 * Cells that did not run lose theirs. Those that are not named keep what they show.
 */
export interface FreshOutputsResult {
  cells: FreshOutputs[];
}

/** What one output looks like; its content stays with the client. */
export interface OutputShape {
  kind: 'display' | 'error' | 'result' | 'stream';
  name?: string;
  mimeTypes?: string[];
  lines?: number;
  widest?: number;
  rows?: number;
  size?: number;
  noise?: '' | 'installer' | 'log' | 'progress' | 'warnings';
  noisyLines?: number;
}

/** The outputs of one cell; `running` where it just starts to run, with the source that the server knows. */
export interface CellOutputs {
  cell: string;
  executionCount: number | null;
  outputs: OutputShape[];
  running?: boolean;
}

/** `offbook/outputs` (notification): outputs of some cells of an open notebook, which LSP does not carry. */
export interface OutputsParams {
  notebook: string;
  cells: CellOutputs[];
}

/** `offbook/graph`: ask for the cell graph of an open notebook. */
export interface GraphParams {
  notebook: string;
}

/** The graph as an SVG without scripts; its elements' `data-` attributes name cells, rows and refactorings. */
export interface GraphResult {
  svg: string;
}

/** `offbook/staged`: ask for the notebooks that the next commit of a work tree concerns; `folder` is its URI. */
export interface StagedParams {
  folder: string;
}

/** One of them: `verified` where it is known to run as it is staged; `problem` says why it cannot be read. */
export interface StagedNotebookMessage {
  notebook: string;
  verified: boolean;
  problem: string;
}

/** The notebooks, and whether offbook's hook runs them before the commit. */
export interface StagedResult {
  notebooks: StagedNotebookMessage[];
  hook: boolean;
}

/** `offbook/ping`: ask for nothing, to see whether the server answers. */
export interface PingParams {
}

/** It does. */
export interface PingResult {
}
