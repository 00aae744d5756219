/** What is known of the last check of each open notebook. */

import { Signal, type ISignal } from '@lumino/signaling';
import { NEVER_RUN, nextRunState, type RunEvent, type RunResult, type RunState } from '@offbook/client';
import type { SyncedNotebook } from '../sync/notebook';
import type { IRunChecks } from '../tokens';

export class RunStates implements IRunChecks {
  private readonly states = new WeakMap<SyncedNotebook, RunState>();
  private readonly results = new WeakMap<SyncedNotebook, RunResult>();
  private readonly changed_ = new Signal<IRunChecks, SyncedNotebook>(this);

  get changed(): ISignal<IRunChecks, SyncedNotebook> {
    return this.changed_;
  }

  state(notebook: SyncedNotebook): RunState {
    return this.states.get(notebook) ?? NEVER_RUN;
  }

  /** What the last check that ended has answered. */
  result(notebook: SyncedNotebook): RunResult | null {
    return this.results.get(notebook) ?? null;
  }

  take(notebook: SyncedNotebook, event: RunEvent): void {
    const before = this.state(notebook);
    const after = nextRunState(before, event);
    if (event.kind === 'finished') this.results.set(notebook, event.result);
    if (after === before) return;
    this.states.set(notebook, after);
    this.changed_.emit(notebook);
  }
}
