/** A section of the side panel that is drawn again when the notebook in front, or what is known of it, changes. */

import { Debouncer } from '@lumino/polling';
import { Widget } from '@lumino/widgets';
import type { SyncedNotebook } from '../sync/notebook';
import type { IFindings, INotebooks } from '../tokens';

const DELAY_MS = 200;

export abstract class Section extends Widget {
  private readonly redraw = new Debouncer(() => this.draw(this.notebooks.current), DELAY_MS);

  constructor(
    title: string,
    protected readonly notebooks: INotebooks,
    protected readonly findings: IFindings,
  ) {
    super();
    this.title.label = title;
    notebooks.currentChanged.connect(this.changed, this);
    findings.changed.connect(this.changed, this);
  }

  /** Show what is known of a notebook; called only while the section can be seen. */
  protected abstract draw(notebook: SyncedNotebook | null): void | Promise<void>;

  protected override onAfterShow(): void {
    this.changed();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.redraw.dispose();
    super.dispose();
  }

  protected changed(): void {
    if (this.isVisible) void this.redraw.invoke();
  }
}
