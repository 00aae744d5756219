/** What a user does in JupyterLab, as steps that wait for what they caused. */

export class LabPage {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
    this.notebook = page.locator('.jp-NotebookPanel:visible');
    this.findings = this.notebook.locator('.offbook-FindingsButton [data-count]');
    this.check = this.notebook.locator('.offbook-RunButton [data-state]');
    this.tooltip = page.locator('.cm-tooltip .offbook-Finding');
    this.preview = page.locator('.offbook-PreviewDialog');
    this.failure = this.notebook.locator('.offbook-Failure');
  }

  /** Open a notebook by its address, and wait until it was diagnosed. */
  async open(url, findings) {
    await this.page.goto(url);
    await this.notebook.locator('.jp-CodeCell').first().waitFor({ timeout: 60_000 });
    await this.counts(findings);
  }

  /** Open another one by the file browser. */
  async openFile(name) {
    await this.page.locator('.jp-DirListing-item', { hasText: name }).dblclick();
    await this.page.locator('.lm-TabBar-tab.jp-mod-current', { hasText: name }).waitFor();
    await until(`${name} in front`, () => this.page.evaluate(inFront, name));
    await this.notebook.locator('.jp-CodeCell').first().waitFor();
  }

  async counts(findings) {
    await this.notebook.locator(`.offbook-FindingsButton [data-count="${findings}"]`).waitFor({ timeout: 60_000 });
  }

  async state(name, timeout = 30_000) {
    await this.notebook.locator(`.offbook-RunButton [data-state="${name}"]`).waitFor({ timeout });
  }

  cell(text) {
    return this.notebook.locator('.jp-CodeCell', { hasText: text }).first();
  }

  /** The sources of all cells in the view, in order. */
  async sources() {
    return this.page.evaluate(() => {
      const panel = globalThis.jupyterapp.shell.currentWidget;
      return panel.content.model.sharedModel.cells.map(cell => cell.getSource());
    });
  }

  /** Point at a squiggle until its tooltip is there; the first pointing can come before the editor is ready. */
  async pointAt(place, kind = '.cm-lintRange') {
    const squiggle = place.locator(kind).first();
    await place.scrollIntoViewIfNeeded(); // what is out of sight has none
    await squiggle.scrollIntoViewIfNeeded();
    await until('the tooltip of the squiggle', async () => {
      await this.page.mouse.move(2, 2);
      await squiggle.hover();
      return appears(this.tooltip.first(), 2000);
    });
  }

  /** Press a button of the tooltip that is shown. */
  async fix(title) {
    await this.tooltip.locator('button', { hasText: title }).click();
  }

  /** Click on a word in a cell until the cursor is in it: what is above may still grow and move it. */
  async clickWord(cell, word) {
    await until(`the cursor in ${word}`, async () => {
      const place = await cell.locator('.cm-content').evaluate(middleOf, word);
      if (!place) throw new Error(`the word is not there: ${word}`);
      await this.page.mouse.click(place.x, place.y);
      return (await this.wordAtCursor()) === word;
    });
  }

  /** The word in which the cursor of the notebook's active cell is, while it is edited and has the keyboard. */
  wordAtCursor() {
    return this.page.evaluate(() => {
      const { content } = globalThis.jupyterapp.shell.currentWidget;
      const editor = content.activeCell?.editor;
      return content.mode === 'edit' && editor?.hasFocus() ? editor.getTokenAtCursor().value : null;
    });
  }

  /** Which cell is active, and where its cursor is. */
  cursor() {
    return this.page.evaluate(() => {
      const { content } = globalThis.jupyterapp.shell.currentWidget;
      return { cell: content.activeCellIndex, mode: content.mode, ...content.activeCell.editor?.getCursorPosition() };
    });
  }

  /** Open the extraction dialog by the toolbar, and choose definitions. */
  async askExtraction(names, module) {
    await this.notebook.locator('[data-jp-item-name="offbook-extract"]').click();
    const dialog = this.page.locator('.offbook-ExtractDialog');
    await dialog.waitFor();
    for (const box of await dialog.locator('input[type="checkbox"]').all()) {
      await box.setChecked(names.includes(await box.inputValue()));
    }
    await dialog.locator('input[type="text"]').fill(module);
    await dialog.locator('.jp-mod-accept').click();
  }

  /** Undo in command mode, as the key `z` does. */
  async undo() {
    await this.page.keyboard.press('z');
  }

  async redo() {
    await this.page.keyboard.press('Shift+Z');
  }

  async setTheme(name) {
    await this.page.evaluate(theme => globalThis.jupyterapp.commands.execute('apputils:change-theme', { theme }), name);
    const light = name.includes('Dark') ? 'false' : 'true';
    await this.page.locator(`body[data-jp-theme-light="${light}"]`).waitFor({ state: 'attached' });
  }

  /** Do something in the dark theme, then in the light one, which JupyterLab starts with. */
  async inBothThemes(act) {
    for (const name of ['JupyterLab Dark', 'JupyterLab Light']) {
      await this.setTheme(name);
      await act();
    }
  }

  /** Run a command by its name in the palette. */
  async runCommand(label) {
    const input = this.page.locator('#modal-command-palette input');
    const item = this.page.locator('#modal-command-palette .lm-CommandPalette-item', { hasText: label }).first();
    // The palette closes when something else takes the focus, such as a notebook that has just opened.
    await until('the command palette', async () => {
      if (!(await input.isVisible())) await this.page.keyboard.press('Control+Shift+C');
      if (!(await appears(input, 3000))) return false;
      const chosen = input.fill(label, { timeout: 3000 }).then(() => item.click({ timeout: 3000 }));
      return chosen.then(
        () => true,
        () => false,
      );
    });
  }
}

/** Runs in the page: tell whether a notebook is in front, with all its cells. */
async function inFront(name) {
  const { context } = globalThis.jupyterapp.shell.currentWidget ?? {};
  if (!context?.path.endsWith(name)) return false;
  await context.ready;
  return true;
}

/** Runs in the page: scroll to the first place of a text, and return the middle of it. */
function middleOf(content, text) {
  const walker = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(text);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + text.length);
    node.parentElement.scrollIntoView({ block: 'center' });
    const box = range.getBoundingClientRect();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }
  return null;
}

/** Tell whether something appears soon. */
export function appears(locator, timeout) {
  return locator.waitFor({ timeout }).then(
    () => true,
    () => false,
  );
}

/** Try until it is true; each try waits by itself, or is repeated after a moment. */
export async function until(what, attempt, milliseconds = 30_000) {
  const end = Date.now() + milliseconds;
  while (!(await attempt())) {
    if (Date.now() > end) throw new Error(`it never came: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
