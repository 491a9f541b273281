import type { Json } from '../../../core/json.ts';
import type { Formula } from './formula.ts';
import { Collection } from './found.ts';
import { objectOf } from './values.ts';

const MOST = 400;
const ALWAYS: readonly Json[] = [
  null,
  false,
  true,
  0,
  1,
  -1,
  0.5,
  100,
  '',
  'a',
  'abc',
  '0',
  [],
  [0],
  ['a'],
  {},
  { a: 0 },
];

function valuesNear(formula: Formula): readonly Json[] {
  if (formula.kind === 'values') return [...formula.values.values()];
  if (formula.kind !== 'test') return [];
  const { test } = formula;
  switch (test.kind) {
    case 'at-least':
    case 'above':
    case 'at-most':
    case 'below':
      return [test.bound, test.bound - 1, test.bound + 1];
    case 'multiple':
    case 'no-multiple':
      return [test.of, 2 * test.of];
    case 'shortest':
    case 'longest':
      return [test.length - 1, test.length, test.length + 1]
        .filter((length) => length >= 0 && length <= 1000)
        .map((length) => 'a'.repeat(length));
    default:
      return [];
  }
}

/** Values at the bounds that formulas mention, alone and as the only item or property. */
export function samplesFor(formulas: readonly Formula[]): readonly Json[] {
  const collection = new Collection(MOST);
  for (const value of ALWAYS) collection.add(value);
  const open = [...formulas];
  const seen = new Set<number>();
  for (
    let formula = open.pop();
    formula !== undefined && seen.size < 1500 && !collection.isFull;
    formula = open.pop()
  ) {
    if (seen.has(formula.id)) continue;
    seen.add(formula.id);
    if (formula.kind === 'and' || formula.kind === 'or') open.push(...formula.parts);
    for (const value of valuesNear(formula)) for (const one of [value, [value]]) collection.add(one);
    if (formula.kind !== 'test') continue;
    const { test } = formula;
    if ('value' in test) open.push(test.value);
    if (test.kind !== 'every-property' && test.kind !== 'some-property') continue;
    const names = test.names.kind === 'values' ? [...test.names.values.values()] : [];
    for (const name of names.slice(0, 5))
      for (const value of [...valuesNear(test.value), ...ALWAYS.slice(0, 10)])
        if (typeof name === 'string') collection.add(objectOf([[name, value]]));
  }
  return collection.values;
}
