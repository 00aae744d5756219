import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownText } from '../src/shown.js';

const shown = { mimeType: 'text/plain', text: '', rows: [], picture: '' };

test('a text is itself, a picture is named, a table has its columns in line', () => {
  assert.equal(shownText({ ...shown, kind: 'text', text: 'a\nb' }), 'a\nb');
  assert.equal(shownText({ ...shown, kind: 'picture', mimeType: 'image/png' }), '[image/png]');
  const rows = [
    ['', 'name', 'cups'],
    ['0', 'Airport', '185'],
  ];
  assert.equal(shownText({ ...shown, kind: 'table', rows }), '   name     cups\n0  Airport  185');
});
