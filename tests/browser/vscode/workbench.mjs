/** What a user does in the workbench, as steps that wait for what they caused. */

const ROWS = '.quick-input-list .monaco-list-row';

export class Workbench {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
  }

  /** Open the folder, and wait until our extension is registered: a notebook opened earlier would show as JSON. */
  async open(url, command) {
    await this.page.goto(url);
    await this.page.locator('.explorer-folders-view [role=treeitem]').first().waitFor({ timeout: 90_000 });
    await this.until(`the command ${command}`, async () => {
      await this.page.keyboard.press('F1');
      await this.page.locator('.quick-input-widget input').fill(`>${command}`);
      const seen = await visible(this.page.locator(ROWS, { hasText: command }), 1000);
      await this.page.keyboard.press('Escape');
      return seen;
    });
  }

  /** Try until it is true; each try waits by itself. */
  async until(what, attempt, milliseconds = 60_000) {
    const end = Date.now() + milliseconds;
    while (!(await attempt())) {
      if (Date.now() > end) throw new Error(`it never came: ${what}`);
    }
  }

  async openNotebook(name) {
    await this.page.locator('.explorer-folders-view [role=treeitem]', { hasText: name }).dblclick();
    await this.page.locator('.notebook-editor .code-cell-row').first().waitFor();
  }

  async openFile(name) {
    await this.page.locator('.explorer-folders-view [role=treeitem]', { hasText: name }).dblclick();
    await this.tab(name).waitFor();
  }

  async run(command) {
    await this.until(`the command ${command}`, async () => {
      await this.page.keyboard.press('F1');
      await this.page.locator('.quick-input-widget input').fill(`>${command}`);
      return visible(this.page.locator(ROWS, { hasText: command }), 3000);
    });
    await this.page.locator(ROWS, { hasText: command }).first().click();
  }

  /** Wait for the status bar item to hold a text. */
  status(text) {
    return this.page.locator('.statusbar-item', { hasText: text });
  }

  tab(name) {
    return this.page.locator(`.tabs-container .tab.active[data-resource-name="${name}"]`);
  }

  cell(text) {
    return this.page.locator('.notebook-editor .code-cell-row', { hasText: text });
  }

  /** A word of a cell's code, to click on. */
  word(text, word) {
    return this.cell(text).locator('.view-lines').getByText(word, { exact: true }).filter({ visible: true }).last();
  }

  /** The squiggles of a kind (`error`, `warning`, `info`, `hint`) in the cell that holds a text. */
  squiggles(text, kind) {
    return this.cell(text).locator(`.squiggly-${kind}`);
  }

  toast(text) {
    return this.page.locator('.notification-toast', { hasText: text });
  }

  async press(toast, button) {
    await toast.getByRole('button', { name: button, exact: true }).click();
  }

  /** Go to a finding through the Problems panel: it scrolls to the cell and puts the cursor there. */
  async goToProblem(text) {
    const panel = this.page.locator('.markers-panel');
    if (!(await panel.isVisible())) await this.page.keyboard.press('Control+Shift+M');
    await this.page.locator('.part.panel .viewpane-filter input').fill(text);
    await panel.locator('.monaco-list-row', { hasText: text }).first().dblclick();
    await this.page.locator('.notebook-editor .code-cell-row .monaco-editor.focused').waitFor();
  }

  async closePanel() {
    await this.page.keyboard.press('Control+J');
    await this.page.locator('.part.panel').waitFor({ state: 'hidden' });
  }

  /** Choose an action of the light bulb at the cursor, or at a place: a late layout may move it under the mouse. */
  async fix(action, place) {
    const item = this.page.locator('.action-widget .monaco-list-row', { hasText: action });
    await this.until(`the action ${action}`, async () => {
      await place?.click();
      await this.page.keyboard.press('Control+.');
      if (!(await visible(item, 3000))) return false;
      const clicked = item.first().click({ timeout: 3000 }); // findings that come late close the menu
      return clicked.then(
        () => true,
        () => false,
      );
    });
    await item.first().waitFor({ state: 'detached' });
  }

  /** Choose from the context menu of something: VS Code ignores the clicks of the menu's first 100 ms. */
  async fromMenu(place, action) {
    const item = this.page.locator('.monaco-menu .action-label', { hasText: action });
    await place.click({ button: 'right' });
    await item.waitFor();
    await this.until(`the choice of ${action}`, async () => {
      await item.click({ timeout: 1000 }).catch(() => undefined);
      return this.gone(item, 1000);
    });
  }

  /** Select a cell without being in its text: a click into it, then Escape. */
  async select(text) {
    const editor = this.page.locator('.notebook-editor .code-cell-row .monaco-editor.focused');
    await this.cell(text).first().locator('.cell-statusbar-container').click();
    await editor.waitFor();
    await this.until('the list of cells', async () => {
      await this.page.keyboard.press('Escape');
      return !(await visible(editor, 500));
    });
    await this.cell(text).and(this.page.locator('.focused')).waitFor();
  }

  /** Type at the end of the first line of a cell. */
  async edit(text, typed, notebook) {
    await this.openNotebook(notebook);
    await this.reveal(text);
    await this.cell(text).locator('.view-line').first().click();
    await this.page.keyboard.press('End');
    await this.page.keyboard.type(typed);
    await this.cell(typed.trim()).waitFor();
  }

  isChecked(row) {
    return row.locator('[role=checkbox], input[type=checkbox]').first().getAttribute('aria-checked');
  }

  gone(locator, timeout) {
    return comesTo(locator, 'detached', timeout);
  }

  shows(locator, timeout) {
    return visible(locator, timeout);
  }

  /** Do something in the light theme, then in the dark one, in which a session starts. */
  async inBothThemes(act) {
    for (const [theme, marker] of [
      ['light', '.monaco-workbench.vs:not(.vs-dark)'],
      ['dark', '.monaco-workbench.vs-dark'],
    ]) {
      await this.page.emulateMedia({ colorScheme: theme });
      await this.page.locator(marker).waitFor();
      await this.page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
      await act(theme);
    }
  }

  /** Wait until something outside the page holds, and return it; a file that is half written is not there yet. */
  async eventually(what, check) {
    let value;
    await this.until(what, async () => {
      try {
        value = await check();
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        value = false;
      }
      if (!value) await new Promise(resolve => setTimeout(resolve, 100));
      return value;
    });
    return value;
  }

  /** Scroll until a cell with this text stands well inside the view: rows out of sight are not in the page. */
  async reveal(text) {
    const view = await this.page.locator('.notebook-editor').first().boundingBox();
    const [top, bottom] = [view.y + 60, view.y + view.height - 120];
    let direction = 1;
    let turns = 0;
    await this.until(`a cell with ${text}`, async () => {
      const found = await visible(this.cell(text), 300);
      const box = found ? await this.cell(text).first().boundingBox() : null;
      if (box && box.y >= top && box.y <= bottom) return true;
      if (++turns % 25 === 0) direction = -direction;
      const far = box ? box.y - (top + bottom) / 2 : 350 * direction;
      await this.page.mouse.move(view.x + view.width - 40, view.y + view.height / 2);
      await this.page.mouse.wheel(0, Math.max(-350, Math.min(350, far)));
      return false;
    });
  }

  /** Wait for a webview's page that holds something, and return it; outputs of notebooks are webviews, too. */
  async webview(selector) {
    let found;
    await this.until(`a page with ${selector}`, async () => {
      for (const frame of this.page.frames()) {
        if (await visible(frame.locator(selector), 200)) found = frame.locator(selector);
      }
      return found;
    });
    return found;
  }

  /** The text that an editor shows. */
  async text(locator) {
    return (await locator.locator('.view-lines').first().innerText()).replace(/\u00a0/g, ' ');
  }
}

/** Tell whether something becomes visible in time. */
export function visible(locator, timeout) {
  return comesTo(locator, 'visible', timeout);
}

function comesTo(locator, state, timeout) {
  return locator
    .first()
    .waitFor({ state, timeout })
    .then(
      () => true,
      () => false,
    );
}
