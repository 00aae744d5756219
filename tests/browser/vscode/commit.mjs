/** The view in source control: which notebooks the next commit concerns, and whether they are known to run. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { session } from './session.mjs';

const GOOD = {
  cells: [
    { cell_type: 'code', id: 'a', metadata: {}, execution_count: null, outputs: [], source: 'total = 1 + 1\ntotal' },
  ],
  metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
  nbformat: 4,
  nbformat_minor: 5,
};

await session(
  'commit',
  async ({ server, page, workbench, log, capture }) => {
    const git = (...words) => execFileSync('git', words, { cwd: server.workspace, encoding: 'utf8' });
    const hook = path.join(server.workspace, '.git/hooks/pre-commit');
    fs.writeFileSync(path.join(server.workspace, 'totals.ipynb'), JSON.stringify(GOOD));
    git('init', '--quiet');
    git('add', 'totals.ipynb');

    await workbench.open(server.url, 'offbook: Show the Log');
    await workbench.openNotebook('totals.ipynb');
    await workbench.status('not run yet').waitFor();
    await workbench.run('Focus on Notebooks of the Next Commit View');
    const row = page.locator('.pane', { hasText: 'Notebooks of the Next Commit' }).locator('.monaco-list-row');
    const state = text => row.filter({ hasText: 'totals.ipynb' }).filter({ hasText: text });
    await state('not verified').waitFor();
    assert.equal(await row.count(), 1, 'only what is staged');
    await page.getByText('Nothing runs them before the commit').waitFor();
    await capture('vscode-commit');
    log('what is staged is not verified');

    await state('not verified').hover();
    await state('not verified').getByRole('button', { name: 'Run It' }).click();
    await state('runs to the end').waitFor({ timeout: 120_000 });
    log('a run in the editor counts for the commit');

    await workbench.run('offbook: Run Notebooks Before Every Commit');
    await workbench.eventually('the hook', () => fs.existsSync(hook));
    await page.getByText('Nothing runs them before the commit').waitFor({ state: 'detached' });
    log('the hook is installed in a terminal');

    const changed = { ...GOOD, cells: [{ ...GOOD.cells[0], source: 'total = 2' }] };
    fs.writeFileSync(path.join(server.workspace, 'totals.ipynb'), JSON.stringify(changed));
    git('add', 'totals.ipynb');
    await state('not verified').waitFor();
    log('an edit that is staged has to run again');
  },
  { settings: { 'git.enabled': true, 'git.openRepositoryInParentFolders': 'never' } },
);
