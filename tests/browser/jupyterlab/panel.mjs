/** The side panel: problems that can be filtered, gone to and fixed, and the cell graph. */

import assert from 'node:assert/strict';
import { accessible } from '../accessible.mjs';
import { until } from './page.mjs';

export async function useProblems(user, say) {
  await user.runCommand('Show Problems and Cell Graph');
  const list = user.page.locator('.offbook-Problems');
  const items = list.locator('.offbook-Problem');
  await items.first().waitFor();
  const all = await items.count();
  await list.locator('input[type="search"]').fill('cell 15 label');
  await until('the filtered list', async () => (await items.count()) === 1);
  assert.match(await list.locator('[role="status"]').innerText(), /1 finding/);
  await items.locator('.offbook-Problem-go').click();
  await until('the cursor at the finding', async () => (await user.wordAtCursor()) !== null);
  const cell = user.cell('plt.bar(');
  await cell.and(user.page.locator('.jp-mod-active')).waitFor();
  say('a problem of the list shows its place');
  await user.inBothThemes(() => accessible(user.page.locator('#offbook-panel'), 'the side panel'));

  await items.locator('.offbook-Problem-fix').click();
  await user.page.locator('.lm-Menu-item', { hasText: 'Label the axes' }).click();
  await until('the labels', async () => /plt\.xlabel/.test((await user.sources()).join('\n')));
  await until('the problem is gone', async () => (await items.count()) === 0);
  await list.locator('input[type="search"]').fill('');
  await until('the other problems', async () => (await items.count()) >= all - 1);
  say('and is fixed from there');
}

export async function useGraph(user, say) {
  const graph = user.page.locator('.offbook-Graph');
  const cells = graph.locator('.cell');
  await graph.locator('svg').waitFor();
  assert.equal(await cells.count(), await user.notebook.locator('.jp-CodeCell').count());
  const station = graph.locator('.cell', { hasText: 'days = add_turnover' });
  await station.hover();
  await until('lit lines', async () => (await graph.locator('.bus.lit').count()) > 1);
  await station.click();
  await user.cell('days = add_turnover').and(user.page.locator('.jp-mod-active')).waitFor();
  say('a cell of the graph shows what it is tied to, and goes to the cell');

  await station.focus();
  await user.page.keyboard.press('Home');
  await user.page.keyboard.press('End');
  await user.page.keyboard.press('Enter');
  await user.cell('Best shop').and(user.page.locator('.jp-mod-active')).waitFor();
  const before = await graph.locator('svg').getAttribute('width');
  await graph.getByRole('button', { name: 'Larger' }).click();
  assert.ok(Number(await graph.locator('svg').getAttribute('width')) > Number(before));
  say('the keyboard walks through the graph');

  await graph.locator('.group[data-name="DemandModel"]').click({ force: true });
  const dialog = user.page.locator('.offbook-ExtractDialog');
  await dialog.waitFor();
  await user.inBothThemes(() => accessible(dialog, 'the dialog of an extraction'));
  assert.ok(await dialog.locator('input[type="checkbox"][value="DemandModel"]').isChecked());
  await user.page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  say('what could go to a module is extracted from the graph');
}
