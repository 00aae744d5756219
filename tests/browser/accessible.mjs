/** Holds what we show against the rules of axe-core. */

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Assert that an element is all there for the keyboard, for screen readers, and for eyes that need contrast.
 *
 * @param {import('playwright-core').Locator} element what the user sees now
 * @param {string} what names it in the message
 */
export async function accessible(element, what) {
  const handle = await element.elementHandle();
  const frame = await handle.ownerFrame();
  // As a text, and not as a script of the page: the page's policy may allow none.
  await frame.evaluate(`globalThis.axe || (() => { ${AXE} })()`);
  const { violations, contrasts } = await handle.evaluate(inspect);
  assert.ok(contrasts > 0, `axe-core has seen the texts of ${what}`);
  assert.deepEqual(violations, [], `what axe-core says of ${what}`);
}

/** Runs in the page. */
async function inspect(node) {
  // JupyterLab's body has no height, and axe-core takes all in it for hidden.
  for (const outer of [document.documentElement, document.body]) outer.style.height = '100vh';
  const { violations, passes, incomplete } = await globalThis.axe.run(node);
  // The background of a text in SVG cannot be told: it is seen, and not judged.
  const texts = [...passes, ...incomplete].filter(({ id }) => id === 'color-contrast').flatMap(({ nodes }) => nodes);
  return {
    violations: violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html.slice(0, 300)}\n${failureSummary}`),
    ),
    contrasts: texts.filter(({ html }) => !html.startsWith('<input')).length,
  };
}
