import { byText } from '../../core/directory/loaded.ts';

export { byText };

/** The distinct texts, in order. */
export function sortedUnique(texts: Iterable<string>): string[] {
  return [...new Set(texts)].sort(byText);
}
