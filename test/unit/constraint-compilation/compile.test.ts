import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { skills } from '#skills';
import { dayOf } from '../../../lib/core/calendar/local-day.ts';
import { digestOf } from '../../../lib/core/digest.ts';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { loadPolicy } from '../../../lib/engines/approval-routing/policy.ts';
import { analyse } from '../../../lib/engines/constraints/analysis/analyse.ts';
import type { ConstraintArtifact } from '../../../lib/engines/constraints/artifact/document.ts';
import { readArtifact } from '../../../lib/engines/constraints/artifact/read-artifact.ts';
import { compileArtifact } from '../../../lib/engines/constraints/artifact.ts';
import { oracle } from '../../../lib/engines/constraints/oracle/oracle.ts';
import { compileSource } from '../../../lib/engines/constraints/source/compile.ts';
import { targets } from '../../../lib/engines/constraints/targets/index.ts';
import { parseExample } from '../../../lib/platform/examples.ts';
import { determinismProblem } from '../../../lib/platform/executions/determinism.ts';
import { runSkill } from '../../../lib/platform/executions/run-skill.ts';
import { exampleProblem } from '../../../lib/platform/promotion/expectation.ts';
import type { SkillResult } from '../../../lib/platform/skill/skill-result.ts';
import { skillsFolder } from '../../../skills/registry.ts';
import { compilation, compile, directory, ingredients, matrix, matrixWith, NOON, routing } from './support.ts';

interface Shown {
  readonly comparison: {
    readonly verdict: string;
    readonly changes: readonly { kind: string; level?: string; witness: Record<string, unknown> }[];
    readonly rules: readonly { id: string; change: string; owners: string[] }[];
  };
  readonly replay: { readonly flips: readonly { id: string; before: object; after: object }[] };
  readonly compiled?: { readonly analysis: { readonly findings: readonly { code: string; digest: string }[] } };
}
const shown = ({ artifact }: SkillResult) => artifact as unknown as Shown;
const levelsOf = ({ plan }: SkillResult) =>
  plan?.stages.flatMap(({ levels }) => levels.map(({ levelId }) => levelId)) ?? [];

const CONFLICT = [
  [
    'rules:\n  # What',
    'rules:\n  - { id: low, owner: finance, modality: require, when: request.kind == "renewal-concession", condition: request.discount <= percent("12") }\n  - { id: high, owner: pricing, modality: require, when: request.kind == "renewal-concession", condition: request.discount >= percent("15") }\n  # What',
  ],
] as const;

describe('the matrix as a source', () => {
  test('decides every request as the shipped policy does: proved', async () => {
    const result = await compile(matrix);
    expect(shown(result).comparison).toMatchObject({ verdict: 'equal', changes: [], rules: [] });
    expect(levelsOf(result)).toEqual(['finance']);
  });

  test('tells a change by a request that shows it, and asks the owners of the rules', async () => {
    const result = await compile(matrixWith('1.2.0', ['money("500 EUR")', 'money("1000 EUR")']));
    const { comparison } = shown(result);
    expect(comparison.rules.map(({ id, change, owners }) => [id, change, owners])).toEqual([
      ['credit-beyond-small', 'changed', ['client-success-operations']],
      ['credit-small', 'changed', ['client-success-operations']],
    ]);
    expect(comparison.changes.map(({ kind, level }) => `${kind} ${level}`)).toEqual([
      'level-added automatically',
      'level-dropped account-lead',
    ]);
    for (const { witness } of comparison.changes) {
      const { amount, kind } = witness as { amount: { minorUnits: number }; kind: string };
      expect(kind).toBe('credit-or-refund');
      expect(amount.minorUnits).toBeGreaterThan(50_000);
      expect(amount.minorUnits).toBeLessThanOrEqual(100_000);
    }
    expect(levelsOf(result)).toEqual(['client-success-operations', 'finance', 'chief-financial-officer']);
    expect(result.terms.lines.some(({ label }) => label === 'Newly approved automatically')).toBe(true);
  });

  test('seats no requester and nobody who reports to them', async () => {
    const result = await compile(
      matrixWith('1.2.0', ['request.discount > percent("20")', 'request.discount > percent("18")']),
    );
    const seats = result.plan!.stages.flatMap(({ levels }) => levels.flatMap((level) => level.seats));
    // Lucía leads the deal desk, whose rule it is; Anil reports to her.
    expect(seats.map(({ approver }) => approver)).not.toContain('lucia.ortega');
    expect(seats.map(({ approver }) => approver)).not.toContain('anil.deshpande');
    expect(seats.map(({ approver }) => approver)).toContain('marcus.oyelaran');
  });
});

