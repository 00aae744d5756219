/** What offbook's editor extensions share. Imports neither `vscode` nor `@jupyterlab/*`. */

export * from './wire.gen.js';
export * from './refactorings.gen.js';
export * from './protocol.js';
export * from './plan.js';
export * from './edit.js';
export * from './diff.js';
export * from './preview.js';
export * from './planText.js';
export * from './percent.js';
export * from './module.js';
export * from './refactoring.js';
export * from './texts.js';
export * from './handshake.js';
export * from './restart.js';
export * from './runState.js';
export * from './outputs.js';
export * from './shown.js';
export * from './trim.js';
export * from './graphView.js';
export * from './reportView.js';
export * from './graphMessages.js';
export * from './withCode.js';
