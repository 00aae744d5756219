/** The toolbar's two buttons: how many findings there are, and how the last check went. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { type LabIcon, ReactWidget, ToolbarButtonComponent, UseSignal } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import { describeRunState, texts, type RunState } from '@offbook/client';
import * as React from 'react';
import { changedIcon, checkIcon, failedIcon, findingsIcon, neverIcon, runningIcon } from '../icons';
import type { SyncedNotebook } from '../sync/notebook';
import type { IFindings, INotebooks } from '../tokens';
import type { RunStates } from './states';

const ICONS: Record<RunState['kind'], LabIcon> = {
  never: neverIcon,
  running: runningIcon,
  verified: checkIcon,
  failed: failedIcon,
  changed: changedIcon,
};

/** A widget that is drawn again whenever `update` is called. */
abstract class LiveButton extends ReactWidget {
  protected readonly redraw = new Signal<LiveButton, void>(this);

  constructor(protected readonly notebook: () => SyncedNotebook | null) {
    super();
    this.addClass('jp-CommandToolbarButton');
  }

  protected override render(): React.ReactElement {
    return <UseSignal signal={this.redraw}>{() => this.draw(this.notebook())}</UseSignal>;
  }

  protected abstract draw(notebook: SyncedNotebook | null): React.ReactElement;
}

export class RunButton extends LiveButton {
  constructor(
    notebook: () => SyncedNotebook | null,
    notebooks: INotebooks,
    private readonly states: RunStates,
    private readonly trans: TranslationBundle,
    private readonly toggle: (running: boolean) => void,
  ) {
    super(notebook);
    this.addClass('offbook-RunButton');
    states.changed.connect(this.onChange, this);
    notebooks.opened.connect(this.onChange, this);
    notebooks.currentChanged.connect(this.onChange, this);
  }

  protected override draw(notebook: SyncedNotebook | null): React.ReactElement {
    const state = notebook ? this.states.state(notebook) : ({ kind: 'never' } as const);
    const words = describeRunState(state);
    const running = state.kind === 'running';
    const action = running ? this.trans.__('Cancel the run') : texts.run.action;
    return (
      <ToolbarButtonComponent
        className={`offbook-RunButton-button offbook-mod-${state.kind}`}
        icon={ICONS[state.kind]}
        label={words}
        tooltip={`${action} (${words})`}
        enabled={notebook !== null}
        dataset={{ 'data-state': state.kind }}
        onClick={() => this.toggle(running)}
      />
    );
  }

  private onChange(_: unknown, changed: SyncedNotebook | null): void {
    if (changed === this.notebook()) this.redraw.emit();
  }
}

export class FindingsButton extends LiveButton {
  constructor(
    notebook: () => SyncedNotebook | null,
    notebooks: INotebooks,
    private readonly findings: IFindings,
    private readonly trans: TranslationBundle,
    private readonly next: () => void,
  ) {
    super(notebook);
    this.addClass('offbook-FindingsButton');
    findings.changed.connect(this.onFindings, this);
    notebooks.opened.connect(this.onOpened, this);
    notebooks.currentChanged.connect(this.onOpened, this);
  }

  protected override draw(notebook: SyncedNotebook | null): React.ReactElement {
    const count = notebook ? this.findings.count(notebook) : 0;
    return (
      <ToolbarButtonComponent
        className={`offbook-FindingsButton-button ${count ? 'offbook-mod-some' : ''}`}
        icon={findingsIcon}
        label={texts.findings(count)}
        tooltip={count ? this.trans.__('Go to the next finding') : this.trans.__('No rule has found anything here')}
        enabled={count > 0}
        dataset={{ 'data-count': String(count) }}
        onClick={this.next}
      />
    );
  }

  private onFindings(_: unknown, uri: string): void {
    const notebook = this.notebook();
    if (notebook && notebook.cellOf(uri)) this.redraw.emit();
  }

  private onOpened(_: unknown, opened: SyncedNotebook | null): void {
    if (opened === this.notebook()) this.redraw.emit();
  }
}
