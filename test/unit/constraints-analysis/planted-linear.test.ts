import { expect, test } from 'vitest';
import { analyse } from '../../../lib/engines/constraints/analysis/analyse.ts';
import { prepare } from '../../../lib/engines/constraints/analysis/prepare.ts';
import { Prover } from '../../../lib/engines/constraints/analysis/prover.ts';
import { isRedundant, poolsOf } from '../../../lib/engines/constraints/analysis/rule-questions.ts';
import type { Solver } from '../../../lib/engines/constraints/findings.ts';
import { loadZ3 } from '../../../lib/platform/prover/z3.ts';
import { aField, aRule, aSet, isIn, linear, plenty, require, TRUE, words } from '../../support/constraint-sets.ts';
import { linearSet, type Planted } from '../../support/planted-sets.ts';

const isDeep = process.env.COUNTERSIGN_DEEP !== undefined;
const SIZES = isDeep ? [10, 30, 100, 300, 1_000] : [10, 30, 100];
const RUNS = isDeep ? 100 : 6;

async function conflictsOf({ set }: Planted): Promise<readonly string[][]> {
  const { findings, unknowns } = await analyse(set, plenty, loadZ3, undefined, 'conflicts');
  expect(unknowns).toEqual([]);
  return findings.map(({ rules }) => rules.map((index) => set.rules[index]!.id).sort());
}

test('each planted linear conflict of 2 to 6 rules is found, alone and minimal', async () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const planted = linearSet(seed, SIZES[(seed * 7) % SIZES.length]!, 2 + (seed % 5));
    expect(await conflictsOf(planted)).toEqual([planted.conflict]);
  }
}, 600_000);

test('linear sets that a hidden strategy satisfies have no conflict', async () => {
  for (let seed = 1; seed <= RUNS; seed++)
    expect(await conflictsOf(linearSet(seed, SIZES[(seed * 7) % SIZES.length]!, 0))).toEqual([]);
}, 600_000);

test('a planted conflict of five among 1,000 linear rules takes few steps', async () => {
  const { set, conflict } = linearSet(1, 1_000, 5);
  const { findings, spent } = await analyse(set, plenty, loadZ3, undefined, 'conflicts');
  expect(findings.map(({ rules }) => rules.map((index) => set.rules[index]!.id).sort())).toEqual([conflict]);
  expect(findings[0]!.subsetWitnesses).toHaveLength(5);
  // Steps are the same on each machine; a script that repeats everything for each question takes a hundred times as many.
  expect(spent.solverSteps).toBeLessThan(300_000);
}, 60_000);

test('questions about rules share what one search may spend, and are unknown once it is spent', async () => {
  const world = prepare(linearSet(1, 300, 0).set, plenty.boxes);
  const pools = poolsOf(world);
  const questions = world.rules.flatMap((rule) => isRedundant(rule, pools));
  const ask = async (steps: number) => {
    const prover = new Prover(loadZ3, steps);
    const answers = await prover.answer(world, questions);
    prover.close();
    return { answers: answers.map(({ is }) => is), spent: prover.spent };
  };
  const whole = await ask(plenty.solverSteps);
  expect(whole.answers).not.toContain('unknown');
  const poor = await ask(2_000);
  expect(whole.spent).toBeGreaterThan(2 * poor.spent);
  // The last check may go beyond, by what one check may take.
  expect(poor.spent).toBeLessThan(2_000 + 1_000);
  expect(poor.answers).toContain('unknown');
  expect(poor.answers).toContain('free');
  poor.answers.forEach((is, at) => {
    if (is !== 'unknown') expect(is).toBe(whole.answers[at]);
  });
}, 60_000);

/** Z3, until it has answered so many checks; then it knows nothing any more. */
async function givingUpAfter(checks: number): Promise<{ solver: Solver; asked: () => number }> {
  const z3 = await loadZ3();
  let asked = 0;
  return {
    asked: () => asked,
    solver: {
      open: (steps) => {
        const session = z3.open(steps);
        return {
          close: () => session.close(),
          run: (script) => {
            if (script.includes('(check-sat')) asked += 1;
            const { output, spent } = session.run(script);
            return asked > checks ? { output: output.replace(/^\s*(un)?sat/, 'unknown'), spent } : { output, spent };
          },
        };
      },
    },
  };
}

test('wherever the solver gives up, a conflict is found or unknown, and never lost', async () => {
  const fields = [
    aField('seats', 'fact', { kind: 'integer' }),
    aField('tier', 'fact', { kind: 'enum', values: words(3) }),
    aField('discount', 'term', { kind: 'ratio' }),
    aField('months', 'term', { kind: 'integer' }),
  ];
  const more = aRule('more', TRUE, require(linear({ 2: 1, 0: -1 }, 'ge', 10)));
  const less = aRule('less', isIn(1, 1), require(linear({ 2: 1, 3: 1, 0: -1 }, 'le', 5)));
  const set = aSet(fields, [more, less]);
  const verdicts = new Set<string>();
  for (let checks = 0; ; checks += 9) {
    const { solver, asked } = await givingUpAfter(checks);
    const { verdict, unknowns } = await analyse(set, plenty, () => solver, undefined, 'conflicts');
    verdicts.add(verdict);
    if (verdict === 'unknown') expect(unknowns[0]).toMatchObject({ question: 'conflict', because: 'budget' });
    if (asked() <= checks) break;
  }
  expect([...verdicts].sort()).toEqual(['findings', 'unknown']);
}, 60_000);
