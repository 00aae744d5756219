/** A line diff (Myers, "An O(ND) Difference Algorithm", 1986) and its hunks. */

/** One line of a diff; line numbers count from 0 and are `null` on the side that lacks the line. */
export interface DiffLine {
  kind: 'same' | 'removed' | 'added';
  text: string;
  oldLine: number | null;
  newLine: number | null;
}

/** A run of changed lines with the unchanged ones around them. */
export interface Hunk {
  lines: DiffLine[];
}

/** Above this many differing lines the texts count as wholly different: the search is quadratic in them. */
const MOST_DIFFERENCES = 1000;

/** Split into lines without their ends; the empty text has none, and a last line end makes no further line. */
export function splitLines(text: string): string[] {
  if (text === '') return [];
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Return every line of both texts in reading order. */
export function diffLines(before: string, after: string): DiffLine[] {
  const old = splitLines(before);
  const fresh = splitLines(after);
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start++;
  let tail = 0;
  const room = Math.min(old.length, fresh.length) - start;
  while (tail < room && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail++;
  const middle = shortestEdit(old.slice(start, old.length - tail), fresh.slice(start, fresh.length - tail));
  const kinds: DiffLine['kind'][] = [
    ...Array<'same'>(start).fill('same'),
    ...middle,
    ...Array<'same'>(tail).fill('same'),
  ];
  return numbered(kinds, old, fresh);
}

/** Group a diff into hunks with `context` unchanged lines around each change. */
export function hunks(lines: readonly DiffLine[], context = 3): Hunk[] {
  const result: Hunk[] = [];
  let end = -1;
  lines.forEach((line, index) => {
    if (line.kind === 'same') return;
    const from = Math.max(0, index - context);
    if (from > end || result.length === 0) {
      result.push({ lines: [] });
      end = from;
    }
    const to = Math.min(lines.length, index + context + 1);
    result.at(-1)!.lines.push(...lines.slice(end, to));
    end = to;
  });
  return result;
}

/** Count the added and removed lines. */
export function countChanges(lines: readonly DiffLine[]): { added: number; removed: number } {
  let added = 0;
  let removed = 0;
  for (const line of lines) {
    if (line.kind === 'added') added++;
    if (line.kind === 'removed') removed++;
  }
  return { added, removed };
}

function numbered(kinds: readonly DiffLine['kind'][], old: string[], fresh: string[]): DiffLine[] {
  let oldLine = 0;
  let newLine = 0;
  return kinds.map(kind => {
    if (kind === 'added') return { kind, text: fresh[newLine], oldLine: null, newLine: newLine++ };
    if (kind === 'removed') return { kind, text: old[oldLine], oldLine: oldLine++, newLine: null };
    return { kind, text: old[oldLine], oldLine: oldLine++, newLine: newLine++ };
  });
}

function shortestEdit(old: string[], fresh: string[]): DiffLine['kind'][] {
  const rewritten = [...Array<'removed'>(old.length).fill('removed'), ...Array<'added'>(fresh.length).fill('added')];
  if (old.length === 0 || fresh.length === 0) return rewritten;
  const most = Math.min(old.length + fresh.length, MOST_DIFFERENCES);
  const reach = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let distance = 0; distance <= most; distance++) {
    trace.push(new Map(reach));
    for (let diagonal = -distance; diagonal <= distance; diagonal += 2) {
      const x = furthest(reach, diagonal, distance, old, fresh);
      reach.set(diagonal, x);
      if (x >= old.length && x - diagonal >= fresh.length) return backtrack(trace, old.length, fresh.length);
    }
  }
  return rewritten;
}

function cameDown(reach: Map<number, number>, diagonal: number, distance: number): boolean {
  if (diagonal === -distance) return true;
  return diagonal !== distance && (reach.get(diagonal - 1) ?? -1) < (reach.get(diagonal + 1) ?? -1);
}

function furthest(
  reach: Map<number, number>,
  diagonal: number,
  distance: number,
  old: string[],
  fresh: string[],
): number {
  let x = cameDown(reach, diagonal, distance) ? reach.get(diagonal + 1)! : reach.get(diagonal - 1)! + 1;
  while (x < old.length && x - diagonal < fresh.length && old[x] === fresh[x - diagonal]) x++;
  return x;
}

function backtrack(trace: Map<number, number>[], width: number, height: number): DiffLine['kind'][] {
  const kinds: DiffLine['kind'][] = [];
  let x = width;
  let y = height;
  for (let distance = trace.length - 1; distance >= 0; distance--) {
    const reach = trace[distance];
    const down = cameDown(reach, x - y, distance);
    const diagonal = down ? x - y + 1 : x - y - 1;
    const fromX = distance === 0 ? 0 : reach.get(diagonal)!;
    const fromY = distance === 0 ? 0 : fromX - diagonal;
    for (; x > fromX && y > fromY; x--, y--) kinds.push('same');
    if (distance > 0) kinds.push(down ? 'added' : 'removed');
    x = fromX;
    y = fromY;
  }
  return kinds.reverse();
}
