/** Two users in one notebook, with jupyter-collaboration: edits converge, and each undoes their own. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { same } from '../notebooks.mjs';
import { until } from './page.mjs';

const MODULE = 'cleaning.py';
const ADDED = '# the other one was here';

export async function workTogether(one, other, lab, say) {
  const place = lab.page('lab/tree/coffee_sales.ipynb');
  await one.open(place, 6);
  await other.open(place, 6);
  const before = await one.sources();
  const bothShow = async (what, sources) => {
    await until(`${what}, for one`, async () => same(await one.sources(), sources));
    await until(`${what}, for the other`, async () => same(await other.sources(), sources));
  };
  say('two users have the notebook open');

  await one.askExtraction(['parse_price', 'clean'], MODULE);
  await one.preview.waitFor();
  await other.cell('are there days missing').locator('.cm-content').click();
  await other.page.keyboard.press('Control+End');
  await other.page.keyboard.type(`\n${ADDED}`);
  await until('the other’s edit', async () => (await one.sources()).join('\n').includes(ADDED));
  await one.preview.locator('.jp-mod-accept').click();
  await one.page.locator('.Toastify__toast', { hasText: 'has changed since this was prepared' }).waitFor();
  assert.ok(!fs.existsSync(path.join(lab.workspace, MODULE)), 'a stale plan changes nothing');
  const edited = before.map(source => (source.includes('are there days missing') ? `${source}\n${ADDED}` : source));
  await bothShow('the other’s edit', edited);
  say('an edit of the other makes a preview stale');

  await extract(one);
  await until('the import', async () => (await one.sources()).join('\n').includes('from cleaning import'));
  assert.ok(fs.existsSync(path.join(lab.workspace, MODULE)));
  const extracted = await one.sources();
  await bothShow('the extraction', extracted);
  say('an extraction of one reaches the other');

  await other.cell('airport').locator('.jp-InputPrompt').click();
  await other.undo();
  await other.cell(ADDED).locator('.cm-content').click();
  await other.page.keyboard.press('Control+z');
  await bothShow('the extraction without the other’s edit', without(extracted));
  assert.ok(fs.existsSync(path.join(lab.workspace, MODULE)));
  say('the other’s undo takes back the other’s edit alone');

  await one.cell('airport').locator('.jp-InputPrompt').click();
  await one.undo();
  await bothShow('the notebook of before', before);
  await until('the module is gone', () => !fs.existsSync(path.join(lab.workspace, MODULE)));
  await other.counts(6);
  say('one undo brings all of the extraction back, for both');
}

async function extract(user) {
  await user.page.locator('.offbook-PreviewDialog').waitFor({ state: 'detached' });
  await user.askExtraction(['parse_price', 'clean'], MODULE);
  await user.preview.waitFor();
  await user.preview.locator('.jp-mod-accept').click();
  await user.preview.waitFor({ state: 'detached' });
}

function without(sources) {
  return sources.map(source => source.replace(`\n${ADDED}`, ''));
}
