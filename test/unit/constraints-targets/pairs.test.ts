import { expect, it } from 'vitest';
import { compares } from '../../../lib/engines/constraints/relations.ts';
import { pairOf } from '../../../lib/engines/constraints/targets/pairs.ts';
import { aField } from '../../support/constraint-sets.ts';

const fields = ['a', 'b'].map((path) => aField(path, 'fact', { kind: 'integer' }));
const terms = [
  { of: 'value', field: 0, coefficient: 1 },
  { of: 'value', field: 1, coefficient: -1 },
] as const;

it('reads a difference as a comparison only where it is one, whatever the numbers', () => {
  let pairs = 0;
  for (const is of ['lt', 'le', 'eq', 'ne', 'ge', 'gt'] as const)
    for (let bound = -2; bound <= 2; bound += 1) {
      const pair = pairOf({ kind: 'linear', terms, is, bound }, fields);
      if (pair === undefined) continue;
      pairs += 1;
      for (let a = -4; a <= 4; a += 1)
        for (let b = -4; b <= 4; b += 1) expect(compares(a, pair.is, b)).toBe(compares(a - b, is, bound));
    }
  expect(pairs).toBe(10);
});
