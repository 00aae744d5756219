/** Why there is no plan, as the dialogs show it. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { texts, withCode, type RefactoringOptions, type RefusalMessage } from '@offbook/client';

export interface RefusalBoxOptions {
  refusal: RefusalMessage;
  showPlace: (refusal: RefusalMessage) => void;
  /** Called before anything else is. */
  leave: () => void;
  /** Called with more options, with which to ask again. */
  retry?: (more: RefactoringOptions) => void;
  trans: TranslationBundle;
}

/** Return the reason, the advice, and buttons that show the place and ask again. */
export function refusalBox({ refusal, showPlace, leave, retry, trans }: RefusalBoxOptions): HTMLElement {
  const box = document.createElement('div');
  box.className = 'offbook-Refusal';
  box.setAttribute('role', 'alert');
  box.appendChild(document.createElement('strong')).append(...withCode(refusal.reason));
  if (refusal.advice) box.appendChild(document.createElement('p')).append(...withCode(refusal.advice));
  const add = (label: string, act: () => void) => {
    const button = box.appendChild(document.createElement('button'));
    button.type = 'button';
    button.className = 'offbook-Finding-action';
    button.textContent = label;
    button.addEventListener('click', () => {
      leave();
      act();
    });
  };
  const { remedy } = refusal;
  if (remedy && retry) add(remedy.title, () => retry(remedy.options));
  if (refusal.uri !== null) add(trans.__(texts.plan.showPlace), () => showPlace(refusal));
  return box;
}
