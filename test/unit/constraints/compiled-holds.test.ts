import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conditionOf } from '../../../lib/engines/constraints/evaluate/compiled-holds.ts';
import { holds } from '../../../lib/engines/constraints/evaluate/holds.ts';
import type { Formula } from '../../../lib/engines/constraints/model.ts';

const FIELDS = 4;
const field = fc.nat(FIELDS - 1);
const is = fc.constantFrom('lt' as const, 'le' as const, 'eq' as const, 'ne' as const, 'ge' as const, 'gt' as const);
const term = fc.record({
  of: fc.constantFrom('value' as const, 'size' as const),
  field,
  coefficient: fc.constantFrom(-2, -1, 1, 3),
});
const atom: fc.Arbitrary<Formula> = fc.oneof(
  fc.record({
    kind: fc.constant('linear' as const),
    terms: fc.array(term, { maxLength: 3 }),
    is,
    bound: fc.integer({ min: -6, max: 6 }),
  }),
  fc.record({ kind: fc.constant('member' as const), field, values: fc.uniqueArray(fc.nat(3), { maxLength: 3 }) }),
  fc.record({ kind: fc.constant('present' as const), field }),
  fc.record({
    kind: fc.constant('contains' as const),
    field,
    which: fc.constantFrom('any' as const, 'all' as const),
    mask: fc.nat(7),
  }),
  fc.boolean().map((value) => ({ kind: 'constant' as const, value })),
  fc.record({ left: field, right: field, is, bound: fc.nat(9) }).map(
    ({ left, right, is: sign, bound }): Formula => ({
      kind: 'opaque',
      expression: {
        kind: 'compare',
        is: sign,
        left: { kind: 'multiply', left: { kind: 'value', field: left }, right: { kind: 'value', field: right } },
        right: { kind: 'number', value: bound },
      },
    }),
  ),
);
const { formula } = fc.letrec<{ formula: Formula }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 3 },
    atom,
    tie('formula').map((part) => ({ kind: 'not' as const, part })),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('formula'), { maxLength: 3 }),
    }),
  ),
}));
const values = fc.array(fc.option(fc.nat(7), { nil: undefined }), { minLength: FIELDS, maxLength: FIELDS });

test('a compiled condition says what the interpreter says, of absent values too', () => {
  let [yes, no] = [0, 0];
  fc.assert(
    fc.property(formula, fc.array(values, { minLength: 1, maxLength: 8 }), (condition, inputs) => {
      for (const input of inputs) {
        const wanted = holds(condition, input);
        expect(conditionOf(condition)(input)).toBe(wanted);
        if (wanted) yes += 1;
        else no += 1;
      }
    }),
    { numRuns: 2_000, seed: 13 },
  );
  expect(Math.min(yes, no)).toBeGreaterThan(1_000);
});
