import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyse } from '../../../lib/engines/constraints/analysis/analyse.ts';
import { settleSmall } from '../../../lib/engines/constraints/analysis/enumerate-opaque.ts';
import { holds } from '../../../lib/engines/constraints/evaluate/holds.ts';
import type { ConstraintSet, Expression, Formula } from '../../../lib/engines/constraints/model.ts';
import { loadZ3 } from '../../../lib/platform/prover/z3.ts';
import { aField, aRule, aSet, compared, plenty, require, TRUE } from '../../support/constraint-sets.ts';
import { bruteForce } from './brute-force.ts';
import { smallFields, smallSets } from './random-sets.ts';

const isDeep = process.env.COUNTERSIGN_DEEP !== undefined;
const value = (field: number): Expression => ({ kind: 'value', field });
const number = (of: number): Expression => ({ kind: 'number', value: of });
const product = (left: Expression, right: Expression): Expression => ({ kind: 'multiply', left, right });
type Comparison = Extract<Formula, { kind: 'linear' }>['is'];

function opaque(left: Expression, is: Comparison, bound: number): Formula {
  return { kind: 'opaque', expression: { kind: 'compare', is, left, right: number(bound) } };
}

/** Comparisons of size and of discount become comparisons of products, or of remainders. */
function clouded(formula: Formula): Formula {
  switch (formula.kind) {
    case 'and':
    case 'or':
      return { kind: formula.kind, parts: formula.parts.map(clouded) };
    case 'not':
      return { kind: 'not', part: clouded(formula.part) };
    case 'linear': {
      const [term] = formula.terms;
      if (term?.of !== 'value') return formula;
      const odd: Expression = { kind: 'remainder', left: value(2), right: number(3) };
      return opaque(term.field === 0 ? product(value(0), value(2)) : odd, formula.is, formula.bound);
    }
    default:
      return formula;
  }
}

function cloudedSet(set: ConstraintSet): ConstraintSet {
  return {
    ...set,
    tables: [],
    rules: set.rules.map((rule) => ({
      ...rule,
      when: clouded(rule.when),
      effect:
        rule.effect.kind === 'require' ? { ...rule.effect, condition: clouded(rule.effect.condition) } : rule.effect,
    })),
  };
}

test('opaque conditions over few inputs are decided as trying each input does', async () => {
  let some = 0;
  await fc.assert(
    fc.asyncProperty(smallSets(false).map(cloudedSet), async (set) => {
      if (JSON.stringify(set).includes('"opaque"')) some += 1;
      const { findings, unknowns, coverage } = await analyse(set, plenty, loadZ3);
      const of = (code: string) =>
        findings
          .filter((finding) => finding.code === code)
          .map(({ rules }) =>
            rules
              .map((index) => set.rules[index]!.id)
              .sort()
              .join('+'),
          )
          .sort();
      const { conflicts, dead, alwaysTrue } = bruteForce(set);
      expect(unknowns).toEqual([]);
      expect(coverage.analysable).toBe(coverage.rules);
      expect({ conflicts: of('conflict'), dead: of('dead-rule'), alwaysTrue: of('always-true') }).toEqual({
        conflicts,
        dead,
        alwaysTrue,
      });
    }),
    { numRuns: isDeep ? 1_000 : 60, seed: 7 },
  );
  expect(some).toBeGreaterThan(30);
}, 600_000);

test('what is written in the place of an opaque condition holds for the same inputs, absent values included', () => {
  const settle = settleSmall(smallFields, { spent: 0, began: 0, limit: 100_000 });
  const choice: Expression = {
    kind: 'choose',
    when: { kind: 'present', field: 1 },
    yes: product(value(1), value(0)),
    no: number(2),
  };
  for (const [left, is, bound] of [
    [choice, 'ge', 2],
    [product(value(1), value(0)), 'ne', 3],
    [product(value(0), value(3)), 'lt', 3],
  ] as const) {
    const formula = opaque(left, is, bound);
    const settled = settle(formula);
    expect(JSON.stringify(settled)).not.toContain('opaque');
    for (let size = 0; size <= 3; size++)
      for (const tier of [undefined, 0, 1])
        for (let plan = 0; plan <= 2; plan++) {
          const values = [size, tier, 0, plan, 0];
          expect(holds(settled, values)).toBe(holds(formula, values));
        }
  }
});

test('a conflict through a product is confirmed with a witness where the domains are small, and unknown where they are not', async () => {
  const fields = (maximum: number) => [
    aField('seats', 'fact', { kind: 'integer' }, { maximum: 3 }),
    aField('price', 'term', { kind: 'integer' }, { maximum }),
    aField('months', 'term', { kind: 'integer' }, { maximum }),
  ];
  const worth = opaque(product(value(1), value(2)), 'ge', 90);
  const rules = [
    aRule('worth', TRUE, require(worth)),
    aRule('short', compared(0, 'ge', 2), require(compared(2, 'le', 8))),
    aRule('cheap', TRUE, require(compared(1, 'le', 11))),
  ];
  const { findings, unknowns, spent } = await analyse(aSet(fields(12), rules), plenty, loadZ3, undefined, 'conflicts');
  expect(unknowns).toEqual([]);
  expect(findings).toMatchObject([{ code: 'conflict', rules: [0, 1, 2], proof: { by: 'intervals' } }]);
  expect(findings[0]!.witness![0]).toBeGreaterThanOrEqual(2);
  // Each input that was tried is counted.
  expect(spent.boxes).toBeGreaterThanOrEqual(13 * 13);
  const harmless = [aRule('worth', TRUE, require(opaque(product(value(1), value(2)), 'ge', 80))), ...rules.slice(1)];
  expect((await analyse(aSet(fields(12), harmless), plenty, loadZ3, undefined, 'conflicts')).verdict).toBe('clean');
  const large = await analyse(aSet(fields(1_000), rules), plenty, loadZ3, undefined, 'conflicts');
  expect(large).toMatchObject({ verdict: 'unknown', findings: [] });
  const poor = await analyse(aSet(fields(12), rules), { ...plenty, boxes: 100 }, loadZ3, undefined, 'conflicts');
  expect(poor.verdict).toBe('unknown');
});
