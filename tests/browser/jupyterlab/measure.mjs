/**
 * What the extension costs in a real JupyterLab: typing, scrolling and start-up, with it and without it, in one run.
 *
 *   node tests/browser/jupyterlab/measure.mjs --python .venv/bin/python --chrome CHROME [--cells 1000] [--rounds 3]
 */

import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { Lab } from './lab.mjs';
import { LabPage, until } from './page.mjs';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string' },
    chrome: { type: 'string' },
    cells: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
  },
});
const CELLS = Number(options.cells);
const KEYS = 60;
const SQUIGGLES = 20;
const TURNS = 60;
const OURS = '/extensions/@offbook/';

/** A notebook as a course has it: text, tables, functions and plots over and over, with a cell for typing in the middle. */
function long() {
  const kinds = [
    index => ({ cell_type: 'markdown', source: `## Week ${index}` }),
    index => code(`week_${index} = pd.DataFrame({"day": range(7), "cups": range(${index}, ${index + 7})})`),
    index => code(`def total_${index}(frame):\n    kept = frame[frame["cups"] > 3]\n    return kept["cups"].sum()`),
    index => code(`print(total_${index}(week_${index}))\nweek_${index}.head()`),
    index => code(`plt.plot(week_${index}["day"], week_${index}["cups"])\nplt.show()`),
  ];
  const cells = Array.from({ length: CELLS - 2 }, (_, index) => kinds[index % 5](Math.floor(index / 5)));
  cells.unshift(code('import pandas as pd\nimport matplotlib.pyplot as plt'));
  cells.splice(Math.floor(CELLS / 2), 0, code('typed = 1'));
  return JSON.stringify({
    cells: cells.map((cell, index) => ({ id: `cell-${index}`, metadata: {}, ...cell })),
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  });
}

function code(source) {
  return { cell_type: 'code', execution_count: null, outputs: [], source };
}

const middle = sorted => sorted[Math.floor(sorted.length / 2)];
const sort = numbers => [...numbers].sort((a, b) => a - b);
const percentile = (numbers, part) => sort(numbers)[Math.min(numbers.length - 1, Math.floor(numbers.length * part))];

