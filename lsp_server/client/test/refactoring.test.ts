import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkAnswer,
  commandName,
  explanationOf,
  findRefactoring,
  menuTitle,
  openOptions,
  questionOf,
  readAnswer,
  refusalText,
  selectedOptions,
} from '../src/refactoring.js';
import { REFACTORINGS, type OptionInfo, type RefactoringInfo } from '../src/refactorings.gen.js';

const option = (more: Partial<OptionInfo>): OptionInfo => ({
  ...{ name: 'name', kind: 'text', help: 'A name.', required: false, default: '', group: '', ask: '', choices: [] },
  ...more,
});
const refactoring = (...options: OptionInfo[]): RefactoringInfo => ({
  ...{ id: 'some.thing', title: 'Some', kind: 'refactor', summary: '', options },
});
const range = (first: number, last: number, end = 4) => ({
  start: { line: first, character: 0 },
  end: { line: last, character: end },
});
const known = (id: string) => findRefactoring(id)!;

test('selected text stands for its lines, and cells for themselves', () => {
  const extract = known('extract.function');
  const both = { cells: ['a', 'b'], cell: 'b' };
  assert.deepEqual(selectedOptions(extract, { ...both, range: null }), { cells: ['a', 'b'] });
  assert.deepEqual(selectedOptions(extract, { ...both, range: range(2, 2, 0) }), { cells: ['a', 'b'] });
  assert.deepEqual(selectedOptions(extract, { cells: ['b'], cell: 'b', range: range(1, 3) }), {
    lines: { cell: 'b', first: 1, last: 3 },
  });
});

test('a line at whose start the selection ends is not selected', () => {
  const selection = { cells: ['b'], cell: 'b', range: range(1, 3, 0) };
  assert.deepEqual(selectedOptions(known('extract.function'), selection), { lines: { cell: 'b', first: 1, last: 2 } });
});

test('one cell does not narrow down what is about the whole notebook', () => {
  const clean = known('clean');
  assert.deepEqual(selectedOptions(clean, { cells: ['a'], cell: 'a', range: null }), {});
  assert.deepEqual(selectedOptions(clean, { cells: ['a', 'b'], cell: 'a', range: null }), { cells: ['a', 'b'] });
});

test('a refactoring of one cell takes the one with the cursor', () => {
  const move = refactoring(
    option({ name: 'cell', kind: 'cell', required: true }),
    option({ name: 'to', kind: 'cell' }),
  );
  assert.deepEqual(selectedOptions(move, { cells: ['a', 'b'], cell: 'b', range: null }), { cell: 'b' });
  assert.deepEqual(selectedOptions(move, { cells: [], cell: null, range: null }), {});
});

test('asked for is what has a question or is required, unless it is known or a place', () => {
  const names = (...of: Parameters<typeof openOptions>) => openOptions(...of).map(item => item.name);
  const info = refactoring(
    option({ name: 'name', ask: 'Name' }),
    option({ name: 'to', kind: 'path', required: true }),
    option({ name: 'cell', kind: 'cell', required: true }),
    option({ name: 'quiet' }),
    option({ name: 'words', ask: 'Words', group: 'what' }),
    option({ name: 'everything', kind: 'flag', group: 'what' }),
  );
  assert.deepEqual(names(info, {}), ['name', 'to', 'words']);
  assert.deepEqual(names(info, { name: 'x', everything: true }), ['to']);
  assert.deepEqual(names(known('clean'), {}), []);
});

test('answers are checked and read by their kind', () => {
  const read = (more: Partial<OptionInfo>, typed: string) =>
    checkAnswer(option(more), typed) ?? readAnswer(option(more), typed);
  assert.equal(read({}, ' tidy '), 'tidy');
  assert.equal(read({}, ''), undefined);
  assert.equal(read({ required: true }, ' '), 'This is needed.');
  assert.equal(read({ kind: 'whole-number' }, '12'), 12);
  assert.equal(read({ kind: 'whole-number' }, '1.5'), 'Give a whole number.');
  assert.equal(read({ kind: 'number' }, '1.5'), 1.5);
  assert.equal(read({ kind: 'number' }, 'many'), 'Give a number.');
  assert.deepEqual(read({ kind: 'words' }, 'a, b c'), ['a', 'b', 'c']);
  assert.equal(read({ kind: 'path' }, '.\\lib\\tidy.py'), 'lib/tidy.py');
  assert.equal(read({ kind: 'path' }, 'config.yaml'), 'config.yaml');
  assert.match(String(read({ kind: 'path' }, '../tidy.py')), /inside the workspace/);
});

test('an option is asked for by its question, with its help below', () => {
  const asked = option({ ask: 'Name of the function', help: 'By default the first words.' });
  assert.equal(questionOf(asked), 'Name of the function');
  assert.equal(explanationOf(asked), 'By default the first words. It may be left empty.');
  assert.equal(questionOf(option({ required: true, help: 'The module.' })), 'The module');
  assert.equal(explanationOf(option({ required: true, help: 'The module.' })), '');
});

test('a refusal is one text', () => {
  const where = { uri: null, range: null, remedy: null };
  assert.equal(refusalText({ reason: 'it reads `x`', advice: 'Move it.', ...where }), 'It reads `x`. Move it.');
});

test('every refactoring has a command of its own', () => {
  assert.equal(commandName('extract.function'), 'extractFunction');
  const names = REFACTORINGS.map(info => commandName(info.id));
  assert.equal(new Set(names).size, names.length);
  assert.ok(!names.includes('refactor') && !names.includes('run'));
});

test('menus write titles in capitals', () => {
  assert.equal(menuTitle(known('extract.function')), 'Extract to Function');
  assert.equal(menuTitle(known('extract.config')), 'Extract to a Configuration File');
});
