/** What is known of the last check of each open notebook. */

import { Signal, type ISignal } from '@lumino/signaling';
import { NEVER_RUN, nextRunState, type RunEvent, type RunState } from '@offbook/client';
import type { SyncedNotebook } from '../sync/notebook';

export class RunStates {
  private readonly states = new WeakMap<SyncedNotebook, RunState>();
  private readonly changed_ = new Signal<RunStates, SyncedNotebook>(this);

  get changed(): ISignal<RunStates, SyncedNotebook> {
    return this.changed_;
  }

  of(notebook: SyncedNotebook): RunState {
    return this.states.get(notebook) ?? NEVER_RUN;
  }

  take(notebook: SyncedNotebook, event: RunEvent): void {
    const before = this.of(notebook);
    const after = nextRunState(before, event);
    if (after === before) return;
    this.states.set(notebook, after);
    this.changed_.emit(notebook);
  }
}
