/** Every sentence that both editors show, in one place. `translate` hooks are theirs. */

import type { RunResult, VerifyResult } from './wire.gen.js';

/** The command that installs the language server for an interpreter. */
export function installCommand(python: string, upgrade = false): string {
  return `${quoted(python)} -m pip install ${upgrade ? '--upgrade ' : ''}offbook`;
}

/** The command that puts the hook into the repository of the current folder, or takes it out. */
export function hookCommand(python: string, action: 'install' | 'uninstall'): string {
  return `${quoted(python)} -m offbook hook ${action}`;
}

function quoted(program: string): string {
  return /[\s"'$`\\()&;]/.test(program) ? `"${program.replace(/(["$`\\])/g, '\\$1')}"` : program;
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Return seconds as people say them: `0.4 s`, `12 s`, `3 min 5 s`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Join sentences: each begins with a capital and ends with a full stop; empty ones are left out. */
export function sentences(...parts: readonly string[]): string {
  const whole = parts.map(part => part.trim()).filter(part => part !== '');
  return whole.map(part => part.charAt(0).toUpperCase() + part.slice(1) + (/[.!?:]$/.test(part) ? '' : '.')).join(' ');
}

export const texts = {
  cell: (index: number) => `Cell ${index + 1}`,
  newCell: 'New cell',
  trimOutputs: (lines: number) => `Its text outputs keep their first ${plural(lines, 'line')}.`,
  dropOutputs: (count: number) => `${plural(count, 'stored output')} ${count === 1 ? 'is' : 'are'} cleared.`,
  findings: (count: number) => (count === 0 ? 'no findings' : plural(count, 'finding')),
  changes: (notebooks: number, files: number) =>
    [notebooks && plural(notebooks, 'notebook'), files && plural(files, 'file')].filter(Boolean).join(' and '),

  extract: {
    title: 'Extract to module',
    pickDefinitions: 'Functions and classes to move; what they need comes along',
    pickModule: 'Module to move them to, as a path in the workspace',
    existingModule: 'existing module',
    newModule: 'new module',
    onlyHere: 'Only this notebook',
    everywhere: 'Other notebooks that hold the same import it too',
    pickOthers: (count: number) => `${plural(count, 'other notebook')} ${count === 1 ? 'holds' : 'hold'} the same`,
    noNotebook: 'Open a notebook first.',
    nothing: 'This notebook defines no function or class at the top level of a cell, so there is nothing to extract.',
    badModule: 'Give a path inside the workspace that ends in `.py`, such as `lib/cleaning.py`.',
    badName: (part: string) => `\`${part}\` cannot be imported: use letters, digits and underscores.`,
  },

  graph: {
    title: 'Cell graph',
    smaller: 'Smaller',
    larger: 'Larger',
    wholeSize: 'Whole size: 100 %',
    noNotebook: 'Open a notebook to see what flows between its cells.',
    noCode: 'This notebook has no code yet.',
    broken: 'The graph could not be drawn. Restart the language server, and report it if that does not help.',
  },

  problems: {
    title: 'Problems',
    filter: 'Filter by words, code or cell',
    none: 'No problems were found in this notebook.',
    noMatch: 'No problem matches the filter.',
    noNotebook: 'Open a notebook to see its problems.',
    fix: (code: string) => `What can be done about ${code}`,
    noFix: 'There is no fix for this one: its page says what to do.',
  },

  refactor: {
    title: 'Refactor the notebook',
    preview: 'Preview',
    mayBeEmpty: 'It may be left empty',
    needed: 'This is needed.',
    wholeNumber: 'Give a whole number.',
    number: 'Give a number.',
  },

  rename: {
    title: (name: string) => `Rename \`${name}\``,
    label: 'New name',
    action: 'Rename',
    nothing: 'There is nothing to rename at the cursor.',
    done: (name: string, places: string) => `Renamed to \`${name}\` in ${places}.`,
  },

  references: {
    nothing: 'No other place was found for what is at the cursor.',
  },

  plan: {
    preparing: 'Preparing a preview',
    apply: 'Apply',
    applyAndVerify: 'Apply and Verify',
    verifyFirst: 'Verify, Then Apply',
    unsafe: 'It can be applied once a run before and after it has shown the same.',
    showPlace: 'Show the Place',
    discard: 'Discard',
    nothing: 'This would change nothing.',
    applied: (title: string) => `${title}: done. One undo brings it all back.`,
    stale: 'The notebook has changed since this was prepared, so nothing was changed. Ask for it again.',
    staleFile: (name: string) =>
      `\`${name}\` has changed since this was prepared, so nothing was changed. Ask for it again.`,
    notOpen: (name: string) => `\`${name}\` could not be opened, so nothing was changed.`,
    readOnly: (name: string) => `\`${name}\` is read-only, so nothing was changed. Save it under another name first.`,
    failed: 'The editor refused the change; nothing was changed.',
  },

  verify: {
    action: 'Verify',
    undo: 'Undo',
    showDifferences: 'Show Differences',
    differences: 'Results before and after',
    running: 'Running before and after, in fresh kernels',
    verdict: (result: VerifyResult) => sentences(result.message, `It took ${duration(result.seconds)}`),
  },

  run: {
    action: 'Restart and run all, in a fresh kernel',
    title: (name: string) => `Running ${name}`,
    starting: 'starting a fresh kernel',
    progress: (index: number, total: number) => `cell ${index + 1} of ${total}`,
    cancelled: 'The run was cancelled.',
    never: 'not run yet',
    running: (index: number, total: number) => `running cell ${index + 1} of ${total}`,
    verified: 'runs to the end',
    failed: (cell: number) => `fails in cell ${cell + 1}`,
    failedSomewhere: 'does not run',
    changed: 'changed since its last run',
    outcome: (result: RunResult) => sentences(result.message, result.failure?.explanation ?? ''),
    showCell: 'Show the Cell',
    showTraceback: 'Show the Traceback',
    mark: {
      running: 'running',
      passed: (time: string) => time,
      failed: 'failed',
      failedWith: (error: string) => `fails in a fresh kernel: ${error}`,
      tooltip: (text: string) => `Restart and run all: ${text}`,
    },
    unsaved: 'Save the notebook first: a fresh kernel runs in its folder.',
    restricted: 'Running a notebook runs its code: trust this workspace first.',
  },

  commit: {
    verified: 'runs to the end',
    unverified: 'not verified',
    broken: 'cannot be read',
    whyVerified: 'As it is staged, it ran from top to bottom, and nothing that it depends on has changed since.',
    whyUnverified: 'It was not run as it is staged, or something that it depends on has changed since.',
    badge: (count: number) => `${plural(count, 'staged notebook')} not verified`,
    noHook: 'Nothing runs them before the commit.',
    noRepository: 'There is no git repository in this workspace.',
    open: 'Open the notebook',
  },

  tools: {
    apply: 'The notebook runs before and after this in fresh kernels; it is applied only if the results are the same.',
    run: 'This runs all code of the notebook, in a kernel of its own. The notebook is not changed.',
    notApplied: 'Nothing was changed',
    outside: (path: string) => `\`${path}\` is no notebook of this workspace.`,
  },

  report: {
    title: 'Last check',
    noNotebook: 'Open a notebook to see how its last check went.',
    never: 'This notebook was not run yet. Restart and run all, in a fresh kernel, to see how it goes.',
    outdated: 'The notebook has changed since.',
    unexplained: 'The cell itself fails: nothing in the order of the cells explains it.',
    traceback: 'Traceback',
    runFrom: 'Run from Here',
    accept: 'Accept the New Outputs',
    accepted: (count: number) =>
      count === 0
        ? 'The notebook shows all that already.'
        : `${plural(count, 'cell')} took over the new outputs. One undo brings the old ones back.`,
    before: 'In the file',
    after: 'In the run',
    nothing: 'nothing',
    diff: 'What differs, line by line',
    output: 'Output',
  },

  tests: {
    title: 'Notebooks that run to the end',
    compare: 'Run and compare the outputs',
    cell: (number: string, state: string, seconds: number) => `${number} ${state} (${duration(seconds)})`,
  },

  server: {
    notReady: 'The offbook server is not ready yet. See its log, or restart it.',
    starting: 'starting',
    ready: 'ready',
    stopped: 'stopped',
    missing: (python: string) => `offbook is not installed for ${python}. Install it with: ${installCommand(python)}`,
    noPython: (python: string) =>
      `There is no Python at \`${python}\`. Choose an interpreter, or set \`offbook.interpreter\`.`,
    tooOld: (python: string, version: string) =>
      `offbook ${version} in ${python} is too old for this extension. Update it with: ${installCommand(python, true)}`,
    tooNew: (version: string) => `offbook ${version} is newer than this extension. Update the extension.`,
    unknownVersion: 'of an unknown version',
    notOffbook: (name: string) => `The language server says it is \`${name}\`, not offbook.`,
    gaveUp: (crashes: number) => `The offbook server stopped ${crashes} times and was not started again. See its log.`,
    copyCommand: 'Copy Command',
    runInTerminal: 'Install in Terminal',
    showLog: 'Show Log',
    restart: 'Restart',
  },
} as const;
