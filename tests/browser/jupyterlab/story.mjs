/** The whole story in a real JupyterLab: find, fix, extract, undo, navigate, run. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { Lab } from './lab.mjs';
import { LabPage, until } from './page.mjs';
import { useGraph, useProblems } from './panel.mjs';
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

/** A notebook of code cells. */
function notebook(...sources) {
  return JSON.stringify({
    cells: sources.map((source, index) => ({
      ...{ cell_type: 'code', id: `cell-${index}`, metadata: {}, execution_count: null, outputs: [], source },
    })),
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  });
}

const OWN = {
  'slow.ipynb': notebook('import time\ntime.sleep(60)'),
  'rebound.ipynb': notebook('rate = 2', 'def double(x):\n    return x * rate', 'rate = 3\ndouble(2)'),
};
const HELPERS = {
  'circles.py': 'def area(r):\n    return 3.14 * r * r\n',
  'report.ipynb': notebook(
    'from circles import area',
    'radius = 2',
    'whole = area(radius)\nprint(whole)',
    'half = whole / 2',
  ),
  'closed.ipynb': notebook('from circles import area\narea(5)'),
};
const MODULE = 'shop/cleaning.py';

const began = Date.now();
const say = text => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`);

async function findAndFix(user) {
  const plot = user.cell('plt.bar(');
  await user.pointAt(plot.locator('.cm-lintRange-warning').first());
  assert.match(await user.tooltip.innerText(), /no x label and no y label/);
  const link = user.tooltip.locator('a.offbook-Finding-code');
  assert.match(await link.getAttribute('href'), /^https:.*OB301/);
  await user.fix('Label the axes');
  await until('the labels', async () => /plt\.xlabel\("by_shop"\)/.test(await plot.locator('.cm-content').innerText()));
  await until('the finding that the outputs are older than the code', async () => {
    await user.pointAt(plot.locator('.cm-lintRange-warning').first());
    return /edited after its output was made/.test(await user.tooltip.first().innerText());
  });
  say('a squiggle, its tooltip with the rule, and the quick fix');
  await plot.locator('.cm-content').click();
  await user.page.keyboard.press('Control+z');
  await until('the finding about labels', async () => {
    await user.pointAt(plot.locator('.cm-lintRange-warning').first());
    return /no x label and no y label/.test(await user.tooltip.first().innerText());
  });
  say('the fix of one cell is a step of that cell’s own undo');
}

async function trimAndUndo(user) {
  const long = user.cell('are there days missing');
  const output = long.locator('.jp-OutputArea-output');
  const whole = (await output.innerText()).length;
  await user.pointAt(long.locator('.cm-lintRange').first());
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
}

async function runAndFail(user) {
  await user.openFile('hidden_state.ipynb');
  await user.counts(4);
  await user.state('never');
  await user.check.click();
  await user.failure.waitFor({ timeout: 60_000 });
  await user.state('failed');
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

async function refuse(user) {
  await user.openFile('rebound.ipynb');
  await user.cell('double(2)').locator('.jp-InputPrompt').click();
  await user.askExtraction(['double'], 'shop/rates.py');
  const refusal = user.page.locator('.offbook-ExtractDialog .offbook-Refusal');
  await refusal.waitFor();
  assert.match(await refusal.innerText(), /rate/);
  await refusal.locator('button', { hasText: 'Show the Place' }).click();
  await user.page.locator('.offbook-ExtractDialog').waitFor({ state: 'detached' });
  await until('the cursor is at the place', async () => (await user.wordAtCursor()) !== null);
  say('a refusal says why, and shows the place');
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

async function extractFunction(user) {
  await user.openFile('report.ipynb');
  const before = await user.sources();
  await user.cell('print(whole)').locator('.jp-InputPrompt').click();
  await user.runCommand('Extract to function');
  const dialog = user.page.locator('.offbook-OptionsDialog');
  await dialog.locator('input[name="name"]').fill('measure');
  await dialog.locator('.jp-mod-accept').click();
  await user.preview.waitFor();
  const added = await user.preview.locator('.offbook-Diff-line.offbook-mod-added').allInnerTexts();
  assert.ok(
    added.some(line => line.includes('def measure(')),
    added.join('\n'),
  );
  assert.ok(same(await user.sources(), before), 'a preview changes nothing');
  await user.preview.locator('.jp-mod-accept').click();
  await user.preview.waitFor({ state: 'detached' });
  await until('the function', async () => /def measure\(/.test((await user.sources()).join('\n')));
  say('a function extracted: options, preview, applied');
  await user.undo();
  await until('the cells are back', async () => same(await user.sources(), before));
  say('and brought back by one undo');
}

/** The name is used in an open notebook, in a module and in a notebook that is not open. */
async function rename(user, lab) {
  const read = name => fs.readFileSync(path.join(lab.workspace, name), 'utf8');
  const before = { module: read('circles.py'), closed: read('closed.ipynb'), sources: await user.sources() };
  await user.clickWord(user.cell('print(whole)'), 'area');
  await user.page.keyboard.press('F2');
  const dialog = user.page.locator('.jp-Dialog', { hasText: 'Rename' });
  await dialog.locator('input').fill('not a name');
  await dialog.locator('.jp-mod-accept').click();
  await dialog.filter({ hasText: 'not a name' }).waitFor();
  await dialog.locator('input').fill('surface');
  await dialog.locator('.jp-mod-accept').click();
  await until('the module', () => read('circles.py').startsWith('def surface(r):'));
  await until('the cells', async () => (await user.sources()).join('\n').includes('whole = surface(radius)'));
  assert.equal(
    [JSON.parse(read('closed.ipynb')).cells[0].source].flat().join(''),
    'from circles import surface\nsurface(5)',
  );
  say('F2 renames in cells, in a module, and in a notebook that is not open');
  await user.cell('half =').locator('.jp-InputPrompt').click();
  await user.undo();
  await until('the cells are back', async () => same(await user.sources(), before.sources));
  await until(
    'the files are back',
    () => read('circles.py') === before.module && read('closed.ipynb') === before.closed,
  );
  say('one undo takes it back everywhere');
}

function same(left, right) {
  return JSON.stringify(left) === JSON.stringify(right);
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
  await trimAndUndo(user);
  await extract(user, lab);
  await goToDefinition(user);
  await runAndFail(user);
  await runAndPass(user);
  await runAndCancel(user);
  await extractFunction(user);
  await rename(user, lab);
  await refuse(user);
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

const STORIES = { whole, pictures, panel, 'server-missing': serverMissing };

async function main() {
  const lab = new Lab({ python: options.python, enabled: options.story !== 'server-missing' });
  fs.cpSync(options.examples, lab.workspace, { recursive: true });
  if (options.story === 'whole') {
    for (const [name, text] of Object.entries({ ...OWN, ...HELPERS }))
      fs.writeFileSync(path.join(lab.workspace, name), text);
  }
  let browser;
  let page;
  const errors = [];
  try {
    await lab.start();
    say('JupyterLab is up');
    browser = await chromium.launch({
      executablePath: options.chrome,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', error => errors.push(String(error.stack ?? error)));
    await STORIES[options.story](new LabPage(page), lab);
    assert.deepEqual(errors, [], 'the page raised no error');
  } catch (error) {
    if (page && options.failures) {
      fs.mkdirSync(options.failures, { recursive: true });
      await page.screenshot({ path: path.join(options.failures, 'jupyterlab.png') }).catch(() => undefined);
    }
    console.error(error, ...errors, lab.output.split('\n').slice(-40).join('\n'));
    process.exitCode = 1;
  } finally {
    await browser?.close();
    await lab.stop();
  }
}

await main();
