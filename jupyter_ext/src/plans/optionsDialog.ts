/** Asks for the options of a refactoring. */

import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import {
  withCode,
  checkAnswer,
  explanationOf,
  questionOf,
  readAnswer,
  texts,
  type OptionInfo,
  type RefactoringInfo,
  type RefactoringOptions,
  type RefusalMessage,
} from '@offbook/client';
import { refusalBox } from './refusal';

export interface OptionsDialogOptions {
  info: RefactoringInfo;
  asked: readonly OptionInfo[];
  /** What was answered before. */
  answers: RefactoringOptions;
  /** Modules that are there already, for paths. */
  modules: readonly string[];
  /** Why the last answers could not be carried out. */
  refusal: RefusalMessage | null;
  showPlace: (refusal: RefusalMessage) => void;
  trans: TranslationBundle;
}

type Field = HTMLInputElement | HTMLSelectElement;

let dialogs = 0;

/** Return the options that were answered, or `null` where the user cancels. */
export async function askOptions(options: OptionsDialogOptions): Promise<RefactoringOptions | null> {
  const body = new OptionsForm(options);
  const dialog = new Dialog<RefactoringOptions>({
    title: options.info.title,
    body,
    focusNodeSelector: 'input, select',
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: options.trans.__(texts.refactor.preview) })],
  });
  dialog.addClass('offbook-OptionsDialog');
  const accept = () => dialog.node.querySelector<HTMLButtonElement>('.jp-mod-accept');
  body.onChange = valid => accept()?.toggleAttribute('disabled', !valid);
  body.onLeave = () => dialog.reject();
  const launched = dialog.launch();
  body.check();
  const result = await launched;
  if (!result.button.accept || !result.value) return null;
  return body.problem() === null ? result.value : askOptions({ ...options, answers: result.value });
}

class OptionsForm extends Widget implements Dialog.IBodyWidget<RefactoringOptions> {
  onChange: (valid: boolean) => void = () => undefined;
  onLeave: () => void = () => undefined;
  private readonly fields: (readonly [OptionInfo, Field])[] = [];
  private readonly message = document.createElement('p');

  constructor(private readonly options: OptionsDialogOptions) {
    super();
    const { info, asked, refusal, showPlace, trans } = options;
    this.addClass('offbook-Extract');
    this.message.className = 'offbook-Extract-message';
    this.message.setAttribute('role', 'alert');
    const summary = document.createElement('p');
    summary.className = 'offbook-Extract-note';
    summary.append(...withCode(info.summary));
    const leave = () => this.onLeave();
    this.node.append(summary, ...(refusal ? [refusalBox({ refusal, showPlace, leave, trans })] : []));
    this.node.append(...asked.map(option => this.row(option)), this.message);
    this.node.addEventListener('input', () => this.check());
  }

  getValue(): RefactoringOptions {
    const answers = this.fields.map(([option, field]) => [option.name, valueOf(option, field)]);
    return Object.fromEntries(answers.filter(([, value]) => value !== undefined)) as RefactoringOptions;
  }

  /** Say what is wrong with the answers, or `null`. */
  problem(): string | null {
    const problems = this.fields.map(([option, field]) => problemOf(option, field));
    return problems.find(problem => problem !== null) ?? null;
  }

  check(): void {
    const problem = this.problem();
    this.message.replaceChildren(...withCode(problem ?? ''));
    for (const [option, field] of this.fields) {
      field.setAttribute('aria-invalid', String(problemOf(option, field) !== null));
    }
    this.onChange(problem === null);
  }

  private row(option: OptionInfo): HTMLElement {
    const id = `offbook-option-${++dialogs}`;
    const row = document.createElement('div');
    row.className = 'offbook-Extract-module';
    const label = row.appendChild(document.createElement('label'));
    label.htmlFor = id;
    label.append(...withCode(questionOf(option)));
    const field = this.field(option, id);
    row.append(field);
    const explanation = explanationOf(option);
    if (explanation) {
      const note = row.appendChild(document.createElement('p'));
      note.className = 'offbook-Extract-note';
      note.id = `${id}-note`;
      note.append(...withCode(explanation));
      field.setAttribute('aria-describedby', note.id);
    }
    if (option.kind === 'path') row.append(this.known(field));
    this.fields.push([option, field]);
    return row;
  }

  private field(option: OptionInfo, id: string): Field {
    const value = this.options.answers[option.name] ?? option.default ?? '';
    if (option.kind === 'choice') {
      const select = document.createElement('select');
      select.id = id;
      select.className = 'jp-mod-styled';
      select.append(...option.choices.map(choice => new Option(choice, choice, false, choice === value)));
      return select;
    }
    const input = document.createElement('input');
    input.id = id;
    input.name = option.name;
    input.type = option.kind === 'flag' ? 'checkbox' : 'text';
    if (option.kind === 'flag') input.checked = value === true;
    else {
      input.className = 'jp-mod-styled';
      input.value = Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : JSON.stringify(value);
      input.spellcheck = false;
      input.autocomplete = 'off';
    }
    return input;
  }

  /** Return the list that completes a path. */
  private known(field: Field): HTMLElement {
    const list = document.createElement('datalist');
    list.id = `${field.id}-known`;
    list.append(...this.options.modules.map(path => new Option(texts.extract.existingModule, path)));
    field.setAttribute('list', list.id);
    return list;
  }
}

function valueOf(option: OptionInfo, field: Field): unknown {
  return option.kind === 'flag' ? (field as HTMLInputElement).checked : readAnswer(option, field.value);
}

function problemOf(option: OptionInfo, field: Field): string | null {
  return option.kind === 'flag' ? null : checkAnswer(option, field.value);
}
