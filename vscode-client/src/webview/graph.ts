/** The page of the cell graph. It is a bundle of its own, and runs in the webview. */

import { GraphView, type FromGraph, type ToGraph } from '@offbook/client';

declare function acquireVsCodeApi(): { postMessage(message: FromGraph): void };

const host = acquireVsCodeApi();
const view = new GraphView(document.getElementById('graph')!, {
  show: cell => host.postMessage({ kind: 'show', cell }),
  refactor: group => host.postMessage({ kind: 'refactor', group }),
});
window.addEventListener('message', ({ data }: MessageEvent<ToGraph>) => {
  if (data.kind === 'update') view.update(data.svg);
  else view.clear(data.why);
});
host.postMessage({ kind: 'ready' });
