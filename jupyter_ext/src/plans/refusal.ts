/** Why there is no plan, as the dialogs show it. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { texts, type RefusalMessage } from '@offbook/client';
import { withCode } from '../findings/tooltip';

export interface RefusalBoxOptions {
  refusal: RefusalMessage;
  showPlace: (refusal: RefusalMessage) => void;
  /** Called before the place is shown. */
  leave: () => void;
  trans: TranslationBundle;
}

/** Return the reason, the advice, and a button that shows the place. */
export function refusalBox({ refusal, showPlace, leave, trans }: RefusalBoxOptions): HTMLElement {
  const box = document.createElement('div');
  box.className = 'offbook-Refusal';
  box.setAttribute('role', 'alert');
  box.appendChild(document.createElement('strong')).append(...withCode(refusal.reason));
  if (refusal.advice) box.appendChild(document.createElement('p')).append(...withCode(refusal.advice));
  if (refusal.uri === null) return box;
  const button = box.appendChild(document.createElement('button'));
  button.type = 'button';
  button.className = 'offbook-Finding-action';
  button.textContent = trans.__(texts.plan.showPlace);
  button.addEventListener('click', () => {
    leave();
    showPlace(refusal);
  });
  return box;
}
