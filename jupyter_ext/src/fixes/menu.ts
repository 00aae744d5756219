/** The menu of what can be done at the cursor. */

import { CommandRegistry } from '@lumino/commands';
import { MenuSvg } from '@jupyterlab/ui-components';
import type { CodeAction, Command } from 'vscode-languageserver-protocol';

/** Show the actions as a menu with the keyboard's focus; `apply` carries one out. */
export function showActions(
  actions: readonly (CodeAction | Command)[],
  place: { left: number; bottom: number },
  apply: (action: CodeAction | Command) => void,
): void {
  const commands = new CommandRegistry();
  const menu = new MenuSvg({ commands });
  actions.forEach((action, index) => {
    const id = `action-${index}`;
    commands.addCommand(id, { label: action.title.replace(/`/g, ''), execute: () => apply(action) });
    menu.addItem({ command: id });
  });
  menu.aboutToClose.connect(() => setTimeout(() => menu.dispose()));
  menu.open(place.left, place.bottom);
  menu.activeIndex = 0;
}
