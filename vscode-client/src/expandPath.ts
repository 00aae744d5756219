/** Reads the path of an interpreter as people write it in settings. */

import path from 'node:path';

/** Expand `~` and `${workspaceFolder}`; a relative path starts at the workspace, a bare name is looked up on the path. */
export function expandPath(setting: string, home: string, folder: string): string {
  const whole = setting.replaceAll('${workspaceFolder}', folder).replace(/^~(?=[\\/])/, home);
  const bare = !/[\\/]/.test(whole);
  return bare || path.isAbsolute(whole) || folder === '' ? whole : path.join(folder, whole);
}
