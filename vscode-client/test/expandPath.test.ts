import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expandPath } from '../src/expandPath.js';

test('an interpreter is found as people write it', () => {
  const expanded = (setting: string, folder = '/project') => expandPath(setting, '/home/me', folder);
  assert.equal(expanded('~/venv/bin/python'), '/home/me/venv/bin/python');
  assert.equal(expanded('${workspaceFolder}/.venv/bin/python'), '/project/.venv/bin/python');
  assert.equal(expanded('.venv/bin/python'), '/project/.venv/bin/python');
  assert.equal(expanded('/usr/bin/python3'), '/usr/bin/python3');
  assert.equal(expanded('python3.12'), 'python3.12');
  assert.equal(expanded('.venv/bin/python', ''), '.venv/bin/python');
});
