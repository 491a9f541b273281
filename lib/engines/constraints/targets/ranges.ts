import type { Field, LinearTerm } from '../model.ts';
import type { Atom } from './permission.ts';

/** Values from one to another, both included. */
export type Range = readonly [low: number, high: number];

/**
 * The ascending ranges of a field's values (or of a set's size) that meet a comparison of one term. The term's coefficient is
 * one: canonical comparisons of one term have no other.
 */
export function comparedRanges(
  { type, minimum, maximum }: Field,
  { of }: LinearTerm,
  { is, bound }: Extract<Atom, { readonly kind: 'linear' }>,
): Range[] {
  const [first, last] = of === 'size' ? [0, type.kind === 'set' ? type.maximumSize : 0] : [minimum, maximum];
  const ranges: Record<typeof is, readonly Range[]> = {
    lt: [[first, bound - 1]],
    le: [[first, bound]],
    eq: [[bound, bound]],
    ne: [
      [first, bound - 1],
      [bound + 1, last],
    ],
    ge: [[bound, last]],
    gt: [[bound + 1, last]],
  };
  return ranges[is]
    .map(([low, high]): Range => [Math.max(first, low), Math.min(last, high)])
    .filter(([low, high]) => low <= high);
}
