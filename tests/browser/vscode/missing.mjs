/** Without the language server: one message with the command that installs it, and editing goes on. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { need, session } from './session.mjs';

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'offbook-bare-'));
try {
  const made = spawnSync(need('OFFBOOK_PYTHON'), ['-m', 'venv', '--without-pip', home], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  const python = path.join(home, 'bin/python');
  await session(
    'missing',
    async ({ server, page, workbench, log }) => {
      await workbench.open(server.url, 'offbook: Show the Log');
      await workbench.openNotebook('coffee_sales.ipynb');
      await workbench.status('offbook: stopped').waitFor();
      const toast = workbench.toast('offbook is not installed');
      await toast.waitFor();
      const text = (await toast.innerText()).replace(/\s+/g, ' ');
      assert.ok(text.includes(`${python} -m pip install offbook`), text);
      assert.equal(await page.locator('.notification-toast').count(), 1, 'one message, no more');
      await workbench.edit('sales.shape', '  # still editable', 'coffee_sales.ipynb');
      log('the command that installs it');
    },
    { python },
  );
} finally {
  fs.rmSync(home, { recursive: true, force: true });
}
