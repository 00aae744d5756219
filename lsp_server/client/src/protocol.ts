/** What the protocol names in strings: commands, refactorings and their options. */

/** Commands that the server's code actions name and a client carries out. */
export const Command = {
  /** Arguments: the notebook's URI, and an `ExtractModuleRequest`. */
  extractModule: 'offbook.extractModule',
  /** Arguments: the notebook's URI, the refactoring's id, and what is known of its options. */
  refactor: 'offbook.refactor',
  /** Argument: a `PlanMessage`. */
  applyChanges: 'offbook.applyChanges',
  /** Arguments: a cell's URI, and what to run in the user's own kernel: a `RunCells`. */
  runCells: 'offbook.runCells',
  /** Argument: the notebook's URI (the open one without it). */
  run: 'offbook.run',
} as const;

/** The cell, it and all below, or all cells in a restarted kernel. */
export type RunCells = 'cell' | 'below' | 'all';

/** Ids of the refactorings. */
export const Refactoring = {
  extractModule: 'extract.module',
} as const;

/** `PlanParams.options` of `extract.module`. */
export interface ExtractModuleOptions {
  /** The functions and classes to move. */
  names: string[];
  /** The module's path, relative to the workspace (`lib/cleaning.py`). */
  to: string;
  [option: string]: unknown;
}

/** The second argument of the command `offbook.extractModule`. */
export interface ExtractModuleRequest {
  names?: string[];
}
