/** Asks what to move to which module. */

import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import {
  withCode,
  checkModulePath,
  normalizeModulePath,
  texts,
  type CandidatesResult,
  type RefactoringOptions,
  type RefusalMessage,
} from '@offbook/client';
import { refusalBox } from './refusal';

/** What the user chose. */
export interface ExtractChoice {
  names: string[];
  to: string;
  /** Whether other notebooks that hold the same import it too. */
  others?: boolean;
}

export interface ExtractDialogOptions {
  found: CandidatesResult;
  /** What is chosen at first. */
  chosen: ExtractChoice;
  /** Why the last choice could not be carried out. */
  refusal: RefusalMessage | null;
  /** The title of a cell, "Cell 3". */
  cellTitle: (uri: string) => string;
  showPlace: (refusal: RefusalMessage) => void;
  /** Called with more options, with which to ask again. */
  retry: (more: RefactoringOptions) => void;
  trans: TranslationBundle;
}

let dialogs = 0;

/** Return the choice, or `null` where the user cancels. */
export async function askExtraction(options: ExtractDialogOptions): Promise<ExtractChoice | null> {
  const { trans } = options;
  const body = new ExtractForm(options);
  const dialog = new Dialog<ExtractChoice>({
    title: texts.extract.title,
    body,
    focusNodeSelector: 'input[type="text"]',
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Preview') })],
  });
  dialog.addClass('offbook-ExtractDialog');
  const accept = () => dialog.node.querySelector<HTMLButtonElement>('.jp-mod-accept');
  body.onChange = valid => accept()?.toggleAttribute('disabled', !valid);
  body.onLeave = () => dialog.reject();
  const launched = dialog.launch();
  body.check();
  const result = await launched;
  if (!result.button.accept || !result.value) return null;
  return body.problem() === null ? result.value : askExtraction({ ...options, chosen: result.value });
}

class ExtractForm extends Widget implements Dialog.IBodyWidget<ExtractChoice> {
  onChange: (valid: boolean) => void = () => undefined;
  onLeave: () => void = () => undefined;
  private readonly boxes: HTMLInputElement[] = [];
  private readonly module: HTMLInputElement;
  private others: HTMLInputElement | null = null;
  private readonly message = document.createElement('p');

  constructor(private readonly options: ExtractDialogOptions) {
    super();
    this.addClass('offbook-Extract');
    this.module = this.moduleInput();
    this.message.className = 'offbook-Extract-message';
    this.message.setAttribute('role', 'alert');
    const { refusal, showPlace, retry, trans } = options;
    const leave = () => this.onLeave();
    if (refusal) this.node.append(refusalBox({ refusal, showPlace, leave, retry, trans }));
    this.node.append(this.definitions(), this.moduleField());
    const most = Math.max(...options.found.candidates.map(candidate => candidate.others));
    if (most > 0) this.node.append(this.othersField(most));
    this.node.append(this.message);
    this.node.addEventListener('input', () => this.check());
  }

  getValue(): ExtractChoice {
    const names = this.boxes.filter(box => box.checked).map(box => box.value);
    const to = normalizeModulePath(this.module.value);
    return this.others === null ? { names, to } : { names, to, others: this.others.checked };
  }

  /** Say what is wrong with the choice, or `null`. */
  problem(): string | null {
    const { names, to } = this.getValue();
    if (names.length === 0) return this.options.trans.__('Choose at least one function or class.');
    return checkModulePath(to);
  }

  check(): void {
    const problem = this.problem();
    this.message.replaceChildren(...withCode(problem ?? ''));
    this.module.setAttribute('aria-invalid', String(problem !== null));
    this.onChange(problem === null);
  }

  private definitions(): HTMLElement {
    const { found, chosen, cellTitle, trans } = this.options;
    const list = document.createElement('fieldset');
    list.className = 'offbook-Extract-definitions';
    list.appendChild(document.createElement('legend')).textContent = texts.extract.pickDefinitions;
    for (const candidate of found.candidates) {
      const label = list.appendChild(document.createElement('label'));
      const box = label.appendChild(document.createElement('input'));
      box.type = 'checkbox';
      box.value = candidate.name;
      box.checked = chosen.names.includes(candidate.name);
      this.boxes.push(box);
      label.appendChild(document.createElement('code')).textContent = candidate.name;
      const kind = candidate.kind === 'class' ? trans.__('class') : trans.__('function');
      const note = label.appendChild(document.createElement('span'));
      note.className = 'offbook-Extract-note';
      note.textContent = `${kind}, ${cellTitle(candidate.cell)}`;
    }
    return list;
  }

  private moduleInput(): HTMLInputElement {
    const input = document.createElement('input');
    input.type = 'text';
    input.className = 'jp-mod-styled';
    input.id = `offbook-module-${++dialogs}`;
    input.value = this.options.chosen.to;
    input.spellcheck = false;
    input.autocomplete = 'off';
    input.setAttribute('list', `${input.id}-known`);
    return input;
  }

  private othersField(most: number): HTMLElement {
    const label = document.createElement('label');
    label.className = 'offbook-Extract-others';
    this.others = label.appendChild(document.createElement('input'));
    this.others.type = 'checkbox';
    this.others.checked = this.options.chosen.others === true;
    label.append(texts.extract.everywhere);
    const note = label.appendChild(document.createElement('span'));
    note.className = 'offbook-Extract-note';
    note.textContent = texts.extract.pickOthers(most);
    return label;
  }

  private moduleField(): HTMLElement {
    const field = document.createElement('div');
    field.className = 'offbook-Extract-module';
    const label = field.appendChild(document.createElement('label'));
    label.htmlFor = this.module.id;
    label.textContent = texts.extract.pickModule;
    const known = document.createElement('datalist');
    known.id = `${this.module.id}-known`;
    for (const path of this.options.found.modules) {
      const option = known.appendChild(document.createElement('option'));
      option.value = path;
      option.label = texts.extract.existingModule;
    }
    field.append(this.module, known);
    return field;
  }
}
