/** The smallest single edit that turns one text into another. */

/** Replace the text from `start` to `end` (UTF-16 offsets) by `text`. */
export interface OffsetEdit {
  start: number;
  end: number;
  text: string;
}

/** Return the edit, or `null` for equal texts. It never cuts a surrogate pair or a `\r\n` in two. */
export function minimalEdit(before: string, after: string): OffsetEdit | null {
  if (before === after) return null;
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && before[start] === after[start]) start++;
  while (start > 0 && (splits(before, start) || splits(after, start))) start--;
  let tail = 0;
  while (tail < shortest - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  while (tail > 0 && (splits(before, before.length - tail) || splits(after, after.length - tail))) tail--;
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) };
}

function splits(text: string, offset: number): boolean {
  const left = text.charCodeAt(offset - 1);
  const right = text.charCodeAt(offset);
  const pair = left >= 0xd800 && left < 0xdc00 && right >= 0xdc00 && right < 0xe000;
  return pair || (left === 13 && right === 10);
}
