/** The whole story in a real JupyterLab: find, fix, extract, undo, navigate, run. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { accessible } from '../accessible.mjs';
import { drifted, notebook, same } from '../notebooks.mjs';
import { workTogether } from './collaboration.mjs';
import { Lab } from './lab.mjs';
import { LabPage, until } from './page.mjs';
import { useGraph, useProblems } from './panel.mjs';
import { useReport } from './report.mjs';
import { useRefactorings } from './refactoring.mjs';
import { takeScreenshots } from './screenshots.mjs';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string' },
    chrome: { type: 'string' },
    examples: { type: 'string' },
    failures: { type: 'string' },
    screenshots: { type: 'string' },
    story: { type: 'string', default: 'whole' },
  },
});

const SLOW = notebook('import time\ntime.sleep(60)');
const MODULE = 'shop/cleaning.py';

const began = Date.now();
const say = text => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`);

async function findAndFix(user) {
  const plot = user.cell('plt.bar(');
  await user.inBothThemes(async () => {
    await user.pointAt(plot, '.cm-lintRange-warning');
    await accessible(user.tooltip, 'the tooltip of a squiggle');
  });
  assert.match(await user.tooltip.innerText(), /no x label and no y label/);
  const link = user.tooltip.locator('a.offbook-Finding-code');
  assert.match(await link.getAttribute('href'), /^https:.*OB301/);
  await user.fix('Label the axes');
  await until('the labels', async () => /plt\.xlabel\("by_shop"\)/.test(await plot.locator('.cm-content').innerText()));
  await until('the finding that the outputs are older than the code', async () => {
    await user.pointAt(plot, '.cm-lintRange-warning');
    return /edited after its output was made/.test(await user.tooltip.first().innerText());
  });
  say('a squiggle, its tooltip with the rule, and the quick fix');
  await plot.locator('.cm-content').click();
  await user.page.keyboard.press('Control+z');
  await until('the finding about labels', async () => {
    await user.pointAt(plot, '.cm-lintRange-warning');
    return /no x label and no y label/.test(await user.tooltip.first().innerText());
  });
  say('the fix of one cell is a step of that cell’s own undo');
}

/** From finding to finding by the keyboard, forth and back. */
async function walkThroughFindings(user) {
  await user.cell('import pandas').locator('.jp-InputPrompt').click();
  const seen = [];
  for (const key of ['F8', 'F8', 'F8', 'Shift+F8', 'Shift+F8']) {
    const before = await user.cursor();
    let last = before;
    await user.page.keyboard.press(key);
    await until('another place, where it stays', async () => {
      const earlier = last;
      await user.page.waitForTimeout(200);
      last = await user.cursor();
      return !same(last, before) && same(last, earlier);
    });
    seen.push(last);
  }
  assert.deepEqual(seen.slice(3), [seen[1], seen[0]]);
  say('F8 and Shift F8 walk through the findings');
}

async function trimAndUndo(user) {
  const long = user.cell('are there days missing');
  const output = long.locator('.jp-OutputArea-output');
  const whole = (await output.innerText()).length;
  await user.pointAt(long, '.cm-lintRange');
  await user.fix('Trim the stored output');
  await output.filter({ hasText: 'more lines cut by offbook' }).waitFor();
  await long.locator('.jp-InputPrompt').click();
  await user.undo();
  await output.filter({ hasNotText: 'more lines cut by offbook' }).waitFor();
  assert.equal((await output.innerText()).length, whole);
  say('a long output trimmed, and brought back by one undo');
}

async function extract(user, lab) {
  const module = path.join(lab.workspace, MODULE);
  const before = await user.sources();
  await user.askExtraction(['parse_price', 'clean', 'add_calendar'], MODULE);
  await user.preview.waitFor();
  const added = await user.preview.locator('.offbook-Diff-line.offbook-mod-added').allInnerTexts();
  assert.ok(
    added.some(line => line.includes('from shop.cleaning import')),
    added.join('\n'),
  );
  assert.ok(
    added.some(line => line.includes('def clean(sales):')),
    added.join('\n'),
  );
  assert.ok(!fs.existsSync(module), 'a preview writes nothing');
  await user.preview.locator('.offbook-Verdict[data-verdict="verified"]').waitFor({ timeout: 120_000 });
  await user.inBothThemes(() => accessible(user.preview, 'a preview'));
  await user.preview.locator('.jp-mod-accept').click();
  await user.preview.waitFor({ state: 'detached' });
  await user.page.locator('.Toastify__toast', { hasText: 'One undo brings it all back' }).waitFor();
  const after = await user.sources();
  assert.match(after.join('\n'), /from shop\.cleaning import .*clean/);
  assert.doesNotMatch(after.join('\n'), /def clean/);
  assert.match(fs.readFileSync(module, 'utf8'), /def clean\(sales\):/);
  say('an extraction: dialog, preview, verdict, applied');

  await user.undo();
  await until('the cells are back', async () => same(await user.sources(), before));
  await until('the module is gone', () => !fs.existsSync(path.dirname(module)));
  say('one undo brings cells and files back');
  await user.redo();
  await until('the cells are changed again', async () => same(await user.sources(), after));
  await until('the module is there again', () => fs.existsSync(module));
  say('and redo does it again');
}

