/** The pictures of the documentation, light and dark. */

import fs from 'node:fs';
import path from 'node:path';

const THEMES = { light: 'JupyterLab Light', dark: 'JupyterLab Dark' };

/** Save `jupyterlab-light.png` and `jupyterlab-dark.png`: a finding with its fix, below a toolbar that says verified. */
export async function takeScreenshots(user, folder) {
  fs.mkdirSync(folder, { recursive: true });
  await user.page.setViewportSize({ width: 1200, height: 760 });
  await user.check.click();
  await user.state('verified', 120_000);
  await user.page.locator('.Toastify__toast').first().waitFor();
  await user.page.locator('.Toastify__toast').first().waitFor({ state: 'detached' });
  await user.page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').first().waitFor();
  for (const [name, theme] of Object.entries(THEMES)) {
    await user.setTheme(theme);
    await user.pointAt(user.cell('plt.bar(').locator('.cm-lintRange-warning').first());
    await user.tooltip.locator('button').first().waitFor();
    await user.page.screenshot({ path: path.join(folder, `jupyterlab-${name}.png`) });
  }
}
