/** What is known of a notebook's last restart-and-run-all check. */

import { texts } from './texts.js';
import type { RunProgress, RunResult } from './wire.gen.js';

export type SettledRun =
  | { kind: 'never' }
  | { kind: 'verified'; seconds: number }
  | { kind: 'failed'; cell: string | null; index: number | null; message: string }
  | { kind: 'changed' };

export type RunState =
  SettledRun | { kind: 'running'; index: number; total: number; before: SettledRun; edited: boolean };

export type RunEvent =
  | { kind: 'started' }
  | { kind: 'progress'; progress: RunProgress }
  | { kind: 'finished'; result: RunResult }
  | { kind: 'stopped' }
  | { kind: 'edited' };

/** The outcomes of a notebook that runs to its end, whether or not it shows what it showed. */
const RAN: ReadonlySet<RunResult['status']> = new Set(['passed', 'cached', 'differs']);

export const NEVER_RUN: RunState = { kind: 'never' };

/** Return the state after an event. A result of code that was edited during the run counts as changed. */
export function nextRunState(state: RunState, event: RunEvent): RunState {
  switch (event.kind) {
    case 'started':
      return state.kind === 'running' ? state : { kind: 'running', index: 0, total: 0, before: state, edited: false };
    case 'progress':
      if (state.kind !== 'running') return state;
      return { ...state, index: event.progress.index, total: event.progress.total };
    case 'finished':
      return finished(state, event.result);
    case 'stopped':
      return state.kind === 'running' ? settled(state.before, state.edited) : state;
    case 'edited':
      if (state.kind === 'running') return { ...state, edited: true };
      return settled(state, true);
  }
}

/** Say the state in a few words. */
export function describeRunState(state: RunState): string {
  switch (state.kind) {
    case 'never':
      return texts.run.never;
    case 'running':
      return state.total ? texts.run.running(state.index, state.total) : texts.run.starting;
    case 'verified':
      return texts.run.verified;
    case 'failed':
      return state.index === null ? texts.run.failedSomewhere : texts.run.failed(state.index);
    case 'changed':
      return texts.run.changed;
  }
}

function finished(state: RunState, result: RunResult): SettledRun {
  const edited = state.kind === 'running' && state.edited;
  if (result.status === 'skipped') return settled(state.kind === 'running' ? state.before : state, edited);
  if (edited) return { kind: 'changed' };
  if (RAN.has(result.status)) return { kind: 'verified', seconds: result.seconds };
  const failure = result.failure ?? null;
  return { kind: 'failed', cell: failure?.cell ?? null, index: failure?.index ?? null, message: result.message };
}

function settled(state: SettledRun, edited: boolean): SettledRun {
  return edited && state.kind !== 'never' ? { kind: 'changed' } : state;
}