async function goToDefinition(user) {
  await user.clickWord(user.cell('daily = clean(sales)'), 'clean');
  await user.page.keyboard.press('F12');
  await user.page.locator('.lm-TabBar-tab.jp-mod-current', { hasText: 'cleaning.py' }).waitFor();
  const place = () =>
    user.page.evaluate(() => {
      const { editor } = globalThis.jupyterapp.shell.currentWidget.content;
      const { line } = editor.getCursorPosition();
      return { text: editor.getLine(line), focused: editor.hasFocus() };
    });
  await until('the cursor is at the definition', async () => {
    const { text, focused } = await place();
    return text === 'def clean(sales):' && focused;
  });
  say('F12 opens the module at the definition');
  await user.page.keyboard.press('Control+Alt+-');
  await until(
    'the cursor is back',
    async () => (await user.notebook.count()) > 0 && (await user.wordAtCursor()) === 'clean',
  );
  await user.page.keyboard.press('F12');
  await until('the module again', async () => (await user.page.locator('.jp-FileEditor:visible').count()) > 0);
  say('going back leads to where F12 was pressed');
}

/** In the module that F12 opened. */
async function findInModule(user) {
  const editor = user.page.locator('.jp-FileEditor:visible .cm-content');
  await editor.click();
  await user.page.keyboard.press('Control+End');
  await user.page.keyboard.type('TOKEN = "ghp_a8Zk3LmQ9xW2vB7nC5tR1yU6iO4pEsDfGhJk"');
  await user.pointAt(user.page.locator('.jp-FileEditor:visible'), '.cm-lintRange-error');
  assert.match(await user.tooltip.innerText(), /OB602/);
  await user.fix('environment');
  await until('the fix', async () => /os\.environ\["TOKEN"\]/.test(await editor.innerText()));
  say('a module has squiggles and fixes, too');
}

async function runAndFail(user) {
  await user.openFile('hidden_state.ipynb');
  await user.counts(4);
  await user.state('never');
  await user.check.click();
  await user.failure.waitFor({ timeout: 60_000 });
  await user.state('failed');
  await user.inBothThemes(() => accessible(user.failure, 'why a check failed'));
  const text = await user.failure.innerText();
  assert.match(text, /Cell 4 reads threshold, which only cell 6 binds/);
  assert.match(text, /NameError/);
  const cell = user.cell('rainy = counts');
  assert.equal(await cell.locator('.offbook-Failure').count(), 1, 'the explanation stands at the failing cell');
  const box = await user.failure.boundingBox();
  const height = user.page.viewportSize().height;
  assert.ok(box.y > 0 && box.y + box.height < height, 'the failing cell is in view');
  say('a check that fails shows the failing cell and explains it');
}

async function runAndPass(user) {
  await user.cell('threshold = 2.5').locator('.jp-InputPrompt').click();
  for (let i = 0; i < 2; i++) await user.page.keyboard.press('Control+Shift+ArrowUp');
  await user.state('changed');
  await user.cell('per_week = weekly(counts)').locator('.jp-InputPrompt').click();
  await user.page.keyboard.press('d');
  await user.page.keyboard.press('d');
  await user.cell('plt.plot(per_week)').locator('.jp-InputPrompt').click();
  await user.page.keyboard.press('d');
  await user.page.keyboard.press('d');
  await user.check.click();
  await user.state('verified', 60_000);
  assert.equal(await user.failure.count(), 0);
  say('moving the cell up mends it: the check passes');
  await user.cell('counts.head()').locator('.cm-content').click();
  await user.page.keyboard.type('#');
  await user.state('changed');
  say('an edit makes the state "changed since"');
}

async function runAndCancel(user) {
  await user.openFile('slow.ipynb');
  await user.check.click();
  await user.check.filter({ hasText: 'running cell 1 of 1' }).waitFor({ timeout: 60_000 });
  await user.cell('time.sleep').and(user.page.locator('.offbook-mod-running')).waitFor();
  await user.check.click();
  await user.state('never');
  say('a running check can be cancelled');
}

/** The connection comes back after the language server dies, and knows the open notebooks. */
async function serverDies(user, lab) {
  await user.openFile('hidden_state.ipynb');
  const [pid] = lab.languageServers();
  process.kill(Number(pid), 'SIGKILL');
  await until('another language server', () => lab.languageServers().some(other => other !== pid));
  await user.cell('counts.head()').locator('.cm-content').click();
  await user.page.keyboard.press('Control+End');
  await user.page.keyboard.type('\nweekly()');
  await user.cell('weekly()').locator('.cm-lintRange-error').waitFor();
  say('a language server that dies is started again');
}

