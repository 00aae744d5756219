/** The ids of our commands. */

export const CommandIDs = {
  run: 'offbook:run',
  cancelRun: 'offbook:cancel-run',
  acceptOutputs: 'offbook:accept-outputs',
  extractModule: 'offbook:extract-module',
  refactor: 'offbook:refactor',
  quickFix: 'offbook:quick-fix',
  nextFinding: 'offbook:next-finding',
  previousFinding: 'offbook:previous-finding',
  goToDefinition: 'offbook:go-to-definition',
  goBack: 'offbook:go-back',
  findReferences: 'offbook:find-references',
  rename: 'offbook:rename',
  showPanel: 'offbook:show-panel',
  restartServer: 'offbook:restart-server',
} as const;

/** Return the id of a refactoring's own command. */
export function refactoringCommand(id: string): string {
  return `offbook:${id.replaceAll('.', '-')}`;
}
