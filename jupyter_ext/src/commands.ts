/** The ids of our commands. */

export const CommandIDs = {
  run: 'offbook:run',
  cancelRun: 'offbook:cancel-run',
  extractModule: 'offbook:extract-module',
  refactor: 'offbook:refactor',
  quickFix: 'offbook:quick-fix',
  nextFinding: 'offbook:next-finding',
  goToDefinition: 'offbook:go-to-definition',
  restartServer: 'offbook:restart-server',
} as const;
