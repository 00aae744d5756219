/** The cell graph beside the notebook: it goes to cells, and starts refactorings. */

import assert from 'node:assert/strict';
import { accessible } from '../accessible.mjs';
import { session } from './session.mjs';

await session('graph', async ({ server, page, workbench, log, capture }) => {
  await workbench.open(server.url, 'offbook: Show the Log');
  await workbench.openNotebook('coffee_sales.ipynb');
  await workbench.status('finding').waitFor();
  await workbench.run('offbook: Show the Cell Graph');
  const graph = await workbench.webview('#graph svg.offbook-graph');
  assert.equal(await graph.locator('.cell').count(), 21);
  const whole = await workbench.webview('html:has(#graph)');
  await workbench.inBothThemes(async theme => {
    await whole.locator(`body.vscode-${theme}`).waitFor();
    await accessible(whole, 'the page of the graph');
  });
  log('the graph is drawn');

  await graph.locator('.cell', { hasText: 'days = add_turnover' }).hover();
  await workbench.until('lit lines', async () => (await graph.locator('.bus.lit').count()) > 1);
  await graph.locator('.cell', { hasText: 'Best shop' }).click();
  const selected = page.locator('.notebook-editor .code-cell-row.focused, .notebook-editor .code-cell-row.selected');
  await selected.filter({ hasText: 'Best shop' }).first().waitFor();
  log('a click goes to the cell');
  await capture('vscode-graph');

  await graph.locator('.group[data-name="DemandModel"]').click({ force: true });
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: 'DemandModel' });
  await row.waitFor();
  assert.ok(await workbench.isChecked(row), 'what was asked for is chosen already');
  await page.keyboard.press('Escape');
  log('what could go to a module is extracted from the graph');
});
