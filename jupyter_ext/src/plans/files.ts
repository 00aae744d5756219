/** Text files of the workspace, read and written as the user would in an editor. */

import type { IDocumentManager } from '@jupyterlab/docmanager';
import { ServerConnection, type Contents } from '@jupyterlab/services';
import { sameText } from '@offbook/client';
import { UserError } from '../messages';

export class Files {
  constructor(
    private readonly manager: IDocumentManager,
    private readonly contents: Contents.IManager,
  ) {}

  /** Return a file's text as the user sees it, or `null` where there is no such file. */
  async read(path: string): Promise<string | null> {
    const context = this.contextOf(path);
    if (context) return context.model.toString();
    try {
      const model = await this.contents.get(path, { type: 'file', format: 'text', content: true });
      return String(model.content);
    } catch (error) {
      if (error instanceof ServerConnection.ResponseError && error.response.status === 404) return null;
      throw error;
    }
  }

  /** Write a file; its folders must be there. */
  async write(path: string, text: string): Promise<void> {
    const context = this.contextOf(path);
    if (context) {
      context.model.fromString(text);
      await context.save();
    } else {
      await this.contents.save(path, { type: 'file', format: 'text', content: text });
    }
  }

  async remove(path: string): Promise<void> {
    await this.contents.delete(path);
  }

  /** Make the folders that a file needs; return those that were not there, outermost first. */
  async makeFolders(path: string): Promise<string[]> {
    const made: string[] = [];
    const parts = path.split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/');
      if (await this.hasFolder(folder)) continue;
      await this.contents.save(folder, { type: 'directory' });
      made.push(folder);
    }
    return made;
  }

  /** Remove a folder if it is empty. */
  async removeEmptyFolder(path: string): Promise<void> {
    const model = await this.contents.get(path, { type: 'directory', content: true });
    if (Array.isArray(model.content) && model.content.length === 0) await this.contents.delete(path);
  }

  /** Fail with a message unless the file holds `text` (`null`: is not there). */
  async expect(path: string, text: string | null, message: string): Promise<void> {
    const now = await this.read(path);
    if (now === null || text === null ? now !== text : !sameText(now, text)) throw new UserError(message);
  }

  private async hasFolder(path: string): Promise<boolean> {
    try {
      return (await this.contents.get(path, { content: false })).type === 'directory';
    } catch (error) {
      if (error instanceof ServerConnection.ResponseError && error.response.status === 404) return false;
      throw error;
    }
  }

  private contextOf(path: string) {
    const widget = this.manager.findWidget(path, null);
    const context = widget && this.manager.contextForWidget(widget);
    return context?.isReady ? context : null;
  }
}