/** Without our server extension there is one message, and the notebook is as usable as ever. */
async function serverMissing(user, lab) {
  await user.page.goto(lab.page('lab/tree/coffee_sales.ipynb'));
  const toast = user.page.locator('.Toastify__toast', { hasText: 'offbook is not enabled in this Jupyter Server' });
  await toast.waitFor({ timeout: 60_000 });
  assert.match(await toast.innerText(), /jupyter server extension enable offbook_jupyter/);
  await user.openFile('hidden_state.ipynb');
  await user.cell('counts.head()').locator('.cm-content').click();
  await user.page.keyboard.type('#');
  await until('typing works', async () => (await user.sources()).join('').includes('#'));
  assert.equal(await toast.count(), 1);
  say('without the server extension there is one message');
}

async function whole(user, lab) {
  await user.open(lab.page('lab/tree/coffee_sales.ipynb'), 6);
  say('the notebook is open and diagnosed');
  await findAndFix(user);
  await walkThroughFindings(user);
  await trimAndUndo(user);
  await extract(user, lab);
  await goToDefinition(user);
  await findInModule(user);
  await runAndFail(user);
  await runAndPass(user);
  await runAndCancel(user);
  await serverDies(user, lab);
  await user.page.close();
  await until('no language server is left', () => lab.languageServers().length === 0);
  say('the language server ends with its page');
}

async function pictures(user, lab) {
  await user.open(lab.page('lab/tree/coffee_sales.ipynb'), 6);
  await takeScreenshots(user, options.screenshots);
}

/** The side panel. */
async function panel(user, lab) {
  await user.open(lab.page('lab/tree/coffee_sales.ipynb'), 6);
  await useProblems(user, say);
  await useGraph(user, say);
}

/** Notebook 7: one notebook a page, and the same help in it. */
async function notebook7(user, lab) {
  await user.open(lab.page('notebooks/coffee_sales.ipynb'), 6);
  say('the notebook is open and diagnosed');
  await findAndFix(user);
  await trimAndUndo(user);
  await extract(user, lab);
  await user.clickWord(user.cell('daily = clean(sales)'), 'clean');
  const opened = user.page.context().waitForEvent('page');
  await user.page.keyboard.press('F12');
  const module = await opened;
  await module.locator('.jp-FileEditor .cm-content', { hasText: 'def clean(sales)' }).waitFor();
  await module.close();
  say('F12 opens the module in a page of its own');
  await user.check.click();
  await user.state('verified', 120_000);
  say('the notebook runs from top to bottom');
  await user.runCommand('Show Problems and Cell Graph');
  await user.page.locator('#offbook-panel .offbook-Problem').first().waitFor();
  say('the side panel');
}

/** The last check in the side panel. */
async function report(user, lab) {
  fs.writeFileSync(path.join(lab.workspace, 'drifted.ipynb'), drifted());
  await user.open(lab.page('lab/tree/hidden_state.ipynb'), 4);
  await useReport(user, say, options.screenshots);
}

const STORIES = {
  notebook7,
  ...{ whole, pictures, panel, report, 'server-missing': serverMissing },
  together: async (user, lab) => workTogether(user, new LabPage(await another(user.page)), lab, say),
  refactoring: (user, lab) => useRefactorings(user, lab, say),
};

/** Return a page of another user: nothing is shared with the first one but the server. */
async function another(page) {
  const context = await page.context().browser().newContext({ viewport: page.viewportSize() });
  return watched(await context.newPage());
}

const errors = [];

/** Notebook 7.6 itself, without any extension, raises this one when it opens a notebook. */
function ours(error) {
  return !/reading 'schema'[^]*notebook_core/.test(error);
}

function watched(page) {
  page.setDefaultTimeout(30_000);
  page.on('pageerror', error => errors.push(String(error.stack ?? error)));
  return page;
}

async function main() {
  const lab = new Lab({
    python: options.python,
    enabled: options.story !== 'server-missing',
    application: options.story === 'notebook7' ? 'notebook' : 'jupyterlab',
    together: options.story === 'together',
  });
  fs.cpSync(options.examples, lab.workspace, { recursive: true });
  if (options.story === 'whole') {
    fs.writeFileSync(path.join(lab.workspace, 'slow.ipynb'), SLOW);
  }
  let browser;
  let page;
  try {
    await lab.start();
    say('JupyterLab is up');
    browser = await chromium.launch({
      executablePath: options.chrome,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    page = watched(await context.newPage());
    await STORIES[options.story](new LabPage(page), lab);
    assert.deepEqual(errors.filter(ours), [], 'the page raised no error');
  } catch (error) {
    if (page && options.failures) {
      fs.mkdirSync(options.failures, { recursive: true });
      await page.screenshot({ path: path.join(options.failures, 'jupyterlab.png') }).catch(() => undefined);
    }
    console.error(lab.output.split('\n').slice(-20).join('\n'), ...errors, error);
    process.exitCode = 1;
  } finally {
    await browser?.close();
    await lab.stop();
  }
}

await main();
