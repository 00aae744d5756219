/** What a program says about itself in an output: progress bars, warnings, installers, coloured logs. */

import type { OutputShape } from './wire.gen.js';

type Noise = Pick<OutputShape, 'noise' | 'noisyLines'>;

/** How many characters at the beginning of an output are looked at. */
const READ = 4096;

const KINDS: [Noise['noise'], string[], RegExp][] = [
  // eslint-disable-next-line no-control-regex -- terminals colour with it
  ['progress', ['%|', '[=', '━'], /\d%\|[█-▏#\s]*\||\d+\/\d+ \[[=>.]+\]|\d+\/\d+(?:\u001b\[[\d;]*m|\s)*━/],
  ['warnings', ['Warning: '], /\w*Warning: /],
  [
    'installer',
    ['Collecting ', 'Requirement already', 'Installing collected', 'Successfully installed', 'Using cached '],
    /^\s*(?:Collecting |Requirement already satisfied|Installing collected packages|Successfully installed|Using cached |Downloading |Building wheel|Attempting uninstall|Preparing metadata)/,
  ],
  // eslint-disable-next-line no-control-regex -- terminals colour with it
  ['log', ['\u001b['], /^(?=.*\u001b\[\d).*(?:\b|m)(?:DEBUG|INFO|WARNING|ERROR)\b/],
];

/** Return the kind of noise that most lines at the beginning of a text hold, as the server computes it for a file. */
export function noiseOf(text: string, warned: boolean): Noise {
  const head = text.slice(0, READ);
  let most: Noise = {};
  for (const [noise, signs, line] of KINDS) {
    const returns = noise === 'progress' ? (head.replaceAll('\r\n', '\n').match(/\r/g) ?? []).length : 0;
    const looked = signs.some(sign => head.includes(sign)) && (warned || noise !== 'warnings');
    const lines = looked ? head.split(/[\r\n]+/).filter(part => line.test(part)).length : 0;
    const noisyLines = Math.max(returns, lines);
    if (noisyLines > (most.noisyLines ?? 0)) most = { noise, noisyLines };
  }
  return most;
}
