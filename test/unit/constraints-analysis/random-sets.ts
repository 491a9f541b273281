import fc from 'fast-check';
import type { ConstraintSet, Effect, Field, Formula, Rule } from '../../../lib/engines/constraints/model.ts';
import {
  aField,
  all,
  aRule,
  aSet,
  aTable,
  compared,
  isIn,
  linear,
  no,
  require,
  route,
  some,
  TRUE,
  words,
} from '../../support/constraint-sets.ts';

/** Small enough to try each input: 4 x 3 x 5 x 3 x 8 with an optional field of 3. */
export const smallFields: readonly Field[] = [
  aField('size', 'fact', { kind: 'integer' }, { maximum: 3 }),
  aField('tier', 'fact', { kind: 'enum', values: words(2) }, { optional: true }),
  aField('discount', 'term', { kind: 'integer' }, { maximum: 4 }),
  aField('plan', 'term', { kind: 'enum', values: words(3) }),
  aField('extras', 'term', { kind: 'set', values: words(3), maximumSize: 2 }),
];

const comparison = fc.constantFrom(
  'lt' as const,
  'le' as const,
  'eq' as const,
  'ne' as const,
  'ge' as const,
  'gt' as const,
);

function atoms(isCross: boolean): fc.Arbitrary<Formula> {
  const tier = fc.subarray([0, 1], { minLength: 1, maxLength: 1 }).map((values) => isIn(1, ...values));
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc.tuple(comparison, fc.integer({ min: 0, max: 3 })).map(([is, bound]) => compared(0, is, bound)),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(comparison, fc.integer({ min: 0, max: 4 })).map(([is, bound]) => compared(2, is, bound)),
    },
    {
      weight: 3,
      arbitrary: fc.subarray([0, 1, 2], { minLength: 1, maxLength: 2 }).map((values) => isIn(3, ...values)),
    },
    { weight: 1, arbitrary: tier.map((part) => all({ kind: 'present', field: 1 }, part)) },
    { weight: 1, arbitrary: tier.map((part) => some(no({ kind: 'present', field: 1 }), part)) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('any' as const, 'all' as const), fc.integer({ min: 1, max: 7 }))
        .map(([which, mask]): Formula => ({ kind: 'contains', field: 4, which, mask })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(comparison, fc.integer({ min: 0, max: 2 }))
        .map(
          ([is, bound]): Formula => ({ kind: 'linear', terms: [{ of: 'size', field: 4, coefficient: 1 }], is, bound }),
        ),
    },
    ...(isCross
      ? [
          {
            weight: 4,
            arbitrary: fc
              .tuple(
                fc.constantFrom(-2, -1, 1, 2),
                fc.constantFrom(-2, -1, 1, 3),
                comparison,
                fc.integer({ min: -4, max: 8 }),
              )
              .map(([a, b, is, bound]) => linear({ 0: a, 2: b }, is, bound)),
          },
        ]
      : []),
  );
}

function formulas(isCross: boolean): fc.Arbitrary<Formula> {
  const atom = atoms(isCross);
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant(TRUE) },
    { weight: 4, arbitrary: atom },
    { weight: 2, arbitrary: atom.map(no) },
    { weight: 3, arbitrary: fc.tuple(atom, atom).map((parts) => all(...parts)) },
    { weight: 2, arbitrary: fc.tuple(atom, atom).map((parts) => some(...parts)) },
    { weight: 1, arbitrary: fc.tuple(atom, atom, atom).map(([a, b, c]) => all(a, no(some(b, c)))) },
  );
}

function effects(isCross: boolean): fc.Arbitrary<Effect> {
  return fc.oneof(
    { weight: 6, arbitrary: formulas(isCross).map(require) },
    { weight: 2, arbitrary: fc.subarray(['cfo', 'legal', 'lead'], { minLength: 1 }).map((to) => route(...to)) },
    { weight: 1, arbitrary: fc.constant<Effect>({ kind: 'default', field: 1, value: 1 }) },
  );
}

const period = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constantFrom({ from: 100 }, { until: 100 }, { from: 100, until: 110 }, { until: 110 }) },
);

/** Sets of up to six rules with overrides, periods, a default, a table and exclusive routes. */
export function smallSets(isCross: boolean): fc.Arbitrary<ConstraintSet> {
  const rule = fc.record({
    when: formulas(isCross),
    effect: effects(isCross),
    inForce: period,
    above: fc.option(fc.nat(5), { freq: 4 }),
  });
  return fc
    .record({
      rules: fc.array(rule, { minLength: 1, maxLength: 6 }),
      hitPolicy: fc.constantFrom('unique' as const, 'any' as const, 'collect' as const),
      scope: formulas(isCross),
      rowCount: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ rules, hitPolicy, scope, rowCount }) => {
      const built = rules.map(({ when, effect, inForce, above }, index): Rule => {
        // A default that looks at the field which it fills would look at itself.
        const looks = effect.kind === 'default' ? compared(0, 'ge', index % 4) : when;
        const overriddenBy = above !== null && above > index && above < rules.length ? [above] : [];
        const isDefault = effect.kind === 'default';
        return aRule(`rule-${index}`, looks, effect, { inForce, overriddenBy: isDefault ? [] : overriddenBy });
      });
      const rows = built.slice(0, rowCount).map(({ when }, index) => ({ cells: when, rule: index }));
      return aSet(smallFields, built, {
        exclusiveRoutes: [['cfo', 'legal']],
        tables: rows.length === 0 ? [] : [aTable('matrix', rows, { hitPolicy, scope })],
      });
    });
}
