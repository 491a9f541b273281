/**
 * Joins texts with an operator as a balanced tree of parentheses: a database's parser limits how deep expressions nest, and a
 * chain of operators nests as deep as it is long.
 */
export function balanced(parts: readonly string[], operator: string): string {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const middle = Math.ceil(parts.length / 2);
  return `(${balanced(parts.slice(0, middle), operator)} ${operator} ${balanced(parts.slice(middle), operator)})`;
}

/** The bits of a mask, ascending. */
export function bitsOf(mask: number): number[] {
  return Array.from({ length: 30 }, (_, bit) => bit).filter((bit) => ((mask >>> bit) & 1) === 1);
}

/** A text in double quotes on one line of ASCII, for comments: whatever stands in it, the comment does not end early. */
export function quotedForComment(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7e]|[<*/]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
