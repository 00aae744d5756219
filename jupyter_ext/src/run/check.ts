/** Restarts and runs all, in a fresh kernel of the language server. */

import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import { duration, METHODS, texts, type RunProgress, type RunResult } from '@offbook/client';
import { CancellationTokenSource } from 'vscode-jsonrpc';
import { isCancelled, plain, reportError } from '../messages';
import type { SyncedNotebook } from '../sync/notebook';
import type { ILanguageServer, INotebooks } from '../tokens';
import { clearMarks, markRunning, showFailure } from './marks';
import type { RunStates } from './states';

export class RunCheck {
  private readonly running = new Map<SyncedNotebook, CancellationTokenSource>();

  constructor(
    private readonly server: ILanguageServer,
    notebooks: INotebooks,
    private readonly states: RunStates,
    private readonly trans: TranslationBundle,
  ) {
    server.onNotification<RunProgress>(METHODS.runProgress, progress => {
      const notebook = notebooks.ofUri(progress.notebook);
      if (!notebook || !this.running.has(notebook)) return;
      states.take(notebook, { kind: 'progress', progress });
      markRunning(notebook, progress);
    });
    const follow = (notebook: SyncedNotebook) =>
      notebook.edited.connect(() => states.take(notebook, { kind: 'edited' }));
    notebooks.opened.connect((_, notebook) => follow(notebook));
    for (const notebook of notebooks.all) follow(notebook);
  }

  isRunning(notebook: SyncedNotebook): boolean {
    return this.running.has(notebook);
  }

  cancel(notebook: SyncedNotebook): void {
    this.running.get(notebook)?.cancel();
  }

  /** Run the notebook and show how it went. */
  async run(notebook: SyncedNotebook, timeout: number | null, compare = false): Promise<void> {
    if (this.running.has(notebook)) return;
    if (compare && notebook.context.model.dirty) await notebook.context.save();
    const source = new CancellationTokenSource();
    this.running.set(notebook, source);
    clearMarks(notebook);
    notebook.flush();
    this.states.take(notebook, { kind: 'started' });
    const progress = new ProgressNotice(notebook, this.server, this.trans, () => source.cancel());
    try {
      const params = { notebook: notebook.uri, timeout, compare, workDoneToken: progress.token };
      const result = await this.server.ask(METHODS.run, params, source.token);
      this.states.take(notebook, { kind: 'finished', result });
      progress.close();
      clearMarks(notebook);
      await this.show(notebook, result);
    } catch (error) {
      this.states.take(notebook, { kind: 'stopped' });
      progress.close();
      clearMarks(notebook);
      if (isCancelled(error)) Notification.info(texts.run.cancelled, { autoClose: 3000 });
      else reportError(error);
    } finally {
      this.running.delete(notebook);
    }
  }

  private async show(notebook: SyncedNotebook, result: RunResult): Promise<void> {
    const { failure } = result;
    if (result.status === 'passed' || result.status === 'cached' || result.status === 'skipped') {
      Notification.success(`${plain(result.message)} (${duration(result.seconds)})`, { autoClose: 6000 });
      return;
    }
    if (result.status === 'differs') {
      Notification.warning(plain(result.message), { autoClose: 10_000 });
      return;
    }
    if (!failure) {
      Notification.error(plain(result.message), { autoClose: false });
      return;
    }
    const show = () => {
      clearMarks(notebook);
      notebook.panel.activate();
      return showFailure(notebook, failure, result.message, this.trans).catch(reportError);
    };
    if (notebook.panel.isVisible) await show();
    else
      Notification.error(plain(result.message), {
        autoClose: false,
        actions: [{ label: texts.run.showCell, callback: () => void show() }],
      });
  }
}

interface WorkDone {
  token: string | number;
  value: { kind: 'begin' | 'report' | 'end'; message?: string; percentage?: number };
}

/** The notification that follows a run, with a button that cancels it. */
class ProgressNotice {
  readonly token = UUID.uuid4();
  private readonly id: string;
  private readonly listening;

  constructor(notebook: SyncedNotebook, server: ILanguageServer, trans: TranslationBundle, cancel: () => void) {
    const name = notebook.path.slice(notebook.path.lastIndexOf('/') + 1);
    const title = (what: string) => trans.__('Checking %1: %2', name, what);
    const actions = [{ label: trans.__('Cancel'), callback: cancel }];
    this.id = Notification.emit(title(texts.run.starting), 'in-progress', { autoClose: false, actions });
    this.listening = server.onNotification<WorkDone>('$/progress', ({ token, value }) => {
      if (token !== this.token || value.kind === 'end') return;
      Notification.update({
        id: this.id,
        message: title(value.message || texts.run.starting),
        actions,
        autoClose: false,
        type: 'in-progress',
        ...(value.percentage === undefined ? {} : { progress: value.percentage / 100 }),
      });
    });
  }

  close(): void {
    this.listening.dispose();
    Notification.dismiss(this.id);
  }
}
