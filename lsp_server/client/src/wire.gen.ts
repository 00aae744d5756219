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
  outputs: 'offbook/outputs',
  graph: 'offbook/graph',
} as const;

/** What requests carry and answer. */
export interface Requests {
  'offbook/plan': { params: PlanParams; result: PlanResult };
  'offbook/verify': { params: VerifyParams; result: VerifyResult };
  'offbook/candidates': { params: CandidatesParams; result: CandidatesResult };
  'offbook/run': { params: RunParams; result: RunResult };
  'offbook/graph': { params: GraphParams; result: GraphResult };
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

/** Everything a refactoring would change. `id` names it in `offbook/verify`. */
export interface PlanMessage {
  id: string;
  refactoring: string;
  title: string;
  notebooks: NotebookChangeMessage[];
  files: FileChangeMessage[];
  summary: string[];
  warnings: string[];
}

/** Why there is no plan; `uri` and `range` say where. */
export interface RefusalMessage {
  reason: string;
  advice: string;
  uri: string | null;
  range: WireRange | null;
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

/** One thing that can be extracted: a definition and where it stands. */
export interface Candidate {
  name: string;
  kind: 'class' | 'function';
  cell: string;
  selected: boolean;
}

/** The definitions of the notebook, and the modules of the workspace (relative paths) that could take them. */
export interface CandidatesResult {
  candidates: Candidate[];
  modules: string[];
  suggestion: string;
}

/** `offbook/run`: restart and run all, in a fresh kernel of its own; the user's kernel is not touched. */
export interface RunParams {
  notebook: string;
  timeout?: number | null;
  workDoneToken?: string | number | null;
}

/** `offbook/runProgress` (notification): a cell of a running check starts or ends. */
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

/** The outcome of `offbook/run`; `message` says it in one sentence. */
export interface RunResult {
  status: 'cached' | 'dead-kernel' | 'differs' | 'failed' | 'passed' | 'skipped' | 'timeout';
  message: string;
  seconds: number;
  total: number;
  executed: number;
  failure: RunFailure | null;
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
