import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Watchdog } from '../src/watchdog.js';

const settled = () => new Promise(resolve => setImmediate(resolve));

/** Watch a server that never answers. */
function watchSilence() {
  const seen = { hung: 0 };
  const dog = new Watchdog(
    () => new Promise(() => undefined),
    () => seen.hung++,
  );
  dog.start();
  return { dog, seen };
}

test('a server that answers is asked again and again', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let asked = 0;
  let hung = 0;
  const answers = [() => Promise.resolve(), () => Promise.reject(new Error('no such method'))];
  const dog = new Watchdog(
    () => answers[asked++ % 2](),
    () => hung++,
  );
  dog.start();
  for (let round = 0; round < 6; round++) {
    context.mock.timers.tick(10_000);
    await settled();
  }
  dog.stop();
  context.mock.timers.tick(100_000);
  assert.deepEqual([asked, hung], [6, 0]);
});

test('one that does not is told of once', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { seen } = watchSilence();
  context.mock.timers.tick(29_999);
  await settled();
  assert.equal(seen.hung, 0);
  context.mock.timers.tick(100_000);
  await settled();
  assert.equal(seen.hung, 1);
});

test('nobody hears of a server that was stopped meanwhile', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { dog, seen } = watchSilence();
  context.mock.timers.tick(15_000);
  dog.stop();
  context.mock.timers.tick(100_000);
  await settled();
  assert.equal(seen.hung, 0);
});
