/** A language server that dies, answers nothing or writes rubbish is started again, and the notebook is as it was. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { need, session } from './session.mjs';

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'offbook-crash-'));
const started = path.join(home, 'started');
const python = path.join(home, 'python');
const rubbish = path.join(home, 'rubbish');
fs.writeFileSync(
  python,
  `#!/bin/sh
echo $$ >>'${started}'
if rm '${rubbish}' 2>/dev/null; then printf 'a library prints\\r\\n\\r\\nto the wrong place'; exec sleep 600; fi
exec '${need('OFFBOOK_PYTHON')}' "$@"
`,
  { mode: 0o755 },
);
const starts = () => fs.readFileSync(started, 'utf8').trim().split('\n').map(Number);

try {
  await session(
    'crash',
    async ({ server, page, workbench, log }) => {
      const toasted = () => page.locator('.notification-toast').first().isVisible();
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

      process.kill(starts().at(-1), 'SIGSTOP');
      await workbench.edit('counts.head()', '  # still editable', 'hidden_state.ipynb');
      await workbench.eventually('a start in the place of one that hangs', () => starts().length > 4);
      await workbench.status('findings').waitFor();
      log('one that hangs is replaced');

      fs.writeFileSync(rubbish, '');
      process.kill(starts().at(-1), 'SIGKILL');
      await workbench.eventually('rubbish to be met', () => starts().length > 6 && !fs.existsSync(rubbish));
      await workbench.status('findings').waitFor();
      assert.equal(await page.locator('.notification-toast').count(), 0, 'nobody needs to hear of it');
      log('one that writes rubbish is replaced');

      for (let death = starts().length; death < 20 && !(await toasted()); death++) {
        process.kill(starts().at(-1), 'SIGKILL');
        await workbench.eventually('another start, or the end', async () => starts().length > death || toasted());
      }
      await workbench.toast('was not started again').waitFor();
      assert.equal(await page.locator('.notification-toast').count(), 1, 'told once');
      log('one that dies again and again is left alone');
    },
    { python },
  );
} finally {
  fs.rmSync(home, { recursive: true, force: true });
}