describe('what cannot stand', () => {
  test('a contradiction is blocked with its finding, and a waiver bound to it lets people decide', async () => {
    const source = matrixWith('1.2.0', ...CONFLICT);
    const blocked = await compile(source);
    expect(blocked).toMatchObject({ verdict: 'block', reasons: [{ code: 'finding-conflict' }] });
    expect(blocked.plan).toBeUndefined();
    expect(compilation.publishes?.candidateFor(blocked)).toBeUndefined();
    const finding = shown(blocked).compiled!.analysis.findings.find(({ code }) => code === 'conflict')!;
    const waiver = {
      finding: finding.digest,
      owner: 'finance',
      reason: 'Until the old contracts end.',
      until: '2027-01-01',
    };
    const waived = await compile(source, { waivers: [waiver] });
    expect(waived.verdict).toBe('approve');
    expect(levelsOf(waived)).toContain('chief-financial-officer');
    expect(waived.terms.lines.find(({ label }) => label === 'Waived conflict')?.value).toContain(
      'finance answers for it',
    );
    const late = await compile(source, { waivers: [{ ...waiver, until: '2026-11-25' }] });
    expect(late.verdict).toBe('block');
    const other = await compile(source.replace('percent("12")', 'percent("11")'), { waivers: [waiver] });
    expect(other.verdict).toBe('block');
  });

  test.each([
    [
      'a word that is not declared',
      'request.kind == "onboarding-exception"',
      'request.kind == "onboarding"',
      'undeclared-value',
    ],
    ['a level that the policy does not have', 'to: [onboarding-lead]', 'to: [onboarding-manager]', 'unknown-level'],
    [
      'nobody and somebody at once',
      'to: [onboarding-lead]',
      'to: [onboarding-lead, automatically]',
      'contradictory-route',
    ],
    [
      'a fact that no request has',
      '  termMonths: {',
      '  shoeSize: { type: integer, minimum: 0, maximum: 50 }\n  termMonths: {',
      'unknown-fact',
    ],
    [
      'a field that may be absent',
      '  termMonths: {',
      '  account.churnRisk: { type: ratio, minimum: 0 %, maximum: 100 %, optional: true }\n  termMonths: {',
      'never-absent',
    ],
    [
      'a field of another kind than the fact',
      '  termMonths: {',
      '  account.churnRisk: { type: integer, minimum: 0, maximum: 100 }\n  termMonths: {',
      'wrong-kind',
    ],
    ['a source for another skill', `skill: ${routing.name}`, 'skill: another-skill', 'wrong-skill'],
  ])('%s is a typed problem', async (_, from, to, code) => {
    const attempt = compile(matrixWith('1.2.0', [from, to]));
    await expect(attempt).rejects.toBeInstanceOf(InvalidInput);
    const { problems } = (await attempt.catch((error: unknown) => error)) as InvalidInput;
    expect(problems.map((problem) => problem.code)).toContain(code);
  });

  test('the version that is in force cannot be published again', async () => {
    await expect(compile(matrixWith('1.1.0'))).rejects.toMatchObject({ problems: [{ code: 'version-in-force' }] });
  });
});

describe('past requests', () => {
  const request = (discountBasisPoints: number) => {
    const { input } = parseExample(
      JSON.parse(readFileSync(join(skillsFolder, routing.name, 'examples/01-automatic-approval.json'), 'utf8')),
      '01',
    ).request as { input: { discountBasisPoints: number } };
    return { ...input, discountBasisPoints };
  };

  test('that would go another way are told, and only those', async () => {
    const pastRequests = [
      { id: 'b', request: request(700) },
      { id: 'a', request: request(800) },
    ];
    const result = await compile(
      matrixWith(
        '1.2.0',
        ['request.discount <= percent("10")', 'request.discount <= percent("7.5")'],
        ['request.discount > percent("10")', 'request.discount > percent("7.5")'],
      ),
      { pastRequests },
    );
    expect(shown(result).replay.flips).toEqual([
      {
        id: 'a',
        before: { disposition: 'auto-approve', levels: [], because: ['discount-within-standard'] },
        after: { disposition: 'approve', levels: ['sales-manager'], because: ['discount-beyond-standard'] },
      },
    ]);
  });
});

