/** What a squiggle shows when it is pointed at: the message, the rule, and buttons that fix it. */

import type { CodeAction, Command, Diagnostic } from 'vscode-languageserver-protocol';
import { withCode } from '@offbook/client';

export interface TooltipOptions {
  diagnostic: Diagnostic;
  actions: () => Promise<(CodeAction | Command)[]>;
  apply: (action: CodeAction | Command) => void;
  ruleTitle: string;
  /** Called when the tooltip has grown. */
  grown: () => void;
}

/** Return the tooltip's content; its buttons come when the server has answered. */
export function renderFinding(options: TooltipOptions): HTMLElement {
  const { diagnostic } = options;
  const root = document.createElement('div');
  root.className = 'offbook-Finding';
  const line = root.appendChild(document.createElement('div'));
  line.append(...withCode(messageOf(diagnostic)), ' ');
  line.append(ruleLink(diagnostic, options.ruleTitle));
  const buttons = root.appendChild(document.createElement('div'));
  buttons.className = 'offbook-Finding-actions';
  void options.actions().then(
    actions => {
      buttons.append(...actions.map(action => actionButton(action, options.apply)));
      if (actions.length) options.grown();
    },
    () => undefined,
  );
  return root;
}

export function messageOf(diagnostic: Diagnostic): string {
  return typeof diagnostic.message === 'string' ? diagnostic.message : diagnostic.message.value;
}

/** Return the rule's code, as a link to its page where it has one. */
export function ruleLink(diagnostic: Diagnostic, title: string): HTMLElement {
  const href = diagnostic.codeDescription?.href ?? '';
  const link = document.createElement(/^https?:/.test(href) ? 'a' : 'span');
  link.className = 'offbook-Finding-code';
  link.textContent = String(diagnostic.code ?? '');
  if (link instanceof HTMLAnchorElement) {
    link.href = href;
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
    link.title = title;
  }
  return link;
}

function actionButton(action: CodeAction | Command, apply: TooltipOptions['apply']): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'offbook-Finding-action';
  button.append(...withCode(action.title));
  button.addEventListener('mousedown', event => event.preventDefault());
  button.addEventListener('click', () => apply(action));
  return button;
}
