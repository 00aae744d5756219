/** A function extracted by its command, with preview and undo; and a name that is changed in files that are not open. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { session } from './session.mjs';

const FILES = {
  'circles.py': 'def area(r):\n    return 3.14 * r * r\n',
  'report.ipynb': notebook(
    'from circles import area',
    'radius = 2',
    'whole = area(radius)\nprint(whole)',
    'half = whole',
  ),
  'closed.ipynb': notebook('from circles import area\narea(5)'),
};

function notebook(...sources) {
  const cell = { cell_type: 'code', metadata: {}, execution_count: null, outputs: [] };
  return JSON.stringify({
    cells: sources.map((source, index) => ({ ...cell, id: `cell-${index}`, source })),
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  });
}

await session('refactor', async ({ server, page, workbench, log }) => {
  const file = name => path.join(server.workspace, name);
  const sources = name =>
    JSON.parse(fs.readFileSync(file(name), 'utf8')).cells.map(cell => [cell.source].flat().join(''));
  const saved = (what, check) => workbench.eventually(what, () => check(sources('report.ipynb')));
  for (const [name, text] of Object.entries(FILES)) fs.writeFileSync(file(name), text);

  await workbench.open(server.url, 'offbook: Show the Log');
  await workbench.openNotebook('report.ipynb');
  await workbench.status('not run yet').waitFor();
  const before = sources('report.ipynb');
  await workbench.select('print(whole)');
  await workbench.run('offbook: Extract to Function...');
  const input = page.locator('.quick-input-widget', { hasText: 'Name of the function' }).locator('input').first();
  await input.fill('measure');
  await page.keyboard.press('Enter');
  const apply = page.locator('.editor-actions').getByText('Apply', { exact: true });
  await apply.waitFor();
  assert.deepEqual(sources('report.ipynb'), before, 'a preview changes nothing');
  await apply.click();
  await saved('the function', all => all.some(source => source.includes('def measure(')));
  log('extracted to a function');

  await workbench.run('offbook: Undo the Refactoring');
  await saved('the notebook of before', all => JSON.stringify(all) === JSON.stringify(before));
  log('brought back by one undo');

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
});
