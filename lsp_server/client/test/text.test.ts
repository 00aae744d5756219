import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countChanges, diffLines, hunks, splitLines } from '../src/diff.js';
import { minimalEdit } from '../src/edit.js';

/** A small deterministic source of numbers (mulberry32), so that a failure can be seen again. */
function numbers(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function texts(seed: number, alphabet: string[], glue: string): [string, string] {
  const random = numbers(seed);
  const text = () =>
    Array.from({ length: Math.floor(random() * 9) }, () => alphabet[Math.floor(random() * alphabet.length)]).join(glue);
  return [text(), text()];
}

test('a minimal edit turns any text into any other, and cuts no pair in two', () => {
  for (let seed = 0; seed < 3000; seed++) {
    const [before, after] = texts(seed, ['a', 'b', '\n', '\r\n', '😀', '😁', '表'], '');
    const edit = minimalEdit(before, after);
    if (edit === null) {
      assert.equal(before, after);
      continue;
    }
    assert.equal(before.slice(0, edit.start) + edit.text + before.slice(edit.end), after, `seed ${seed}`);
    for (const part of [before.slice(0, edit.start), edit.text, before.slice(edit.end)]) {
      assert.ok(part.isWellFormed(), `seed ${seed}`);
    }
  }
});

test('a minimal edit of an appended line is only that line', () => {
  assert.deepEqual(minimalEdit('a\nb\n', 'a\nx\nb\n'), { start: 2, end: 2, text: 'x\n' });
});

test('a diff holds both texts, line by line', () => {
  for (let seed = 0; seed < 3000; seed++) {
    const [before, after] = texts(seed, ['a', 'b', 'c', ''], '\n');
    const lines = diffLines(before, after);
    const side = (number: 'oldLine' | 'newLine') => lines.filter(line => line[number] !== null).map(line => line.text);
    assert.deepEqual(side('oldLine'), splitLines(before), `seed ${seed}`);
    assert.deepEqual(side('newLine'), splitLines(after), `seed ${seed}`);
  }
});

test('a diff is the shortest', () => {
  const letters = (text: string) => [...text].join('\n');
  assert.deepEqual(countChanges(diffLines(letters('abcabba'), letters('cbabac'))), { added: 2, removed: 3 });
});

test('two changes far apart make two hunks, near ones share one', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  const change = (...at: number[]) => lines.map((line, index) => (at.includes(index) ? 'changed' : line)).join('\n');
  const before = lines.join('\n');
  const sizes = (after: string) => hunks(diffLines(before, after), 2).map(hunk => hunk.lines.length);
  assert.deepEqual(sizes(change(3, 25)), [6, 6]);
  assert.deepEqual(sizes(change(3, 6)), [10]);
  assert.deepEqual(sizes(before), []);
});

test('wholly different long texts are still answered at once', () => {
  const before = Array.from({ length: 4000 }, (_, index) => `old ${index}`).join('\n');
  const started = performance.now();
  const counted = countChanges(diffLines(before, before.replaceAll('old', 'new')));
  assert.deepEqual(counted, { added: 4000, removed: 4000 });
  assert.ok(performance.now() - started < 5000);
});