/** Runs in the page: note the time from each key to the frame that shows it, and the length of every frame. */
function watch() {
  const seen = { keys: [], frames: [] };
  globalThis.seen = seen;
  addEventListener(
    'keydown',
    event => {
      const pressed = event.timeStamp;
      requestAnimationFrame(() => setTimeout(() => seen.keys.push(performance.now() - pressed)));
    },
    true,
  );
  let last = performance.now();
  const frame = now => {
    seen.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

const taken = (page, what) =>
  page.evaluate(name => {
    const all = globalThis.seen[name];
    globalThis.seen[name] = [];
    return all;
  }, what);

/** Return the milliseconds of the main thread in which our code, or what it called, ran. */
function ours({ nodes, samples, timeDeltas }) {
  const parents = new Map();
  for (const node of nodes) for (const child of node.children ?? []) parents.set(child, node.id);
  const byId = new Map(nodes.map(node => [node.id, node]));
  const mine = new Set();
  for (const { id } of nodes) {
    for (let at = id; at !== undefined; at = parents.get(at)) {
      if (byId.get(at).callFrame.url.includes(OURS)) mine.add(id);
    }
  }
  return samples.reduce((sum, id, index) => sum + (mine.has(id) ? timeDeltas[index] : 0), 0) / 1000;
}

async function load(browser, lab) {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.setDefaultTimeout(120_000);
  await page.addInitScript(watch);
  const session = await page.context().newCDPSession(page);
  await session.send('Profiler.enable');
  await session.send('Profiler.setSamplingInterval', { interval: 200 });
  await session.send('Profiler.start');
  await page.goto(lab.page('lab/tree/long.ipynb'));
  const user = new LabPage(page);
  await user.notebook.locator('.jp-CodeCell').first().waitFor();
  await page.waitForTimeout(8000);
  const { profile } = await session.send('Profiler.stop');
  return { user, startUp: ours(profile) };
}

async function typing(user) {
  const { page } = user;
  await page.evaluate(
    async index => {
      const { content } = globalThis.jupyterapp.shell.currentWidget;
      content.activeCellIndex = index;
      await content.scrollToItem(index);
      content.mode = 'edit';
    },
    Math.floor(CELLS / 2),
  );
  const cell = user.cell('typed = 1');
  await cell.locator('.cm-content').click();
  await page.keyboard.press('End');
  await taken(page, 'keys');
  for (let key = 0; key < KEYS; key++) {
    await page.keyboard.type('# a comment that is typed as fast as people type'[key % 48]);
    await page.waitForTimeout(80);
  }
  return { cell, keys: await taken(page, 'keys') };
}

/** Return the milliseconds from a key to the squiggle that it causes, in the page's own clock. */
async function squiggles(user, cell) {
  const { page } = user;
  await page.keyboard.press('Enter');
  await page.waitForTimeout(1500);
  const times = [];
  for (let turn = 0; turn < SQUIGGLES; turn++) {
    await page.keyboard.type('x =');
    await page.waitForTimeout(600);
    await cell.evaluate(node => {
      globalThis.squiggle = new Promise(resolve => {
        let pressed = 0;
        addEventListener('keydown', event => (pressed = event.timeStamp), { capture: true });
        const observer = new MutationObserver(() => {
          if (!pressed || !node.querySelector('.cm-lintRange-error')) return;
          observer.disconnect();
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - pressed)));
        });
        observer.observe(node, { subtree: true, childList: true, attributes: true });
      });
    });
    await page.keyboard.type('q');
    times.push(await page.evaluate(() => globalThis.squiggle));
    for (let back = 0; back < 4; back++) await page.keyboard.press('Backspace');
    await until('no squiggle', async () => (await cell.locator('.cm-lintRange-error').count()) === 0);
  }
  return times;
}

async function scrolling(user) {
  const { page } = user;
  const box = await user.notebook.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await taken(page, 'frames');
  for (let turn = 0; turn < TURNS; turn++) {
    await page.mouse.wheel(0, turn < TURNS / 2 ? 400 : -400);
    await page.waitForTimeout(50);
  }
  return taken(page, 'frames');
}

async function measure(browser, extension) {
  const lab = new Lab({ python: path.resolve(options.python), enabled: extension, extension });
  fs.writeFileSync(path.join(lab.workspace, 'long.ipynb'), long());
  try {
    await lab.start();
    const { user, startUp } = await load(browser, lab);
    const { cell, keys } = await typing(user);
    const frames = await scrolling(user);
    const found = extension ? await squiggles(user, cell) : [];
    await user.page.close();
    return { startUp, keys, frames, found };
  } finally {
    await lab.stop();
  }
}

const browser = await chromium.launch({ executablePath: options.chrome, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const all = { true: [], false: [] };
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const extension of [true, false]) all[extension].push(await measure(browser, extension));
  }
  const line = (name, numbers) =>
    console.log(
      `${name.padEnd(44)} ${middle(sort(numbers)).toFixed(1).padStart(7)} ms  99 %: ${percentile(numbers, 0.99).toFixed(1)} ms`,
    );
  const of = (extension, what) => all[extension].flatMap(found => found[what]);
  console.log(`${CELLS} cells, ${options.rounds} rounds`);
  line('key to its frame, with offbook', of(true, 'keys'));
  line('key to its frame, without', of(false, 'keys'));
  line('frames while scrolling, with offbook', of(true, 'frames'));
  line('frames while scrolling, without', of(false, 'frames'));
  line('key to squiggle', of(true, 'found'));
  line('main thread in our code in the first seconds', of(true, 'startUp'));
} finally {
  await browser.close();
}
