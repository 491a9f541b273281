import type { Problem } from '../../errors.ts';
import { pointer } from '../../json.ts';

/** One place where a key stands that may stand only once. */
export interface Occurrence {
  readonly key: string;
  readonly pointer: string;
  /** Whose it is, in words: `Person "anna"`. */
  readonly owner: string;
}

/**
 * One problem for every occurrence of a key after its first, naming both owners.
 * @param what the key in words: `id`, `address`.
 */
export function duplicateProblems(occurrences: readonly Occurrence[], code: string, what: string): Problem[] {
  const first = new Map<string, Occurrence>();
  return occurrences.flatMap((occurrence) => {
    const earlier = first.get(occurrence.key);
    if (earlier === undefined) {
      first.set(occurrence.key, occurrence);
      return [];
    }
    const message = `${occurrence.owner}: the ${what} "${occurrence.key}" is already that of ${earlier.owner} (${earlier.pointer}).`;
    return [{ pointer: occurrence.pointer, code, message, mend: `Give each its own ${what}, or remove one.` }];
  });
}

/** One problem for every id that occurs again in a list of the directory. */
export function duplicateIdProblems(list: string, noun: string, items: readonly { readonly id: string }[]): Problem[] {
  const occurrences = items.map(({ id }, index) => ({
    key: id,
    pointer: pointer('', list, index, 'id'),
    owner: `${noun} "${id}"`,
  }));
  return duplicateProblems(occurrences, 'duplicate-id', 'id');
}
