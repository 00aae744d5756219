/** A language server that dies is started again, and the notebook is as it was. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { need, session } from './session.mjs';

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'offbook-crash-'));
const started = path.join(home, 'started');
const python = path.join(home, 'python');
fs.writeFileSync(python, `#!/bin/sh\necho $$ >>'${started}'\nexec '${need('OFFBOOK_PYTHON')}' "$@"\n`, { mode: 0o755 });
const starts = () => fs.readFileSync(started, 'utf8').trim().split('\n').map(Number);

try {
  await session(
    'crash',
    async ({ server, page, workbench, log }) => {
      await workbench.open(server.url, 'offbook: Show the Log');
      await workbench.openNotebook('hidden_state.ipynb');
      await workbench.status('findings').waitFor();
      for (const times of [1, 2]) {
        process.kill(starts().at(-1), 'SIGKILL');
        await workbench.eventually('another start', () => starts().length > times);
        await workbench.status('findings').waitFor();
      }
      assert.equal(await page.locator('.notification-toast').count(), 0, 'nobody needs to hear of it');
      await workbench.run('offbook: Restart the Language Server');
      await workbench.eventually('a start that was asked for', () => starts().length > 3);
      await workbench.status('findings').waitFor();
      log('started again');
    },
    { python },
  );
} finally {
  fs.rmSync(home, { recursive: true, force: true });
}
