/** Decides whether and when a server that died is started again. */

/** At most this many crashes within the window; then it stays down until the user asks. */
const MOST_CRASHES = 5;
const WINDOW_MS = 3 * 60_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

export class RestartPolicy {
  private crashes: number[] = [];

  /** Note a crash at `now` (milliseconds); return the delay before the next start, or `null` to give up. */
  crashed(now: number): number | null {
    this.crashes = [...this.crashes.filter(time => now - time < WINDOW_MS), now];
    if (this.crashes.length > MOST_CRASHES) return null;
    return Math.min(FIRST_DELAY_MS * 2 ** (this.crashes.length - 1), LONGEST_DELAY_MS);
  }

  /** The crashes that still count. */
  get count(): number {
    return this.crashes.length;
  }

  /** Forget all crashes: the user asked for a restart. */
  reset(): void {
    this.crashes = [];
  }
}
