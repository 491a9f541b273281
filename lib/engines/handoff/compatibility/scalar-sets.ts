import type { Json } from '../../../core/json.ts';
import type { Bound, NumberSet } from './find-numbers.ts';
import type { StringSet } from './find-strings.ts';
import type { Test } from './formula.ts';
import { compareFractions, type Fraction, fractionOf } from './fraction.ts';

function tighter(a: Bound | undefined, b: Bound, sign: 1 | -1): Bound {
  if (a === undefined) return b;
  const order = sign * compareFractions(a.at, b.at);
  return order > 0 || (order === 0 && a.isOpen) ? a : b;
}

/** The numbers that pass all tests, but these values. */
export function numberSetOf(tests: readonly Test[], except: ReadonlyMap<string, Json>): NumberSet {
  let low: Bound | undefined;
  let high: Bound | undefined;
  const multiples: Fraction[] = [];
  const noMultiples: Fraction[] = [];
  for (const test of tests) {
    if (test.kind === 'at-least' || test.kind === 'above')
      low = tighter(low, { at: fractionOf(test.bound), isOpen: test.kind === 'above' }, 1);
    if (test.kind === 'at-most' || test.kind === 'below')
      high = tighter(high, { at: fractionOf(test.bound), isOpen: test.kind === 'below' }, -1);
    if (test.kind === 'multiple') multiples.push(fractionOf(test.of));
    if (test.kind === 'no-multiple') noMultiples.push(fractionOf(test.of));
  }
  const numbers = [...except.values()].filter((value) => typeof value === 'number');
  return { low, high, multiples, noMultiples, except: new Set(numbers) };
}

/** The strings that pass all tests, but these values. */
export function stringSetOf(tests: readonly Test[], except: ReadonlyMap<string, Json>): StringSet {
  const lengths = (kind: 'shortest' | 'longest') => tests.flatMap((test) => (test.kind === kind ? [test.length] : []));
  return {
    shortest: Math.max(0, ...lengths('shortest')),
    longest: Math.min(Number.POSITIVE_INFINITY, ...lengths('longest')),
    patterns: tests.filter((test) => test.kind === 'pattern'),
    except: new Set([...except.values()].filter((value) => typeof value === 'string')),
    isVague: tests.some(({ kind }) => kind === 'opaque'),
  };
}
