import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyse } from '../../../lib/engines/constraints/analysis/analyse.ts';
import type { Analysis, FindingCode } from '../../../lib/engines/constraints/findings.ts';
import type { ConstraintSet } from '../../../lib/engines/constraints/model.ts';
import { loadZ3 } from '../../../lib/platform/prover/z3.ts';
import { plenty } from '../../support/constraint-sets.ts';
import { bruteForce } from './brute-force.ts';
import { smallSets } from './random-sets.ts';

const isDeep = process.env.COUNTERSIGN_DEEP !== undefined;

/** What an analysis found, in the words of the brute-force evaluation. */
function found(set: ConstraintSet, { findings }: Analysis) {
  const of = (code: FindingCode) => findings.filter((finding) => finding.code === code);
  const ids = (rules: readonly number[]) =>
    rules
      .map((index) => set.rules[index]!.id)
      .sort()
      .join('+');
  // The rule that a finding is about is named first in its message.
  const subject = (message: string) => /"(rule-\d+)"/.exec(message)![1]!;
  return {
    conflicts: of('conflict')
      .map(({ rules }) => ids(rules))
      .sort(),
    dead: of('dead-rule')
      .map(({ message }) => subject(message))
      .sort(),
    shadowed: of('shadowed-rule')
      .map(({ message }) => subject(message))
      .sort(),
    alwaysTrue: of('always-true')
      .map(({ message }) => subject(message))
      .sort(),
    alwaysFalse: of('always-false')
      .map(({ rules, pointer }) => `${ids(rules)}${pointer}`)
      .sort(),
    redundant: of('redundant-rule')
      .map(({ message }) => subject(message))
      .sort(),
    exclusive: of('exclusive-routes')
      .map(({ rules }) => ids(rules))
      .sort(),
    gaps: of('table-gap')
      .map(({ table }) => table!)
      .sort(),
    overlaps: of('table-overlap')
      .map(({ rules }) => ids(rules))
      .sort(),
    unreachable: of('unreachable-value')
      .map(({ pointer }) => {
        const [, , path, word] = pointer!.split('/');
        return `${path}=${word!.replace('w', '')}`;
      })
      .sort(),
  };
}

test('boxes find exactly what trying each input finds, for every kind of finding', async () => {
  await fc.assert(
    fc.asyncProperty(smallSets(false), async (set) => {
      const analysis = await analyse(set, plenty);
      const { covers: _, isDoneBy, ...truth } = bruteForce(set);
      expect(analysis.unknowns).toEqual([]);
      expect(found(set, analysis)).toEqual(truth);
      for (const { message, rules } of analysis.findings.filter(({ code }) => code === 'redundant-rule')) {
        const rule = set.rules.findIndex(({ id }) => message.includes(`The rule "${id}" changes nothing`));
        const others = rules.filter((each) => each !== rule);
        expect(isDoneBy(rule, others)).toBe(true);
        for (const one of others)
          expect(
            isDoneBy(
              rule,
              others.filter((each) => each !== one),
            ),
          ).toBe(false);
      }
      // What the evaluator confirmed: that none of several rules can be spared.
      for (const { code, rules, proof } of analysis.findings)
        if (code === 'redundant-rule' && rules.length > 1) expect(proof.checks).not.toEqual([]);
    }),
    { numRuns: isDeep ? 2_000 : 100, seed: 5 },
  );
}, 600_000);

test('boxes and solver together find exactly what trying each input finds', async () => {
  await fc.assert(
    fc.asyncProperty(smallSets(true), async (set) => {
      const analysis = await analyse(set, plenty, loadZ3);
      const { covers: _, isDoneBy: __, ...truth } = bruteForce(set);
      expect(analysis.unknowns).toEqual([]);
      expect(found(set, analysis)).toEqual(truth);
    }),
    { numRuns: isDeep ? 200 : 12, seed: 6 },
  );
}, 600_000);
