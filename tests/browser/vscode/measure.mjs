/**
 * How long VS Code says that the extension takes to be activated, each time in a window of its own.
 *
 *   OFFBOOK_NODE=... node tests/browser/vscode/measure.mjs   (the variables are those of test_vscode.py)
 */

import { session } from './session.mjs';

const TIMES = 5;

await session('measure', async ({ server, page, workbench }) => {
  await workbench.open(server.url, 'offbook: Show the Log');
  for (let time = 0; time < TIMES; time++) {
    await page.goto(server.url);
    await workbench.openNotebook('coffee_sales.ipynb');
    await workbench.status('finding').waitFor();
    await workbench.run('Developer: Show Running Extensions');
    const row = page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'offbook' });
    await row.first().waitFor();
    console.log((await row.first().innerText()).replace(/\s+/g, ' '));
  }
});
