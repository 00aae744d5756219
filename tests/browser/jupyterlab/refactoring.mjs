/** Refactorings with options, renaming, refusals, and fixes of many findings at once. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { accessible } from '../accessible.mjs';
import { FILES, same } from '../notebooks.mjs';
import { until } from './page.mjs';

/** In a folder with files of its own. */
export async function useRefactorings(user, lab, say) {
  for (const [name, text] of Object.entries(FILES)) fs.writeFileSync(path.join(lab.workspace, name), text);
  await user.open(lab.page('lab/tree/report.ipynb'), 0);
  await user.cell('half = whole').waitFor();
  await extractFunction(user, say);
  await rename(user, lab, say);
  await refuse(user, say);
  await extractClass(user, say);
  await share(user, lab, say);
  await fixAllOfARule(user, say);
  await ignoreOnALine(user, say);
  await leaveReadOnly(user, lab, say);
}

async function extractFunction(user, say) {
  const before = await user.sources();
  await user.cell('print(whole)').locator('.jp-InputPrompt').click();
  await user.runCommand('Extract to function');
  const dialog = user.page.locator('.offbook-OptionsDialog');
  await dialog.locator('input[name="name"]').fill('measure');
  await user.inBothThemes(() => accessible(dialog, 'the dialog of a refactoring'));
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
async function rename(user, lab, say) {
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

async function refuse(user, say) {
  await user.openFile('rebound.ipynb');
  await user.cell('double(2)').locator('.jp-InputPrompt').click();
  await user.askExtraction(['double'], 'shop/rates.py');
  const refusal = user.page.locator('.offbook-ExtractDialog .offbook-Refusal');
  await refusal.waitFor();
  assert.match(await refusal.innerText(), /rate/);
  await user.inBothThemes(() => accessible(user.page.locator('.offbook-ExtractDialog'), 'a refusal'));
  await refusal.locator('button', { hasText: 'Show the Place' }).click();
  await user.page.locator('.offbook-ExtractDialog').waitFor({ state: 'detached' });
  await until('the cursor is at the place', async () => (await user.wordAtCursor()) !== null);
  say('a refusal says why, and shows the place');
}

async function extractClass(user, say) {
  await user.openFile('lines.ipynb');
  const before = await user.sources();
  await user.cell('def predict').locator('.jp-InputPrompt').click();
  await user.runCommand('Extract to class');
  const dialog = user.page.locator('.offbook-OptionsDialog');
  await dialog.locator('input[name="name"]').fill('Line');
  await dialog.locator('.jp-mod-accept').click();
  await user.preview.locator('.offbook-Verdict[data-verdict="verified"]').waitFor({ timeout: 120_000 });
  assert.ok(same(await user.sources(), before), 'a preview changes nothing');
  await user.preview.locator('.jp-mod-accept').click();
  await user.preview.waitFor({ state: 'detached' });
  const changed = async () => (await user.sources()).join('\n');
  await until('the class', async () =>
    /class Line:[^]*line = Line\(X, w\)\nprint\(line\.predict\(\)/.test(await changed()),
  );
  say('a class extracted and verified');
  await user.undo();
  await until('the cells are back', async () => same(await user.sources(), before));
  say('and brought back by one undo');
}

/** A function that a notebook which is not open holds, too. */
async function share(user, lab, say) {
  const read = name => fs.readFileSync(path.join(lab.workspace, name), 'utf8');
  const other = read('weeks.ipynb');
  await user.openFile('shops.ipynb');
  const before = await user.sources();
  await user.pointAt(user.cell('def prepare'), '.cm-lintRange-warning');
  assert.match(await user.tooltip.first().innerText(), /these 8 lines stand in weeks\.ipynb \(cell 2\) too/);
  await user.fix('Share prepare by a module');
  await user.preview.waitFor();
  assert.ok(same(await user.sources(), before), 'a preview changes nothing');
  const shown = await user.preview.innerText();
  for (const name of ['shops.ipynb', 'weeks.ipynb', 'utils.py']) assert.ok(shown.includes(name), shown);
  await user.preview.locator('.jp-mod-accept').click();
  await user.preview.waitFor({ state: 'detached' });
  await until('the import', async () => (await user.sources())[1] === 'from utils import prepare');
  await until('the import in the other', () => read('weeks.ipynb').includes('from utils import prepare'));
  assert.match(read('utils.py'), /def prepare\(rows, low, high\):/);
  say('a function of two notebooks shared by a module');
  await user.undo();
  await until('the cells are back', async () => same(await user.sources(), before));
  await until(
    'the files are back',
    () => read('weeks.ipynb') === other && !fs.existsSync(path.join(lab.workspace, 'utils.py')),
  );
  say('and brought back by one undo, in both');
}

async function fixAllOfARule(user, say) {
  await user.openFile('plots.ipynb');
  const before = await user.sources();
  const labels = async () => (await user.sources()).map(source => /plt\.[xy]label\(/.test(source));
  await user.pointAt(user.cell('plt.bar('), '.cm-lintRange-warning');
  await user.fix('Fix all 3 of OB301');
  await until('three plots with labels', async () => same(await labels(), [false, true, true, true]));
  await user.cell('plt.bar(').locator('.jp-InputPrompt').click();
  await user.undo();
  await until('the cells are back', async () => same(await user.sources(), before));
  say('all findings of a rule fixed at once, and brought back by one undo');
}

async function ignoreOnALine(user, say) {
  const cell = user.cell('plt.bar(');
  await user.pointAt(cell, '.cm-lintRange-warning');
  await user.fix('Ignore OB301 on this line');
  await cell.filter({ hasText: '# offbook: ignore[OB301]' }).waitFor();
  await cell.locator('.cm-lintRange-warning').waitFor({ state: 'detached' });
  assert.ok((await user.cell('plt.hist(').locator('.cm-lintRange-warning').count()) > 0, 'the others still speak');
  say('a rule ignored on a line');
}

/** The server says that the user may not write the file, as it does where the file system does not let it. */
async function leaveReadOnly(user, lab, say) {
  fs.copyFileSync(path.join(lab.workspace, 'report.ipynb'), path.join(lab.workspace, 'locked.ipynb'));
  await user.page.route(/api\/contents\/locked\.ipynb\?/, async route => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), writable: false } });
  });
  await user.openFile('locked.ipynb');
  const before = await user.sources();
  await user.cell('print(whole)').locator('.jp-InputPrompt').click();
  await user.runCommand('Extract to function');
  const dialog = user.page.locator('.offbook-OptionsDialog');
  await dialog.locator('input[name="name"]').fill('measure');
  await dialog.locator('.jp-mod-accept').click();
  await user.preview.waitFor();
  await user.preview.locator('.jp-mod-accept').click();
  await user.page.locator('.Toastify__toast', { hasText: 'is read-only, so nothing was changed' }).waitFor();
  assert.ok(same(await user.sources(), before), 'nothing has changed');
  say('a notebook that cannot be saved is left as it is');
}
