/** Fixes on save, the line that says whether a notebook runs, and notebooks as tests. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { drifted } from '../notebooks.mjs';
import { session } from './session.mjs';

const NOTEBOOK = 'coffee_sales.ipynb';
const FAILING = 'hidden_state.ipynb';
const DRIFTED = 'drifted.ipynb';

await session(
  'checks',
  async ({ server, page, workbench, log, capture }) => {
    const sources = () =>
      JSON.parse(fs.readFileSync(path.join(server.workspace, NOTEBOOK), 'utf8')).cells.map(cell =>
        [cell.source].flat().join(''),
      );
    const lens = text => page.locator('.notebook-editor .codelens-decoration', { hasText: text });

    fs.writeFileSync(path.join(server.workspace, DRIFTED), drifted());
    await workbench.open(server.url, 'offbook: Show the Log');
    await workbench.openNotebook(NOTEBOOK);
    await workbench.status('finding').waitFor();
    await lens('offbook: not run yet').waitFor();
    await capture('vscode-lens');
    log('the line above the first code');

    const before = sources();
    await workbench.cell('sales = pd.read_csv').locator('.view-line').first().click();
    await workbench.until('labels', async () => {
      await page.keyboard.press('Control+s');
      await page.waitForTimeout(1000);
      return sources().some(source => source.includes('plt.xlabel("'));
    });
    assert.equal(sources().length, before.length, 'no cell comes or goes');
    log('saving mends what is safe to mend');

    await workbench.run('Testing: Focus on Test Explorer View');
    const row = name => page.locator('.test-explorer .monaco-list-row', { hasText: name });
    await row(FAILING).waitFor();
    await row(NOTEBOOK).waitFor();
    await workbench.run('Test: Run All Tests');
    for (const name of [NOTEBOOK, DRIFTED])
      await row(name).locator('.codicon-testing-passed-icon').waitFor({ timeout: 180_000 });
    await row(FAILING).locator('.codicon-testing-failed-icon').waitFor({ timeout: 180_000 });
    await lens('offbook: runs to the end').waitFor();
    log('every notebook is a test');

    await row(FAILING).dblclick();
    const mark = workbench.cell('threshold]').locator('.cell-status-left');
    await mark.filter({ hasText: "name 'threshold' is not defined" }).waitFor();
    await page.getByText('cell 4 failed').first().waitFor();
    log('a test that fails leads to the cell that fails');
    await capture('vscode-tests');

    await workbench.fromMenu(row(DRIFTED), 'Execute Using Profile');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Run and compare the outputs' }).click();
    await row(DRIFTED).locator('.codicon-testing-failed-icon').waitFor({ timeout: 180_000 });
    log('compared with what the file shows');
  },
  { settings: { 'notebook.codeActionsOnSave': { 'notebook.source.fixAll.offbook': 'explicit' } } },
);
