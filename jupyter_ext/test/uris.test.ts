import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Uris } from '../src/uris';

const uris = new Uris('file:///srv/ann/my%20notes');

test('a path survives its URI', () => {
  for (const path of ['a.ipynb', 'deep er/ä#?%.ipynb', '漢字/🐍.py']) {
    assert.equal(uris.path(uris.fileUri(path)), path);
    assert.deepEqual(uris.cell(uris.cellUri(path, 'id/1#')), { path, id: 'id/1#' });
  }
});

test('what is outside of the root has no path', () => {
  for (const uri of [
    'file:///srv/ann/other/a.py',
    'file:///srv/ann/my%20notes2/a.py',
    'file:///srv/ann/my%20notes/../a.py',
    'file:///srv/ann/my%20notes/%2e%2e/a.py',
    'file:///srv/ann/my%20notes',
    'https://example.org/srv/ann/my%20notes/a.py',
  ]) {
    assert.equal(uris.path(uri), null, uri);
  }
});

test('a server escapes otherwise, and means the same', () => {
  assert.equal(uris.path('file:///srv/ann/my notes/a.py'), 'a.py');
});

test('a file is no cell', () => {
  assert.equal(uris.cell('file:///srv/ann/my%20notes/a.ipynb'), null);
});
