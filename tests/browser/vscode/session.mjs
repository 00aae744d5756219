/** One test session: a VS Code with the examples, a browser in front of it, and a report where it fails. */

import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { CodeServer } from './server.mjs';
import { Workbench } from './workbench.mjs';

const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--font-render-hinting=none'],
];
const STEP_MS = 60_000;
const REPORTS = path.join(import.meta.dirname, '../output/vscode');

/** Read a variable that the pytest wrapper sets. */
export function need(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run this through tests/browser/test_vscode.py`);
  return value;
}

/** Run a story in a session of its own; everything that was started ends with it. */
export async function session(name, story, options = {}) {
  const server = new CodeServer({
    node: need('OFFBOOK_NODE'),
    codeServer: need('OFFBOOK_CODE_SERVER'),
    vsix: need('OFFBOOK_VSIX'),
    python: options.python ?? need('OFFBOOK_PYTHON'),
    settings: options.settings,
  });
  let browser;
  let page;
  const started = Date.now();
  const log = text => console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`);
  try {
    fs.cpSync(need('OFFBOOK_EXAMPLES'), server.workspace, { recursive: true });
    await server.start();
    log('code-server answers');
    browser = await chromium.launch({ executablePath: need('OFFBOOK_BROWSER'), args: ARGUMENTS });
    page = await browser.newPage({ viewport: { width: 1400, height: 900 }, colorScheme: 'dark' });
    page.setDefaultTimeout(STEP_MS);
    const workbench = new Workbench(page);
    await story({ server, page, workbench, log, capture: captures(workbench) });
    log('done');
  } catch (error) {
    await report(name, error, server, page);
    process.exitCode = 1;
  } finally {
    await browser?.close();
    await server.stop();
  }
}

/** Return a function that saves a screenshot in both themes, where the documentation wants new ones. */
function captures(workbench) {
  const folder = process.env.OFFBOOK_PICTURES;
  return async name => {
    if (!folder) return;
    fs.mkdirSync(folder, { recursive: true });
    await workbench.inBothThemes(theme =>
      workbench.page.screenshot({ path: path.join(folder, `${name}-${theme}.png`) }),
    );
  };
}

async function report(name, error, server, page) {
  fs.mkdirSync(REPORTS, { recursive: true });
  const picture = path.join(REPORTS, `${name}.png`);
  await page?.screenshot({ path: picture }).catch(() => undefined);
  console.error(`picture: ${path.relative(process.cwd(), picture)}\n--- log of the extension\n${server.log()}`);
  console.error(`--- code-server\n${server.output.slice(-2000)}\n--- why\n${error.stack}`);
}
