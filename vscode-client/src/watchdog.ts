/** Notices a server that is alive and answers nothing. */

/** How often it is asked, and how long an answer may take. */
const EVERY_MS = 10_000;
const PATIENCE_MS = 20_000;

export class Watchdog {
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param ask sends a request that costs nothing; an error is an answer, too.
   * @param hung is called once, where no answer came in time.
   */
  constructor(
    private readonly ask: () => Promise<unknown>,
    private readonly hung: () => void,
  ) {}

  start(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), EVERY_MS);
  }

  private look(): void {
    const late = setTimeout(() => {
      this.stop();
      this.hung();
    }, PATIENCE_MS);
    this.timer = late;
    const answered = () => {
      if (this.timer === late) this.start();
    };
    this.ask().then(answered, answered);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
