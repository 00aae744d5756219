/** Our icons, in the colours of JupyterLab's themes. */

import { LabIcon } from '@jupyterlab/ui-components';

const draw = (paths: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16"><g class="jp-icon3" style="fill: none" stroke="#616161" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">${paths}</g></svg>`;

/** The brackets of code that go out of a box. */
export const extractIcon = new LabIcon({
  name: 'offbook:extract',
  svgstr: draw('<path d="M9 2.75H3.25v10.5h9.5V9"/><path d="M7.5 8.5l5.75-5.75M9.75 2.75h3.5v3.5"/>'),
});

/** A circle that runs, with its tick. */
export const checkIcon = new LabIcon({
  name: 'offbook:check',
  svgstr: draw('<path d="M13.25 8a5.25 5.25 0 1 1-2-4.1"/><path d="M5.75 7.75l2 2 4.75-5.5"/>'),
});

/** A play sign within a circle: not run yet. */
export const neverIcon = new LabIcon({
  name: 'offbook:never',
  svgstr: draw('<circle cx="8" cy="8" r="5.25"/><path d="M6.75 5.9v4.2L10.2 8z"/>'),
});

export const failedIcon = new LabIcon({
  name: 'offbook:failed',
  svgstr: draw('<circle cx="8" cy="8" r="5.25"/><path d="M6.1 6.1l3.8 3.8M9.9 6.1L6.1 9.9"/>'),
});

export const changedIcon = new LabIcon({
  name: 'offbook:changed',
  svgstr: draw('<circle cx="8" cy="8" r="5.25" stroke-dasharray="2.6 2.1"/><path d="M8 5.25v3.25M8 10.6v.1"/>'),
});

export const runningIcon = new LabIcon({
  name: 'offbook:running',
  svgstr: draw('<path d="M8 2.75A5.25 5.25 0 1 1 2.75 8"/>'),
});

export const findingsIcon = new LabIcon({
  name: 'offbook:findings',
  svgstr: draw(
    '<path d="M2.75 4h7M2.75 8h4M2.75 12h3"/><circle cx="10.75" cy="9.5" r="2.5"/><path d="M12.6 11.4l1.4 1.6"/>',
  ),
});
