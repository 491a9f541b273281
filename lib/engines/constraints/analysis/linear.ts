import type { Formula, LinearTerm } from '../model.ts';
import { MIRRORED } from '../relations.ts';

export type LinearAtom = Extract<Formula, { kind: 'linear' }>;
export type Comparator = LinearAtom['is'];

/** The quotient rounded down; exact for safe integers, because the remainder is. */
export function floorDivide(a: number, b: number): number {
  const remainder = a % b;
  const toward = (a - remainder) / b;
  return remainder !== 0 && remainder < 0 !== b < 0 ? toward - 1 : toward;
}

/** Terms of the same field are added up, those with coefficient 0 are left out, and the order is the fields'. */
export function mergeTerms(terms: readonly LinearTerm[]): readonly LinearTerm[] {
  if (terms.length === 1 && terms[0]?.coefficient !== 0) return terms;
  const sums = new Map<string, LinearTerm>();
  for (const term of terms) {
    const key = `${term.of}:${term.field}`;
    sums.set(key, { ...term, coefficient: term.coefficient + (sums.get(key)?.coefficient ?? 0) });
  }
  return [...sums.values()]
    .filter(({ coefficient }) => coefficient !== 0)
    .sort((a, b) => a.field - b.field || (a.of < b.of ? -1 : a.of > b.of ? 1 : 0));
}

/**
 * The integers x within a domain for which `coefficient * x` compares with the bound, as ascending disjoint ranges.
 */
export function rangesOf(
  coefficient: number,
  is: Comparator,
  bound: number,
  minimum: number,
  maximum: number,
): readonly (readonly [number, number])[] {
  if (coefficient < 0) return rangesOf(-coefficient, MIRRORED[is], -bound, minimum, maximum);
  const floor = floorDivide(bound, coefficient);
  const whole = floor * coefficient === bound;
  const within = (first: number, last: number): readonly (readonly [number, number])[] => {
    const range = [Math.max(first, minimum), Math.min(last, maximum)] as const;
    return range[0] <= range[1] ? [range] : [];
  };
  switch (is) {
    case 'lt':
      return within(minimum, whole ? floor - 1 : floor);
    case 'le':
      return within(minimum, floor);
    case 'ge':
      return within(whole ? floor : floor + 1, maximum);
    case 'gt':
      return within(floor + 1, maximum);
    case 'eq':
      return whole ? within(floor, floor) : [];
    case 'ne':
      return whole ? [...within(minimum, floor - 1), ...within(floor + 1, maximum)] : within(minimum, maximum);
  }
}
