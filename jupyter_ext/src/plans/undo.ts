/** Ties what happens outside a notebook to the notebook's undo. */

import type { ISharedNotebook } from '@jupyter/ydoc';

const KEY = 'offbook';

/** What to do with the step that it belongs to. */
export interface UndoCompanion {
  undo(): Promise<void>;
  redo(): Promise<void>;
}

interface StackItem {
  meta: Map<unknown, unknown>;
}

/** The part of Yjs's UndoManager that is needed here. */
interface UndoManager {
  undoStack: StackItem[];
  redoStack: StackItem[];
  stopCapturing(): void;
  on(name: 'stack-item-popped', handler: (event: { stackItem: StackItem; type: 'undo' | 'redo' }) => void): void;
}

const watched = new WeakSet<UndoManager>();

/**
 * Make all changes in `work` one step of the notebook's undo (`notebook:undo-cell-action`), and no part of another.
 *
 * A transaction of the notebook tracks what is nested in it, cell sources and outputs too, since Yjs gives nested
 * transactions the origin of the outermost one.
 */
export function asOneStep(shared: ISharedNotebook, work: () => void, companion?: UndoCompanion): void {
  const manager = managerOf(shared);
  manager.stopCapturing();
  shared.transact(work);
  manager.stopCapturing();
  const step = manager.undoStack.at(-1);
  if (!companion || !step) return;
  step.meta.set(KEY, companion);
  watch(manager);
}

function watch(manager: UndoManager): void {
  if (watched.has(manager)) return;
  watched.add(manager);
  manager.on('stack-item-popped', ({ stackItem, type }) => {
    const companion = stackItem.meta.get(KEY) as UndoCompanion | undefined;
    if (!companion) return;
    const opposite = type === 'undo' ? manager.redoStack : manager.undoStack;
    opposite.at(-1)?.meta.set(KEY, companion);
    void (type === 'undo' ? companion.undo() : companion.redo());
  });
}

function managerOf(shared: ISharedNotebook): UndoManager {
  return (shared as unknown as { undoManager: UndoManager }).undoManager;
}
