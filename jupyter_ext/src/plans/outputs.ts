/** Cuts long outputs in the notebook format's JSON, as the server does in a file. */

import type { ICodeCellModel } from '@jupyterlab/cells';
import type { IMimeBundle, IOutput, IStream } from '@jupyterlab/nbformat';
import type { IOutputAreaModel } from '@jupyterlab/outputarea';
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
  return { ...output, data: kept };
}

function joined(text: unknown): string {
  if (Array.isArray(text)) return text.join('');
  return typeof text === 'string' ? text : '';
}

/** The part of JupyterLab's cell model that keeps its shared model current; protected there. */
interface OutputsListener {
  onOutputsChange: (sender: IOutputAreaModel, event: IOutputAreaModel.ChangedArgs) => void;
}

/**
 * Show what the shared model holds as outputs of a cell.
 *
 * JupyterLab applies insertions before deletions, and joins an inserted stream with the one that is about to be
 * deleted: streams that are replaced in one transaction, by us or by an undo, vanish from the view. The shared model is
 * right, so it must not hear of the repair.
 */
export function repairView(model: ICodeCellModel): void {
  const wanted = model.sharedModel.getOutputs();
  const { outputs } = model;
  if (textOf(outputs.toJSON()) === textOf(wanted)) return;
  const listener = (model as unknown as OutputsListener).onOutputsChange;
  outputs.changed.disconnect(listener, model);
  try {
    outputs.fromJSON(wanted);
  } finally {
    outputs.changed.connect(listener, model);
  }
}

function textOf(outputs: IOutput[]): string {
  return JSON.stringify(outputs.map(output => [output.output_type, joined(output['text']), output['data'] ?? null]));
}
