/** The pictures of the documentation, light and dark. */

import fs from 'node:fs';
import path from 'node:path';
import { until } from './page.mjs';

const THEMES = { light: 'JupyterLab Light', dark: 'JupyterLab Dark' };

/** Save `jupyterlab-light.png` and `jupyterlab-dark.png`: a finding with its fix, below a toolbar that says verified. */
export async function takeScreenshots(user, folder) {
  fs.mkdirSync(folder, { recursive: true });
  await user.page.setViewportSize({ width: 1200, height: 760 });
  await user.page.evaluate(() => globalThis.jupyterapp.commands.execute('application:toggle-left-area'));
  await user.check.click();
  await user.state('verified', 120_000);
  await user.page.locator('.Toastify__toast').first().waitFor();
  await user.page.locator('.Toastify__toast').first().waitFor({ state: 'detached' });
  await user.page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').first().waitFor();
  for (const [name, theme] of Object.entries(THEMES)) {
    await user.setTheme(theme);
    const plot = user.cell('plt.bar(');
    const heading = user.notebook.locator('.jp-MarkdownCell', { hasText: 'Which shop, which day' });
    let last = null;
    await until('the plot in the middle, and at rest', async () => {
      await heading.evaluate(node => node.scrollIntoView({ block: 'start' }));
      const before = last;
      last = (await heading.boundingBox())?.y ?? null;
      return last !== null && last === before && last < 130;
    });
    await user.pointAt(plot, '.cm-lintRange-warning');
    await user.tooltip.locator('button').first().waitFor();
    await user.page.screenshot({ path: path.join(folder, `jupyterlab-${name}.png`) });
  }
}
