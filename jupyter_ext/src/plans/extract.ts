/** The way from "Extract to module..." to a changed and verified notebook. */

import { Dialog, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  METHODS,
  previewPlan,
  Refactoring,
  snapshot,
  texts,
  type PlanMessage,
  type RefactoringOptions,
  type RefusalMessage,
  type VerifyResult,
} from '@offbook/client';
import { CancellationTokenSource } from 'vscode-jsonrpc';
import { isCancelled, plain, reportError } from '../messages';
import type { SyncedNotebook } from '../sync/notebook';
import type { ILanguageServer, INavigator, INotebooks, IPlans } from '../tokens';
import { askExtraction, type ExtractChoice } from './extractDialog';
import { PreviewView } from './preview';

export interface ExtractServices {
  server: ILanguageServer;
  notebooks: INotebooks;
  plans: IPlans;
  navigator: INavigator;
  trans: TranslationBundle;
  /** Whether a preview is verified as soon as it is shown. */
  verify: () => boolean;
}

/** A plan, and the notebook's text that it was made for. */
export interface Prepared {
  plan: PlanMessage;
  before: string;
}

/** Move definitions of a notebook to a module; `names` are chosen at first. */
export async function extractModule(
  notebook: SyncedNotebook,
  names: readonly string[] | null,
  services: ExtractServices,
): Promise<void> {
  const prepared = await prepare(notebook, names, services);
  if (prepared) await review(notebook, prepared, services);
}

/** Show a plan, and apply it where the user agrees. */
export async function review(notebook: SyncedNotebook, prepared: Prepared, services: ExtractServices): Promise<void> {
  if (!(await preview(notebook, prepared, services))) return;
  await services.plans.apply(prepared.plan, prepared.before);
  Notification.success(plain(texts.plan.applied(prepared.plan.title)), { autoClose: 8000 });
}

/** Ask until there is a plan, or the user has had enough. */
async function prepare(
  notebook: SyncedNotebook,
  names: readonly string[] | null,
  { server, navigator, trans }: ExtractServices,
): Promise<Prepared | null> {
  const cell = notebook.panel.content.activeCell?.model.sharedModel;
  const asked = { notebook: notebook.uri, refactoring: Refactoring.extractModule };
  notebook.flush();
  const found = await server.ask(METHODS.candidates, { ...asked, cell: cell ? notebook.cellUri(cell) : null });
  if (found.candidates.length === 0) {
    Notification.info(texts.extract.nothing, { autoClose: 6000 });
    return null;
  }
  const selected = found.candidates.filter(item => names?.includes(item.name) ?? item.selected).map(item => item.name);
  let chosen: ExtractChoice = { names: selected, to: found.suggestion };
  let refusal: RefusalMessage | null = null;
  for (;;) {
    let more: RefactoringOptions | undefined;
    const choice: ExtractChoice | null = await askExtraction({
      found,
      chosen,
      refusal,
      trans,
      cellTitle: uri => texts.cell(notebook.indexOf(uri)),
      showPlace: ({ uri, range }) => void (uri && navigator.show(uri, range).catch(reportError)),
      retry: options => (more = options),
    });
    if (!choice && !more) return null;
    chosen = choice ?? chosen;
    notebook.flush();
    const before = snapshot(notebook.texts());
    const answer = await server.ask(METHODS.plan, { ...asked, options: { ...chosen, ...more } });
    if (answer.plan) return { plan: answer.plan, before };
    refusal = answer.refusal;
  }
}

/** Show the plan, and verify it meanwhile; tell whether to apply it. */
async function preview(
  notebook: SyncedNotebook,
  { plan }: Prepared,
  { server, notebooks, trans, verify }: ExtractServices,
): Promise<boolean> {
  const cellsOf = (uri: string) => notebooks.ofUri(uri)?.texts() ?? [];
  const view = new PreviewView(previewPlan(plan, cellsOf), trans);
  const dialog = new Dialog<unknown>({
    title: plain(plan.title),
    body: view,
    buttons: [Dialog.cancelButton({ label: texts.plan.discard }), Dialog.okButton({ label: texts.plan.apply })],
  });
  dialog.addClass('offbook-PreviewDialog');
  const source = new CancellationTokenSource();
  let open = true;
  let mayApply = !plan.unsafe;
  const launched = dialog.launch();
  const accept = () => dialog.node.querySelector('.jp-mod-accept')?.toggleAttribute('disabled', !mayApply);
  accept();
  if (plan.unsafe || verify()) {
    view.showVerdict('running', texts.verify.running);
    server.ask(METHODS.verify, { planId: plan.id }, source.token).then(
      result => {
        mayApply ||= result.verdict === 'verified';
        accept();
        if (open) view.showVerdict(result.verdict, texts.verify.verdict(result));
        else announce(result);
      },
      error => {
        if (isCancelled(error)) return;
        if (open) view.showVerdict('could-not-run', error instanceof Error ? error.message : String(error));
        else reportError(error);
      },
    );
  }
  const result = await launched;
  open = false;
  const agreed = result.button.accept && mayApply;
  if (!agreed) source.cancel();
  focusNotebook(notebook);
  return agreed;
}

/** Tell a verdict that came after the preview was closed. */
function announce(result: VerifyResult): void {
  const message = plain(texts.verify.verdict(result));
  if (result.verdict === 'verified') Notification.success(message, { autoClose: 8000 });
  else Notification.warning(message, { autoClose: false });
}

/** Give the notebook the keyboard, for its undo, where the user has it. */
function focusNotebook({ panel: { content } }: SyncedNotebook): void {
  content.mode = 'command';
  content.activeCell?.node.focus({ preventScroll: true });
}
