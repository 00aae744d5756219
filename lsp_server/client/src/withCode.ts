/** Sentences in a page, with names set as code. */

/** Set what stands in backticks as code. */
export function withCode(text: string): (HTMLElement | string)[] {
  return text.split('`').map((part, index) => {
    if (index % 2 === 0) return part;
    const code = document.createElement('code');
    code.textContent = part;
    return code;
  });
}
