/** Carries out a plan: files first, then the notebooks, all or nothing. */

import type { ICodeCellModel } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  fileName,
  findStale,
  snapshot,
  texts,
  type FileChangeMessage,
  type NotebookChangeMessage,
  type PlanMessage,
} from '@offbook/client';
import type { WorkspaceEdit } from 'vscode-languageserver-protocol';
import { reportError, UserError } from '../messages';
import type { SyncedNotebook } from '../sync/notebook';
import type { ILanguageServer, INotebooks, IPlans } from '../tokens';
import { changeCells } from './cells';
import type { Files } from './files';
import { repairView } from './outputs';
import { asOneStep, type UndoCompanion } from './undo';
import { planEdit, type EditSources } from './workspaceEdit';

interface PlacedFile extends FileChangeMessage {
  path: string;
}

export class Plans implements IPlans {
  constructor(
    private readonly server: ILanguageServer,
    private readonly notebooks: INotebooks,
    private readonly files: Files,
    private readonly trans: TranslationBundle,
  ) {}

  async apply(plan: PlanMessage, before?: string): Promise<void> {
    const files = plan.files.map(file => this.place(file));
    const targets: { notebook: SyncedNotebook; change: PlanMessage['notebooks'][number] }[] = [];
    for (const change of plan.notebooks) targets.push({ notebook: await this.open(change.uri), change });
    const check = () =>
      targets.forEach(({ notebook, change }, index) => {
        notebook.flush();
        if (index === 0 && before !== undefined && snapshot(notebook.texts()) !== before) throw stale();
        const version = before === undefined ? notebook.documentVersion : null;
        if (findStale(change, { cells: notebook.texts(), version })) throw stale();
      });
    check();
    const folders = await this.write(files);
    try {
      check();
      targets.forEach(({ notebook, change }, index) => {
        const companion = this.companion(notebook, change, index === 0 ? files : [], folders);
        asOneStep(notebook.shared, () => changeCells(notebook, change.changes), companion);
        repairOutputs(notebook, change);
      });
    } catch (error) {
      await this.restore(files, folders);
      throw error;
    }
    targets.forEach(({ notebook }) => notebook.flush());
  }

  async applyEdit(title: string, edit: WorkspaceEdit): Promise<{ notebooks: number; files: number }> {
    const { notebooks, files } = await planEdit(edit, {
      cell: uri => this.cellText(uri),
      file: uri => this.readClosed(uri),
    });
    await this.apply({ id: '', refactoring: '', title, notebooks, files, summary: [], warnings: [], unsafe: false });
    const closed = files.filter(file => file.uri.endsWith('.ipynb')).length;
    return { notebooks: notebooks.length + closed, files: files.length - closed };
  }

  private cellText(uri: string): ReturnType<EditSources['cell']> {
    const notebook = this.notebooks.ofCell(uri);
    notebook?.flush();
    const text = notebook?.texts().find(cell => cell.id === uri);
    return notebook && text ? { notebook: notebook.uri, text, version: notebook.cellVersion(uri) } : null;
  }

  /** Read a file; a notebook that was opened meanwhile is no longer one. */
  private async readClosed(uri: string): Promise<string | null> {
    const path = this.server.uris.path(uri);
    return path === null || this.notebooks.ofUri(uri) ? null : this.files.read(path);
  }

  private place(file: FileChangeMessage): PlacedFile {
    const path = this.server.uris.path(file.uri);
    if (path === null) throw new UserError(texts.plan.notOpen(fileName(file.uri)));
    return { ...file, path };
  }

  private async open(uri: string): Promise<SyncedNotebook> {
    const notebook = this.notebooks.ofUri(uri) ?? (await this.openClosed(uri));
    if (notebook.context.contentsModel?.writable === false) throw new UserError(texts.plan.readOnly(fileName(uri)));
    return notebook;
  }

  private openClosed(uri: string): Promise<SyncedNotebook> {
    const path = this.server.uris.path(uri);
    if (path === null) throw new UserError(texts.plan.notOpen(fileName(uri)));
    return this.notebooks.open(path);
  }

  /** Write all files or none; return the folders that were made for them. */
  private async write(files: readonly PlacedFile[]): Promise<string[]> {
    for (const file of files) await this.files.expect(file.path, file.before, texts.plan.staleFile(fileName(file.uri)));
    const folders: string[] = [];
    const written: PlacedFile[] = [];
    try {
      for (const file of files) {
        folders.push(...(await this.files.makeFolders(file.path)));
        await this.files.write(file.path, file.after);
        written.push(file);
      }
    } catch (error) {
      await this.restore(written, folders);
      throw error;
    }
    return folders;
  }

  private async restore(files: readonly PlacedFile[], folders: readonly string[]): Promise<void> {
    for (const file of [...files].reverse()) {
      await this.files.expect(
        file.path,
        file.after,
        this.trans.__('`%1` was changed since, so it was left as it is.', file.path),
      );
      if (file.before === null) await this.files.remove(file.path);
      else await this.files.write(file.path, file.before);
    }
    for (const folder of [...folders].reverse()) await this.files.removeEmptyFolder(folder);
  }

  /** Bring the files back, or write them again, when the notebook's step is undone or redone. */
  private companion(
    notebook: SyncedNotebook,
    change: NotebookChangeMessage,
    files: readonly PlacedFile[],
    folders: readonly string[],
  ): UndoCompanion {
    let last = Promise.resolve();
    const next = (work: () => Promise<unknown>) => {
      repairOutputs(notebook, change);
      last = last.then(work).then(() => undefined, reportError);
      return last;
    };
    return {
      undo: () => next(() => this.restore(files, folders)),
      redo: () => next(() => this.write(files)),
    };
  }
}

function stale(): UserError {
  return new UserError(texts.plan.stale);
}

function repairOutputs(notebook: SyncedNotebook, { changes }: NotebookChangeMessage): void {
  for (const change of changes) {
    if (change.kind !== 'trimOutputs' && change.kind !== 'dropOutputs') continue;
    const model = notebook.panel.content.model?.cells.get(notebook.indexOf(change.cell));
    if (model?.type === 'code') repairView(model as ICodeCellModel);
  }
}