describe('the candidate', () => {
  test('is the policy in force with other rules, which the routing skill loads and routes by', async () => {
    const result = await compile(matrixWith('1.2.0', ['percent("60")', 'percent("55")'], ['60 %', '55 %']));
    const { skill, configuration } = compilation.publishes!.candidateFor(result)!;
    expect(skill).toBe(routing.name);
    const before = routing.baselineConfiguration() as Record<string, unknown>;
    const { rules: _rules, schema: _schema, version: _version, ...kept } = before;
    expect(configuration).toMatchObject({ ...kept, schema: 'countersign/approval-policy/2', version: '1.2.0' });
    const policy = loadPolicy(configuration, directory);
    expect(policy.warnings).toEqual([]);
    expect(policy.rules.find(({ id }) => id === 'discount-floor')?.effect).toMatchObject({ do: 'deny' });
  });

  test('says of each other language how much of the rules it says, and the digest of its text', async () => {
    const { artifact } = await compile(matrixWith('1.2.0', ['money("500 EUR")', 'money("1000 EUR")']));
    const { constraints } = (
      artifact as unknown as { candidate: { configuration: { constraints: ConstraintArtifact } } }
    ).candidate.configuration;
    expect(Object.keys(constraints.targets).sort()).toEqual(Object.keys(targets).sort());
    const { set } = readArtifact(constraints);
    for (const [name, write] of Object.entries(targets)) {
      const { fidelity, because, digest } = write(set, { day: dayOf(NOON) });
      expect(constraints.targets[name]).toMatchObject({ fidelity, because, digest });
    }
    const weaker = Object.entries(constraints.targets).filter(([, { fidelity }]) => fidelity === 'weaker');
    expect(weaker.map(([name]) => name)).not.toContain('javascript');
    for (const [, { because }] of weaker) expect(because).not.toEqual([]);
  });

  test('gives every example of routing the route that the shipped policy gives', async () => {
    const { configuration } = compilation.publishes!.candidateFor(await compile(matrixWith('1.2.0')))!;
    const folder = join(skillsFolder, routing.name, 'examples');
    for (const file of readdirSync(folder)) {
      const example = parseExample(JSON.parse(readFileSync(join(folder, file), 'utf8')), file);
      const ask = {
        input: example.request.input,
        directory,
        requester: { personId: example.requester },
        instant: NOON,
      };
      const old = await runSkill(routing, { ...ask, configuration: routing.baselineConfiguration() });
      const now = await runSkill(routing, { ...ask, configuration });
      expect(now.verdict, file).toBe(old.verdict);
      expect(
        now.plan?.stages.map(({ levels }) =>
          levels.map(({ levelId, seats, because }) => ({ levelId, seats, because })),
        ),
        file,
      ).toEqual(
        old.plan?.stages.map(({ levels }) =>
          levels.map(({ levelId, seats, because }) => ({ levelId, seats, because })),
        ),
      );
      const fired = ({ artifact }: SkillResult) =>
        (artifact as unknown as { rules: { ruleId: string; fired: boolean }[] }).rules.map(({ ruleId, fired: so }) => [
          ruleId,
          so,
        ]);
      expect(fired(now), file).toEqual(fired(old));
    }
  });

  test('whose artifact was altered, or may not be published, is refused', async () => {
    const { configuration } = compilation.publishes!.candidateFor(await compile(matrixWith('1.2.0')))!;
    const altered = structuredClone(configuration) as { constraints: { model: { rules: { id: string }[] } } };
    altered.constraints.model.rules[0]!.id = 'other';
    expect(() => loadPolicy(altered, directory)).toThrow(/digest/);
    const set = compileSource(matrixWith('1.2.0', ...CONFLICT), 'x.yaml');
    const budget = { solverSteps: 1_000, boxes: 100_000, minimalSets: 10 };
    const constraints = compileArtifact({
      set,
      analysis: await analyse(set, budget, undefined, oracle(set).holds),
      day: 20_000,
    });
    expect(() => loadPolicy({ ...(configuration as object), constraints }, directory)).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ code: 'finding-conflict' })] }),
    );
  });
});

describe.each(readdirSync(join(skillsFolder, compilation.name, 'examples')))('the example %s', (file) => {
  const example = parseExample(
    JSON.parse(readFileSync(join(skillsFolder, compilation.name, 'examples', file), 'utf8')),
    file,
  );
  const { source, ...rest } = example.request.input as { source: string };
  const all = ingredients(source, rest, example.requester);

  test('comes out as it says, twice alike', async () => {
    const result = await runSkill(compilation, all).catch((error: unknown) => error);
    if (result instanceof InvalidInput) {
      expect(example.expected).toMatchObject({ outcome: 'blocked', levels: 0 });
      expect(result.problems[0]?.message).toMatch(/^approval-matrix\.yaml:\d+:\d+: /);
      return;
    }
    expect(exampleProblem(example, result as SkillResult)).toBeUndefined();
    expect(await determinismProblem(compilation, all, result as SkillResult)).toBeUndefined();
  });
});

describe('invariants', () => {
  // A skill may check its results otherwise: schedules are held against their certificates.
  const withInvariants = skills.filter(({ name }) => existsSync(join(skillsFolder, name, 'reference/invariants.yaml')));
  test('stand beside more than one skill', () => expect(withInvariants.length).toBeGreaterThan(1));
  test.each(withInvariants.map(({ name }) => name))('of %s are the artifact of their source', async (name) => {
    const read = (file: string) => readFileSync(join(skillsFolder, name, 'reference', file), 'utf8');
    const stored = JSON.parse(read('invariants.json')) as { sourceDigest: string; model: unknown };
    const { sourceDigest, rules, fields } = compileSource(read('invariants.yaml'), 'invariants.yaml');
    expect(stored.sourceDigest).toBe(sourceDigest);
    expect(digestOf(stored.model)).toBe(digestOf({ ...(stored.model as object), rules, fields }));
  });

  test('hold a result that asks nobody against what needs somebody', async () => {
    const result = await compile(matrixWith('1.2.0'));
    const checked = { input: {}, configuration: {}, instant: NOON };
    expect(compilation.constraintCheck?.({ ...checked, result })).toEqual([]);
    const unasked = { ...result, verdict: 'publish' as const };
    expect(compilation.constraintCheck?.({ ...checked, result: unasked })).toEqual([
      { code: 'ConstraintViolated', message: expect.stringContaining('without a person'), pointer: '' },
    ]);
  });
});
