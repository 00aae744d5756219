/** The whole way of a user: findings, quick fixes, extraction, one undo, go to definition, the run check. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { session } from './session.mjs';

const NOTEBOOK = 'coffee_sales.ipynb';
const FAILING = 'hidden_state.ipynb';
const MODULE = 'cleaning.py';

await session('story', async ({ server, page, workbench, log, capture }) => {
  const file = name => path.join(server.workspace, name);
  const cells = () => JSON.parse(fs.readFileSync(file(NOTEBOOK), 'utf8')).cells;
  const sources = () => cells().map(cell => [cell.source].flat().join(''));
  const saved = (what, check) => workbench.eventually(what, () => check(sources()));

  await workbench.open(server.url, 'offbook: Show the Log');
  await workbench.openNotebook(NOTEBOOK);
  await workbench.status('finding').waitFor();
  await workbench.cell('sales = pd.read_csv').locator('.squiggly-warning').first().waitFor();
  log('squiggle');

  await workbench.goToProblem('no x label and no y label');
  await workbench.fix('Label the axes');
  await saved('labels', all => all.some(source => source.includes('plt.bar') && source.includes('plt.xlabel(')));
  log('quick fix: an edit');

  const all = await workbench.eventually('the notebook', sources);
  const long = all.findIndex(source => source.includes('airport.tail'));
  await workbench.goToProblem('lines of output');
  await workbench.fix('Trim the stored output');
  await workbench.eventually('trimmed output', () => JSON.stringify(cells()[long].outputs).includes('more lines cut'));
  log('quick fix: a plan');
  await workbench.closePanel();

  const before = await workbench.eventually('the notebook', sources);
  await extract({ page, workbench });
  await capture('vscode');
  await workbench.press(workbench.toast(MODULE), 'Apply and Verify');
  await saved('imports', all => all.some(source => source.startsWith('from cleaning import ')));
  await workbench.eventually('the module', () => /^def clean\(sales\):$/m.test(fs.readFileSync(file(MODULE), 'utf8')));
  await workbench.toast('Same results before and after').waitFor({ timeout: 180_000 });
  log('extracted and verified');

  await workbench.select('daily = clean(sales)');
  await page.keyboard.press('Control+z');
  await saved('the notebook of before', all => JSON.stringify(all) === JSON.stringify(before));
  await workbench.eventually('the module to be gone', () => !fs.existsSync(file(MODULE)));
  log('one undo brings it all back');

  await extract({ page, workbench });
  await workbench.edit('days.describe()', '  # edited meanwhile', NOTEBOOK);
  await workbench.run('offbook: Apply the Refactoring');
  await workbench.toast('has changed since this was prepared').waitFor();
  assert.ok(!fs.existsSync(file(MODULE)), 'a stale plan changes nothing');
  log('a stale plan is refused');

  await extract({ page, workbench });
  await page.locator('.editor-actions').getByText('Apply', { exact: true }).click();
  await saved('imports again', all => all.some(source => source.startsWith('from cleaning import ')));
  log('extracted again, by the button above the preview');

  await workbench.reveal('daily = clean(sales)');
  const call = workbench.word('daily = clean(sales)', 'clean');
  await workbench.until('the module', async () => {
    await call.click();
    await page.keyboard.press('F12');
    return workbench.shows(workbench.tab(MODULE), 5000);
  });
  const line = fs.readFileSync(file(MODULE), 'utf8').split('\n').indexOf('def clean(sales):') + 1;
  await workbench.status(`Ln ${line}, Col 5`).waitFor();
  log('go to definition, from the cell into the module');

  await workbench.openNotebook(FAILING);
  await workbench.tab(FAILING).waitFor();
  await workbench.status('not run yet').waitFor();
  await workbench.run('offbook: Restart and Run All in a Fresh Kernel');
  await workbench.toast('only cell 6 binds').waitFor({ timeout: 180_000 });
  await workbench.status('fails in cell 4').waitFor();
  const failed = workbench.page.locator(
    '.notebook-editor .code-cell-row.focused, .notebook-editor .code-cell-row.selected',
  );
  await failed.filter({ hasText: 'threshold]' }).first().waitFor();
  await workbench
    .cell('threshold]')
    .locator('.cell-status-left', { hasText: "name 'threshold' is not defined" })
    .waitFor();
  await capture('vscode-run');
  log('the failing cell, with the reason');
});

/** Ask for the extraction of `clean` through the light bulb, up to the preview. */
async function extract({ page, workbench }) {
  await workbench.openNotebook(NOTEBOOK);
  await workbench.reveal('def clean(sales)');
  const place = workbench.word('def clean(sales)', 'clean');
  await workbench.fix('Extract `clean` to a module', place);
  const row = text => page.locator('.quick-input-list .monaco-list-row', { hasText: text });
  await row('parse_price').waitFor();
  assert.ok(await workbench.isChecked(row('clean').last()), 'what was asked for is chosen already');
  await row('parse_price').click();
  await page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
  await row('new module').waitFor();
  await page.locator('.quick-input-widget .quick-input-filter input').fill(MODULE);
  await row(MODULE).first().waitFor();
  await page.keyboard.press('Enter');
  await page
    .locator('.multiDiffEntry, .multi-diff-root-floating-menu, .monaco-component.multiDiffEditor')
    .first()
    .waitFor();
  await page.locator('.editor-actions').getByText('Discard', { exact: true }).waitFor();
}
