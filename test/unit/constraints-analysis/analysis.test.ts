import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../lib/core/digest.ts';
import { analyse } from '../../../lib/engines/constraints/analysis/analyse.ts';
import { AnalysisContradicted } from '../../../lib/engines/constraints/analysis/check.ts';
import { difference } from '../../../lib/engines/constraints/analysis/difference.ts';
import { joint } from '../../../lib/engines/constraints/analysis/joint.ts';
import type { Formula } from '../../../lib/engines/constraints/model.ts';
import { loadZ3 } from '../../../lib/platform/prover/z3.ts';
import {
  aField,
  aRule,
  aSet,
  compared,
  FALSE,
  forbid,
  isIn,
  linear,
  plenty,
  require,
  route,
  TRUE,
  words,
} from '../../support/constraint-sets.ts';
import { boxSet, linearSet } from '../../support/planted-sets.ts';

const fields = [
  aField('seats', 'fact', { kind: 'integer' }),
  aField('tier', 'fact', { kind: 'enum', values: words(3) }),
  aField('discount', 'term', { kind: 'ratio' }),
  aField('months', 'term', { kind: 'integer' }),
];
const cap = aRule('cap', isIn(1, 0, 1), require(compared(2, 'le', 10)));
const floor = aRule('floor', compared(0, 'ge', 50), require(compared(2, 'ge', 20)));

test('a conflict names its owners, a witness, and terms that satisfy the others', async () => {
  const { findings, verdict } = await analyse(aSet(fields, [cap, floor]), plenty);
  expect(verdict).toBe('findings');
  const [conflict] = findings;
  expect(conflict).toMatchObject({
    code: 'conflict',
    rules: [0, 1],
    owners: ['owner of cap', 'owner of floor'],
    witness: [50, 0, 20, 0],
    subsetWitnesses: [
      { without: 0, values: [50, 0, 20, 0] },
      { without: 1, values: [50, 0, 0, 0] },
    ],
    period: {},
    proof: { by: 'intervals' },
  });
  expect(conflict!.proof.checks.length).toBeGreaterThan(2);
});

test('rules that never are in force together do not contradict each other', async () => {
  const first = { ...cap, inForce: { until: 20_000 } };
  expect((await analyse(aSet(fields, [first, { ...floor, inForce: { from: 20_000 } }]), plenty)).findings).toEqual([]);
  const { findings } = await analyse(aSet(fields, [first, { ...floor, inForce: { from: 19_990 } }]), plenty);
  expect(findings.map(({ code, period }) => [code, period])).toEqual([['conflict', { from: 19_990, until: 20_000 }]]);
});

test('a plain prohibition is no conflict, and hides none elsewhere', async () => {
  const prohibition = aRule('prohibition', isIn(1, 2), forbid(TRUE));
  const { findings } = await analyse(aSet(fields, [prohibition, cap, floor]), plenty);
  expect(findings.filter(({ code }) => code === 'conflict').map(({ rules }) => rules)).toEqual([[1, 2]]);
});

test('an evaluator that disagrees stops the analysis', async () => {
  const liar = (): boolean => true;
  await expect(analyse(aSet(fields, [cap, floor]), plenty, undefined, liar)).rejects.toThrow(AnalysisContradicted);
});

test('arithmetic across fields takes the solver, and without it stays unknown', async () => {
  const more = aRule('more', TRUE, require(linear({ 2: 1, 0: -1 }, 'ge', 10)));
  const less = aRule('less', isIn(1, 1), require(linear({ 2: 1, 3: 1, 0: -1 }, 'le', 5)));
  const set = aSet(fields, [more, less]);
  const without = await analyse(set, plenty, undefined, undefined, 'conflicts');
  expect(without).toMatchObject({ verdict: 'unknown', unknowns: [{ question: 'conflict', because: 'budget' }] });
  const proved = await analyse(set, plenty, loadZ3, undefined, 'conflicts');
  expect(proved.findings).toMatchObject([{ code: 'conflict', rules: [0, 1], proof: { by: 'solver' } }]);
  const starved = await analyse(set, { ...plenty, solverSteps: 1 }, loadZ3, undefined, 'conflicts');
  expect(starved.verdict).toBe('unknown');
});

