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

  /** Put the cursor on a place, open the menu of actions there, and choose one. */
  async act(place, action) {
    const item = this.page.locator('.action-widget .monaco-list-row', { hasText: action });
    await this.until(`the action ${action}`, async () => {
      await this.page.keyboard.press('Escape');
      const box = await place.boundingBox();
      if (!box) return false;
      await this.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      await this.page.keyboard.press('Control+.');
      return visible(item, 3000);
    });
    return item;
  }

  /** Scroll the notebook until a cell with this text is drawn: rows out of sight are not in the page. */
  async reveal(text) {
    const list = this.page.locator('.notebook-editor .notebook-cell-list .monaco-scrollable-element').first();
    const box = await list.boundingBox();
    let direction = 1;
    let turns = 0;
    await this.until(`a cell with ${text}`, async () => {
      if (await visible(this.cell(text).first(), 300)) return true;
      await this.page.mouse.move(box.x + box.width / 2, box.y + 20);
      await this.page.mouse.wheel(0, 350 * direction);
      if (++turns % 25 === 0) direction = -direction;
      return false;
    });
    await this.cell(text).first().scrollIntoViewIfNeeded();
  }

  /** The text that an editor shows. */
  async text(locator) {
    return (await locator.locator('.view-lines').first().innerText()).replace(/\u00a0/g, ' ');
  }
}

/** Tell whether something becomes visible in time. */
export function visible(locator, timeout) {
  return locator
    .first()
    .waitFor({ timeout })
    .then(
      () => true,
      () => false,
    );
}
