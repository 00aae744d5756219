/** Functions and classes extracted with preview and undo; names changed in files that are not open; fixes of many findings. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { FILES, same } from '../notebooks.mjs';
import { session } from './session.mjs';

await session('refactor', async ({ server, page, workbench, log }) => {
  const file = name => path.join(server.workspace, name);
  const sources = name =>
    JSON.parse(fs.readFileSync(file(name), 'utf8')).cells.map(cell => [cell.source].flat().join(''));
  const saved = (what, check, name = 'report.ipynb') => workbench.eventually(what, () => check(sources(name)));
  for (const [name, text] of Object.entries(FILES)) fs.writeFileSync(file(name), text);

  const originals = Object.keys(FILES).filter(name => name.endsWith('.ipynb'));
  const before = Object.fromEntries(originals.map(name => [name, sources(name)]));

  /** Extract a selected cell to something, with a name, by the command, up to the applied plan. */
  const extract = async (notebook, text, what, name) => {
    await workbench.select(text);
    await workbench.run(`offbook: Extract to ${what[0].toUpperCase()}${what.slice(1)}...`);
    const input = page
      .locator('.quick-input-widget', { hasText: `Name of the ${what}` })
      .locator('input')
      .first();
    await input.fill(name);
    await page.keyboard.press('Enter');
    const apply = page.locator('.editor-actions').getByText('Apply', { exact: true });
    await apply.waitFor();
    assert.deepEqual(sources(notebook), before[notebook], 'a preview changes nothing');
    await apply.click();
    log(`extracted to a ${what}`);
  };

  const takeBack = async notebook => {
    await workbench.run('offbook: Undo the Refactoring');
    await saved('the notebook of before', all => same(all, before[notebook]), notebook);
    log('brought back by one undo');
  };

  await workbench.open(server.url, 'offbook: Show the Log');
  await workbench.openNotebook('report.ipynb');
  await workbench.status('not run yet').waitFor();
  await extract('report.ipynb', 'print(whole)', 'function', 'measure');
  await saved('the function', all => all.some(source => source.includes('def measure(')));
  await takeBack('report.ipynb');

  const name = page.locator('.rename-input');
  await workbench.until('the rename box', async () => {
    await workbench.word('print(whole)', 'area').click();
    await page.keyboard.press('F2');
    return workbench.shows(name, 5000);
  });
  await name.fill('surface');
  await page.keyboard.press('Enter');
  await saved('the new name', all => all.includes('whole = surface(radius)\nprint(whole)'));
  const module = () => fs.readFileSync(file('circles.py'), 'utf8').startsWith('def surface(r):');
  await workbench.eventually('the module', module);
  await workbench.eventually('the other notebook', () => sources('closed.ipynb')[0].includes('surface(5)'));
  log('renamed in cells, in a module, and in a notebook that is not open');

  await workbench.openNotebook('lines.ipynb');
  await workbench.tab('lines.ipynb').waitFor();
  await extract('lines.ipynb', 'def predict', 'class', 'Line');
  await saved('the class', all => /class Line:[^]*print\(line\.predict\(\)/.test(all.join('\n')), 'lines.ipynb');
  await takeBack('lines.ipynb');

  await workbench.openNotebook('plots.ipynb');
  await workbench.tab('plots.ipynb').waitFor();
  const bars = workbench.cell('plt.bar(').locator('.view-line').first();
  const labelled = all => all.filter(source => /plt\.[xy]label\(/.test(source)).length;
  await workbench.squiggles('plt.bar(', 'warning').first().waitFor();
  await workbench.fix('Fix all 3 of OB301', bars);
  await saved('three plots with labels', all => labelled(all) === 3, 'plots.ipynb');
  log('all findings of a rule fixed at once');
  await bars.click();
  await page.keyboard.press('Control+z');
  await saved('the notebook of before', all => same(all, before['plots.ipynb']), 'plots.ipynb');
  log('and brought back by one undo in a cell');
  await workbench.squiggles('plt.bar(', 'warning').first().waitFor();
  await workbench.fix('Ignore OB301 on this line', bars);
  await saved('the comment', all => all[2].includes('# offbook: ignore[OB301]'), 'plots.ipynb');
  await workbench.squiggles('plt.bar(', 'warning').waitFor({ state: 'detached' });
  await workbench.squiggles('plt.hist(', 'warning').first().waitFor();
  log('a rule ignored on a line');
});
