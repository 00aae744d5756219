/** The walkthrough of the first use opens, with its steps and pictures. */

import assert from 'node:assert/strict';
import { session } from './session.mjs';

const STEPS = [
  ...['Install offbook for your Python', 'See what is wrong, and mend it', 'Move functions to a module'],
  ...['Restart and run all, in a kernel of its own', 'Keep it so'],
];

await session('walkthrough', async ({ server, page, workbench, log }) => {
  await workbench.open(server.url, 'offbook: Show the Log');
  await workbench.run('Welcome: Open Walkthrough...');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Take a notebook off-book' }).click();
  const view = page.locator('.gettingStartedContainer');
  const steps = view.locator('.getting-started-step');
  await steps.first().waitFor();
  const titles = await steps.locator('.step-title').allInnerTexts();
  assert.deepEqual(
    titles.map(title => title.trim()),
    STEPS,
  );
  log('the walkthrough is open');

  for (const step of STEPS.slice(1, 4)) {
    await steps.filter({ hasText: step }).locator('.step-title').click();
    const picture = view.locator('.getting-started-media img');
    await workbench.until(`the picture of "${step}"`, async () => {
      await picture.waitFor();
      return picture.evaluate(image => image.naturalWidth > 400);
    });
    await page.waitForTimeout(300);
  }
  log('every step has its picture');

  await steps.filter({ hasText: STEPS[1] }).locator('.step-title').click();
  await view.getByText('Show the Problems').click();
  await page.locator('.markers-panel').waitFor();
  await steps.filter({ hasText: STEPS[1] }).locator('.codicon-getting-started-step-checked').waitFor();
  log('a step is done when its button is pressed');
});
