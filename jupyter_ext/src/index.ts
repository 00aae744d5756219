/** The JupyterLab extension: one plugin for each feature. */

import { findingsPlugin, lintPlugin } from './findings/plugin';
import { fixesPlugin, quickFixPlugin } from './fixes/plugin';
import { hoverPlugin } from './navigation/hoverPlugin';
import { namesPlugin, navigatorPlugin, nextFindingPlugin } from './navigation/plugin';
import { panelPlugin } from './panel/plugin';
import { extractPlugin } from './plans/extractPlugin';
import { plansPlugin } from './plans/plugin';
import { refactorPlugin } from './plans/refactorPlugin';
import { runPlugin } from './run/plugin';
import { serverPlugin } from './server/plugin';
import { settingsPlugin } from './settings';
import { syncPlugin } from './sync/plugin';

export default [
  serverPlugin,
  settingsPlugin,
  syncPlugin,
  findingsPlugin,
  plansPlugin,
  fixesPlugin,
  lintPlugin,
  quickFixPlugin,
  navigatorPlugin,
  namesPlugin,
  hoverPlugin,
  nextFindingPlugin,
  extractPlugin,
  refactorPlugin,
  runPlugin,
  panelPlugin,
];
