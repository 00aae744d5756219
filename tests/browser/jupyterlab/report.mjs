/** The last check in the side panel: why it failed, what the cells show otherwise, and taking that over. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { accessible } from '../accessible.mjs';
import { until } from './page.mjs';

export async function useReport(user, say, screenshots) {
  const report = user.page.locator('.offbook-Report');
  await user.runCommand('Show Problems and Cell Graph');
  await report.filter({ hasText: 'This notebook was not run yet' }).waitFor();
  await collapse(user, ['Problems', 'Cell graph']);
  await user.check.click();
  await report.filter({ hasText: 'Cell 4 reads threshold, which only cell 6 binds' }).waitFor({ timeout: 120_000 });
  assert.match(await report.innerText(), /NameError: name 'threshold' is not defined/);
  await user.inBothThemes(() => accessible(report, 'the report of a check that failed'));
  await user.cell('counts.head()').locator('.jp-InputPrompt').click();
  await report.getByRole('button', { name: 'Show the Cell' }).click();
  const failing = user.cell('rainy = counts');
  await failing.and(user.page.locator('.jp-mod-active')).waitFor();
  say('the panel says why the check failed, and shows the cell');

  await report.getByRole('button', { name: 'Run from Here' }).click();
  await failing.locator('.jp-OutputArea-output', { hasText: 'NameError' }).first().waitFor({ timeout: 120_000 });
  say('cells run from there in the own kernel');

  await user.openFile('drifted.ipynb');
  await report.filter({ hasText: 'This notebook was not run yet' }).waitFor();
  await report.getByRole('button', { name: 'Run and compare the outputs' }).click();
  const differences = report.locator('.offbook-Report-difference');
  await until('three differences', async () => (await differences.count()) === 3, 120_000);
  const [text, table, picture] = [0, 1, 2].map(number => differences.nth(number));
  assert.match(await text.locator('.offbook-mod-removed').innerText(), /cups: 2/);
  assert.match(await text.locator('.offbook-mod-added').innerText(), /cups: 3/);
  assert.equal(await table.locator('table').count(), 2);
  assert.equal(await picture.locator('img').count(), 2);
  await user.state('verified');
  await user.inBothThemes(() => accessible(report, 'a comparison of outputs'));
  say('what the cells show otherwise: a text, a table, a picture');
  if (screenshots) await take(user, screenshots);

  const output = user.cell('cups:').locator('.jp-OutputArea-output');
  assert.match(await output.innerText(), /cups: 2/);
  await report.getByRole('button', { name: 'Accept the New Outputs' }).click();
  await output.filter({ hasText: 'cups: 3' }).waitFor();
  await user.cell('cups:').locator('.jp-InputPrompt').click();
  await user.undo();
  await output.filter({ hasText: 'cups: 2' }).waitFor();
  say('the new outputs are accepted, and brought back by one undo');
}

/** Fold sections of the side panel, so that another one has its place. */
async function collapse(user, titles) {
  for (const title of titles) {
    const section = user.page.locator('#offbook-panel .lm-AccordionPanel-title', { hasText: title });
    if (await section.evaluate(node => node.classList.contains('lm-mod-expanded'))) await section.click();
  }
}

async function take(user, folder) {
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, theme] of Object.entries({ light: 'JupyterLab Light', dark: 'JupyterLab Dark' })) {
    await user.setTheme(theme);
    await user.page.screenshot({ path: path.join(folder, `jupyterlab-report-${name}.png`) });
  }
}
