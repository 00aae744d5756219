import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainStartFailure } from '../src/startFailure.js';

const explain = (stderr: string, spawnError = '') => explainStartFailure({ stderr, spawnError }, '/p/bin/python');

test('a missing package is named with the command that installs it for this interpreter', () => {
  const failure = explain('/p/bin/python: No module named offbook\n');
  assert.equal(failure?.command, '/p/bin/python -m pip install offbook');
  assert.match(failure?.message ?? '', /not installed for \/p\/bin\/python/);
});

test('an offbook without a language server is too old', () => {
  for (const stderr of [
    "python: No module named offbook.__main__; 'offbook' is a package and cannot be directly executed",
    "Error: No such command 'lsp'.",
    "ModuleNotFoundError: No module named 'offbook.lsp'",
  ]) {
    assert.equal(explain(stderr)?.command, '/p/bin/python -m pip install --upgrade offbook', stderr);
  }
});

test('an interpreter that is not there is named', () => {
  const failure = explain('', 'spawn /p/bin/python ENOENT');
  assert.match(failure?.message ?? '', /no Python at `\/p\/bin\/python`/);
  assert.equal(failure?.command, null);
});

test('a crash of its own is not blamed on the installation', () => {
  assert.equal(explain("Traceback\nModuleNotFoundError: No module named 'pygls'"), null);
  assert.equal(explain('Killed'), null);
});
