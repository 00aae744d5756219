/** Sets the Markdown of a hover as text and code: no HTML, no links, no images. */

export type MarkdownPart = { kind: 'code' | 'text'; text: string };

/** Return the fenced code blocks of a Markdown text, and the paragraphs between them. */
export function partsOf(markdown: string): MarkdownPart[] {
  const parts: MarkdownPart[] = [];
  let fence = '';
  let lines: string[] = [];
  const end = (kind: MarkdownPart['kind']) => {
    const text = lines.join('\n');
    if (text.trim()) parts.push({ kind, text: kind === 'code' ? text : text.trim() });
    lines = [];
  };
  for (const line of markdown.replace(/\r\n?/g, '\n').split('\n')) {
    const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1] ?? '';
    if (fence === '' && mark !== '') {
      end('text');
      fence = mark;
    } else if (fence !== '' && mark.startsWith(fence) && line.trim() === mark) {
      end('code');
      fence = '';
    } else if (fence === '' && line.trim() === '') {
      end('text');
    } else lines.push(line);
  }
  end(fence === '' ? 'text' : 'code');
  return parts;
}