test('what depends on an opaque part is unknown; what does not is found or excluded', async () => {
  const product: Formula = {
    kind: 'opaque',
    expression: {
      kind: 'compare',
      is: 'le',
      left: { kind: 'multiply', left: { kind: 'value', field: 2 }, right: { kind: 'value', field: 3 } },
      right: { kind: 'number', value: 50 },
    },
  };
  const opaque = aRule('opaque', TRUE, require(product));
  const unknown = await analyse(aSet(fields, [opaque, floor]), plenty, loadZ3, undefined, 'conflicts');
  expect(unknown).toMatchObject({ verdict: 'unknown', findings: [], unknowns: [{ because: 'opaque' }] });
  const found = await analyse(aSet(fields, [opaque, cap, floor]), plenty, loadZ3, undefined, 'conflicts');
  expect(found.findings.map(({ rules }) => rules)).toEqual([[1, 2]]);
  const harmless = aRule('harmless', FALSE, require(product));
  expect((await analyse(aSet(fields, [harmless, cap]), plenty, loadZ3, undefined, 'conflicts')).verdict).toBe('clean');
});

test.each([2, 3, 4, 5, 6])('the solver finds a ring of %i rules, and nothing else', async (size) => {
  const { set, conflict } = linearSet(size, 10, size);
  const { findings, unknowns } = await analyse(set, plenty, loadZ3, undefined, 'conflicts');
  expect(unknowns).toEqual([]);
  expect(findings.map(({ rules }) => rules.map((index) => set.rules[index]!.id).sort())).toEqual([conflict]);
});

test('the order of rules in the file changes nothing but their indices', async () => {
  const { set } = boxSet(3, 60, 4);
  const reversed = { ...set, rules: set.rules.toReversed() };
  const content = async (each: typeof set): Promise<string> => {
    const { findings, ...rest } = await analyse(each, plenty);
    const ids = findings.map(({ rules, subsetWitnesses, spans: _, ...finding }) => ({
      ...finding,
      rules: rules.map((index) => each.rules[index]!.id).sort(),
      subsets: subsetWitnesses?.map(({ without, values }) => [each.rules[without]!.id, values.map(String)]),
      witness: finding.witness?.map(String),
    }));
    return canonicalJson({ ids, rest });
  };
  expect(await content(reversed)).toBe(await content(set));
});

test('a difference names what is newly allowed, newly denied and routed otherwise, or proves that nothing is', async () => {
  const before = aSet(fields, [cap, aRule('to-cfo', compared(0, 'ge', 50), route('cfo'))]);
  const after = aSet(fields, [
    { ...cap, effect: require(compared(2, 'le', 12)), when: isIn(1, 0, 1, 2) },
    aRule('to-cfo', compared(0, 'ge', 60), route('cfo')),
  ]);
  const { verdict, changes } = await difference(before, after, plenty);
  expect(verdict).toBe('different');
  expect(changes.map(({ kind, oldRules, newRules, label }) => [kind, oldRules, newRules, label])).toEqual([
    ['newly-allowed', [0], [], undefined],
    ['newly-denied', [], [0], undefined],
    ['changed-route', [1], [], 'cfo'],
  ]);
  const same = aSet(fields, [{ ...cap, effect: forbid(compared(2, 'gt', 10)) }, before.rules[1]!]);
  expect((await difference(before, same, plenty)).verdict).toBe('equal');
});

test('sets of several skills are satisfied together, or the owners of both are named', async () => {
  const one = aSet(fields, [cap], { skill: 'pricing' });
  const other = aSet(
    [fields[2]!, fields[0]!],
    [aRule('floor', compared(1, 'ge', 50), require(compared(0, 'ge', 20)))],
    {
      skill: 'renewals',
    },
  );
  const { analysis, joined } = await joint([one, other], plenty);
  expect(analysis.findings.map(({ rules }) => rules.map((index) => joined.set.rules[index]!.id))).toEqual([
    ['pricing/cap', 'renewals/floor'],
  ]);
  expect((await joint([one, aSet(fields, [], { skill: 'renewals' })], plenty)).analysis.verdict).toBe('clean');
});

test('a process that proved something ends by itself', () => {
  const script = `
    import { loadZ3 } from ${JSON.stringify(new URL('../../../lib/platform/prover/z3.ts', import.meta.url).href)};
    const z3 = await loadZ3();
    console.log(JSON.stringify(z3.run('(declare-const x Int)(assert (> x 3))(check-sat)', 1000)));`;
  const run = (): string =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', timeout: 50_000 });
  const first = run();
  expect(JSON.parse(first)).toMatchObject({ output: 'sat\n' });
  expect(run()).toBe(first);
});
