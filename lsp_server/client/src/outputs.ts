/** Shapes of outputs for `offbook/outputs`; the contents never leave the editor. */

import { noiseOf } from './noise.js';
import type { OutputShape } from './wire.gen.js';

/** One output in the notebook format's JSON (nbformat 4). */
export interface RawOutput {
  output_type: string;
  name?: unknown;
  text?: unknown;
  ename?: unknown;
  traceback?: unknown;
  data?: unknown;
}

/** Return the shape of an output, as the server computes it for a saved file. */
export function shapeOutput(output: RawOutput): OutputShape {
  if (output.output_type === 'stream') {
    const text = joined(output.text) ?? '';
    const name = typeof output.name === 'string' ? output.name : 'stdout';
    return { ...shape('stream', name, [], text, 0, length(text)), ...noiseOf(text, name === 'stderr') };
  }
  if (output.output_type === 'error') {
    const lines: unknown[] = Array.isArray(output.traceback) ? output.traceback : [];
    const text = lines.filter(line => typeof line === 'string').join('\n');
    return shape('error', typeof output.ename === 'string' ? output.ename : '', [], text, 0, length(text));
  }
  const data = typeof output.data === 'object' && output.data !== null ? (output.data as Record<string, unknown>) : {};
  const html = joined(data['text/html']) ?? '';
  const rows = html.includes('<table') ? (html.match(/<tr[\s>]/g) ?? []).length : 0;
  const size = Object.values(data).reduce<number>((total, value) => total + dataSize(value), 0);
  const kind = output.output_type === 'execute_result' ? 'result' : 'display';
  return shape(kind, '', Object.keys(data), joined(data['text/plain']) ?? '', rows, size);
}

function shape(
  kind: OutputShape['kind'],
  name: string,
  mimeTypes: string[],
  text: string,
  rows: number,
  size: number,
): OutputShape {
  const lines = text ? text.replace(/\n$/, '').split(/\r\n|\r|\n/) : [];
  const widest = lines.reduce((most, line) => Math.max(most, length(line)), 0);
  return { kind, name, mimeTypes, lines: lines.length, widest, rows, size };
}

/** Count code points, as the server does. */
function length(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function dataSize(value: unknown): number {
  const text = joined(value);
  return text === null ? JSON.stringify(value).length : length(text);
}

function joined(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every(part => typeof part === 'string')) return value.join('');
  return value === null || value === undefined ? '' : null;
}
