import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/',
      '.venv/',
      '.cache/',
      '.demo/',
      '**/lib/',
      'jupyter_ext/offbook_jupyter/',
      'vscode-client/dist/',
      '**/*.gen.ts',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A promise that nobody waits for says so with `void`.
      // The test runner itself waits for `test`.
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: 'test' }] },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', 400],
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: { 'max-lines': ['error', 400] },
  },
  {
    // Lumino's signals take a method and its object: `signal.connect(this.onChanged, this)`.
    files: ['jupyter_ext/**/*.ts', 'jupyter_ext/**/*.tsx'],
    rules: { '@typescript-eslint/unbound-method': 'off' },
  },
  {
    // The shared client serves both editors, and so knows neither.
    files: ['lsp_server/client/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: ['vscode', '@jupyterlab/*', '@lumino/*'] }],
    },
  },
);
