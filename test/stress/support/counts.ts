import { inject } from 'vitest';

/** Whether the full counts are wanted: `npm run test:deep`. */
export const deep = process.env.COUNTERSIGN_DEEP === '1';

/** A count for every run, and the full one. */
export function count(usual: number, full: number): number {
  return deep ? full : usual;
}

/** What chance depends on in this run; it is printed with the figures, and `COUNTERSIGN_SEED` repeats a run. */
export const seed = inject('seed');

/** Numbers from 0 up to 1 that depend on the seed alone (mulberry32). */
export function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many different numbers from 1 to `most`, in order; all of them when there are no more. */
export function sample(most: number, size: number, random: () => number): readonly number[] {
  const numbers = Array.from({ length: most }, (_, index) => index + 1);
  while (numbers.length > size) numbers.splice(Math.floor(random() * numbers.length), 1);
  return numbers;
}

/** Prints what was measured, in one line that can be found again. */
export function printFigures(what: string, figures: Readonly<Record<string, number | string>>, since: number): void {
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  const text = Object.entries({ ...figures, seconds, seed }).map(([name, value]) => `${name} ${value}`);
  console.log(`stress: ${what}: ${text.join(', ')}`);
}
