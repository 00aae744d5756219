/** Cuts long outputs in the notebook format's JSON, as the server does in a file. */

import type { IMimeBundle, IOutput, IStream } from '@jupyterlab/nbformat';
import { isLongTable, trimText } from '@offbook/client';

/** Return an output whose text has at most so many lines; a longer table goes where plain text stands for it. */
export function trimOutput(output: IOutput, lines: number): IOutput {
  if (output.output_type === 'stream') {
    return { ...output, text: trimText(joined((output as IStream).text), lines) };
  }
  const data = output['data'] as IMimeBundle | undefined;
  if (!data || data['text/plain'] === undefined) return output;
  const kept: IMimeBundle = { ...data, 'text/plain': trimText(joined(data['text/plain']), lines) };
  if (data['text/html'] !== undefined && isLongTable(joined(data['text/html']), lines)) delete kept['text/html'];
  return { ...output, data: kept } as IOutput;
}

function joined(text: unknown): string {
  return Array.isArray(text) ? text.join('') : String(text ?? '');
}
