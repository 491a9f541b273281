import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyse } from '../../../lib/engines/constraints/analysis/analyse.ts';
import { partOf } from '../../../lib/engines/constraints/analysis/repair.ts';
import { changed, placesOf } from '../../../lib/engines/constraints/analysis/repair-places.ts';
import type { Finding } from '../../../lib/engines/constraints/findings.ts';
import type { ConstraintSet } from '../../../lib/engines/constraints/model.ts';
import { aField, aRule, aSet, compared, forbid, isIn, plenty, require, words } from '../../support/constraint-sets.ts';
import { bruteForce } from './brute-force.ts';
import { smallSets } from './random-sets.ts';

const isDeep = process.env.COUNTERSIGN_DEEP !== undefined;

/** What trying each input finds, as texts; warnings apart. */
function truthOf(set: ConstraintSet) {
  const truth = bruteForce(set);
  const as = (code: string, keys: readonly string[]) => keys.map((key) => `${code} ${key}`);
  const errors = [
    ...as('conflict', truth.conflicts),
    ...as('dead-rule', truth.dead),
    ...as('exclusive-routes', truth.exclusive),
    ...as('table-gap', truth.gaps),
    ...as('table-overlap', truth.overlaps),
  ];
  const warnings = [
    ...as('shadowed-rule', truth.shadowed),
    ...as('always-true', truth.alwaysTrue),
    ...as('always-false', truth.alwaysFalse),
    ...as('redundant-rule', truth.redundant),
    ...as('unreachable-value', truth.unreachable),
  ];
  return { errors, all: [...errors, ...warnings] };
}

function keyOf(set: ConstraintSet, { code, rules, table, pointer, message }: Finding): string {
  const ids = rules.map((index) => set.rules[index]!.id).sort();
  if (code === 'table-gap') return `${code} ${table}`;
  if (code === 'shadowed-rule') return `${code} ${/"(rule-\d+)"/.exec(message)![1]}`;
  return `${code} ${ids.join('+')}${code === 'always-false' ? pointer : ''}`;
}

test('a repair clears its finding and brings no error, and no smaller change of one number does', async () => {
  let repaired = 0;
  await fc.assert(
    fc.asyncProperty(smallSets(false), async (set) => {
      const { findings } = await analyse(set, plenty);
      for (const finding of findings) {
        if (!['conflict', 'exclusive-routes', 'table-overlap', 'table-gap', 'always-false'].includes(finding.code))
          continue;
        const key = keyOf(set, finding);
        const rows = set.tables.find(({ id }) => id === finding.table)?.rows.map(({ rule }) => rule) ?? [];
        const involved = [...new Set([...finding.rules, ...rows])];
        const { part, index } = partOf(set, involved);
        const [whole, own] = [truthOf(set), truthOf(part)];
        const isGood = (place: (typeof places)[number], bound: number): boolean => {
          const after = truthOf(changed(set, place, bound));
          if (after.all.includes(key)) return false;
          if (!after.errors.every((each) => whole.errors.includes(each))) return false;
          if (!after.all.every((each) => !each.startsWith(finding.code) || whole.all.includes(each))) return false;
          const within = truthOf(changed(part, { ...place, rule: index.indexOf(place.rule) }, bound));
          return within.all.every((each) => own.all.includes(each));
        };
        const places = placesOf(set, involved);
        const { repair } = finding;
        if (repair !== undefined) {
          repaired += 1;
          const place = places.find(({ rule, pointer }) => rule === repair.rule && pointer === repair.pointer)!;
          expect(place.atom.bound).toBe(repair.from);
          expect(isGood(place, repair.to)).toBe(true);
        }
        const far = repair === undefined ? 5 : Math.abs(repair.to - repair.from);
        for (const place of places) {
          const term = place.atom.terms[0]!;
          const most = term.of === 'size' ? 3 : set.fields[term.field]!.maximum;
          for (let bound = 0; bound <= most; bound++)
            if (bound !== place.atom.bound && Math.abs(bound - place.atom.bound) < far)
              expect(isGood(place, bound), `${key} ${place.pointer} ${bound}`).toBe(false);
        }
      }
    }),
    { numRuns: isDeep ? 300 : 30, seed: 11 },
  );
  expect(repaired).toBeGreaterThan(5);
}, 600_000);

const fields = [
  aField('tier', 'fact', { kind: 'enum', values: words(3) }),
  aField('seats', 'fact', { kind: 'integer' }),
  aField('discount', 'term', { kind: 'ratio' }, { maximum: 10_000 }),
];

test('a repair is written in the unit of its field, and the smaller change wins', async () => {
  const cap = aRule('cap', isIn(0, 0, 1), require(compared(2, 'le', 1_500)));
  const floor = aRule('floor', compared(1, 'ge', 50), require(compared(2, 'ge', 2_000)));
  const [conflict] = (await analyse(aSet(fields, [floor, cap]), plenty)).findings;
  // Both bounds are 5 % from the other one, so the rule's id decides; more than 100 seats cannot be, so that is no way out.
  expect(conflict!.repair).toMatchObject({ rule: 1, pointer: '/effect/condition/bound', from: 1_500, to: 2_000 });
  expect(conflict!.repair!.message).toBe('Rule "cap": change 15 % to 20 % in "discount <= 15 %".');
});

test('what no number clears has no repair', async () => {
  const one = aRule('one', isIn(0, 0), require(isIn(0, 0)));
  const set = aSet(
    [...fields, aField('plan', 'term', { kind: 'enum', values: words(2) })],
    [aRule('first', isIn(0, 0), require(isIn(3, 0))), aRule('second', isIn(0, 0), forbid(isIn(3, 0))), one],
  );
  const conflict = (await analyse(set, plenty)).findings.find(({ code }) => code === 'conflict')!;
  expect(conflict.rules).toEqual([0, 1]);
  expect(conflict.repair).toBeUndefined();
});
