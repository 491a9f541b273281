import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, test } from 'vitest';
import type { Json } from '../../lib/core/json.ts';
import { addStacks, createApp } from '../../lib/infra/app.ts';
import { bundle } from '../../lib/infra/bundle.ts';
import { withoutBundles } from '../../lib/infra/code-source.ts';
import { environmentOf } from '../../lib/infra/environments.ts';
import { stepFunctions } from '../../lib/infra/functions.ts';
import { readTemplates } from '../../lib/infra/read-template.ts';
import { withoutParts } from '../../lib/infra/skill-parts.ts';
import { synthesizeTemplates } from '../../lib/infra/synthesize.ts';
import { loadDefinition } from '../../lib/local/states/load-definition.ts';
import { graphOfDefinition } from '../../lib/pages/graph/asl-graph.ts';
import { podsSkill } from '../support/pods-skill.ts';
import { edgesOf, reachableFrom, type States } from './support/graph.ts';
import { describeRoles, rolesOf, unexplained } from './support/roles.ts';
import { tinySkill } from './support/templates.ts';

type Validation = { isValid: boolean; errorsText: (separator?: string) => string };
const validate = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => Validation;

const { stacks } = synthesizeTemplates({ environment: environmentOf('dev'), skills: [tinySkill, podsSkill] });
const { stateMachines, functions } = readTemplates(stacks);
const definitionOf = (name: string) => stateMachines.find(({ skill }) => skill === name)!.definition;
const solving = definitionOf(podsSkill.name);
const tiny = definitionOf(tinySkill.name);
const states = solving.States as States;
const edges = edgesOf(states);
const ways = (from: string) => edges.filter((edge) => edge.from === from).map(({ by, to }) => `${by} -> ${to}`);
const FRAGMENT = ['PodsVerdict', 'SolvePods'];

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'countersign-pods-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An app with the pods skill, as it is deployed. */
function appOf() {
  const app = createApp({ outdir: folder, complete: false });
  addStacks(app, { environment: environmentOf('dev'), skills: [podsSkill], code: withoutBundles });
  return app;
}

describe('the definition of a skill that has pods solved', () => {
  test('is accepted by asl-validator and by the interpreter of the local system', () => {
    const result = validate(solving);
    expect(result.isValid ? '' : result.errorsText('\n')).toBe('');
    expect(() => loadDefinition(solving as Json)).not.toThrow();
  });

  test('has one fragment more than the others, which have none of it', () => {
    const added = Object.keys(states).filter((name) => !(name in (tiny.States as States)));
    expect(added.sort()).toEqual([...FRAGMENT].sort());
    for (const word of FRAGMENT) expect(JSON.stringify(tiny)).not.toContain(word);
  });

  test('has what Execute wants solved and runs it again, and goes to Verify otherwise', () => {
    expect(ways('Execute')).toEqual(['next -> PodsVerdict', 'catch States.ALL -> Recover']);
    expect(ways('PodsVerdict')).toEqual(['default -> Verify', 'choice solve-pods -> SolvePods']);
    expect(ways('SolvePods')).toEqual(['next -> Execute', 'catch States.ALL -> Recover']);
    expect(edges.filter(({ to }) => to === 'Verify').map(({ from }) => from)).toEqual(['PodsVerdict']);
    for (const { to } of edges.filter(({ by }) => by === 'catch States.ALL'))
      expect([...reachableFrom(to, edges)]).not.toContain('Publish');
  });

  test('solves as many at once as the skill declares, by a function that a child has the time for', () => {
    expect(states.SolvePods).toMatchObject({
      MaxConcurrency: 3,
      ItemsPath: '$.pods',
      ResultPath: '$.solvedPods',
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' } },
    });
    const solver = functions.find(({ function: name }) => name === 'solve-pod')!;
    const { SolvePod } = (states.SolvePods as unknown as { ItemProcessor: { States: States } }).ItemProcessor.States;
    expect(SolvePod!.TimeoutSeconds).toBeGreaterThan(solver.timeoutSeconds);
    expect(SolvePod!.TimeoutSeconds).toBeLessThanOrEqual(300);
  });

  test('is drawn with the number of pods that are solved at once', () => {
    expect(graphOfDefinition(solving).nodes).toContainEqual({ id: 'SolvePods', type: 'Map, 3 at once' });
  });
});

describe('the function that solves a pod', () => {
  test('is deployed for skills that declare pods, and for no others', () => {
    const stepsOf = (name: string) => functions.filter(({ skill }) => skill === name).map((each) => each.function);
    expect(stepsOf(podsSkill.name)).toHaveLength(11);
    expect(stepsOf(podsSkill.name)).toContain('solve-pod');
    expect(stepsOf(tinySkill.name)).toHaveLength(10);
    expect(stepFunctions(tinySkill).some(({ forPods }) => forPods)).toBe(false);
  });

  test('is bundled with the solving; a step that does not execute is bundled without', async () => {
    const bundled = ['solve-pod', 'request-approval'].map(
      (name) => stepFunctions(podsSkill).find((declaration) => declaration.name === name)!,
    );
    const path = join(ROOT, 'test/support/pods-skill.ts');
    const made = await bundle({
      root: ROOT,
      outdir: join(folder, 'bundles'),
      declarations: bundled,
      skills: [{ name: podsSkill.name, path }],
    });
    const texts = made.map(({ folder: of }) => readFileSync(join(of, 'index.mjs'), 'utf8'));
    expect(texts.map((text) => text.includes('A pod takes too much.'))).toEqual([true, false]);
    expect(made[0]!.bytes).toBeLessThan(680_000);
    // It has nothing to do with the table.
    expect([...made[0]!.modules.keys()].filter((path) => path.includes('client-dynamodb'))).toEqual([]);
  });

  test('carries the engine; whoever does not execute refuses it by name', () => {
    const source = `defineSkill({ name: 'a', execute, pods: { solve } });`;
    expect(withoutParts(source, 'engine', 'refuse')).toBe(source);
    expect(withoutParts(source, 'configuration', 'refuse')).toBe(
      `defineSkill({ name: 'a', execute: refuse('skills:engine'), pods: refuse('skills:engine') });`,
    );
  });
});

describe('the stack of a skill that has pods solved', () => {
  test('passes cdk-nag, each wildcard with a reason', () => {
    const app = appOf();
    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    expect(violations.map(({ ruleName, violatingResources }) => [ruleName, violatingResources])).toEqual([]);
  });

  test.each([
    [11, false],
    [12, true],
  ])('an environment that sets %d functions aside for pods lets them be solved: %s', (allowed, enough) => {
    const { settings } = environmentOf('dev');
    const caps = { ...settings.caps, concurrency: { 'solve-pod': allowed } };
    const environment = { name: 'dev', settings: { ...settings, caps } };
    const synthesize = () => synthesizeTemplates({ environment, skills: [podsSkill] });
    // Three pods for each of four executions.
    if (enough) expect(synthesize).not.toThrow();
    else
      expect(synthesize).toThrow(
        expect.objectContaining({ problems: [expect.objectContaining({ pointer: '/caps/concurrency/solve-pod' })] }),
      );
  });

  test('lets the machine run children of itself, and the function read and write artifacts, and nothing more', async () => {
    const app = appOf();
    const stack = app.node.findChild(`countersign-dev-${podsSkill.id}`) as Stack;
    const roles = rolesOf(stack, app.synth().getStackByName(stack.stackName).template);
    expect(unexplained(roles)).toEqual([]);
    const own = roles.filter(({ path }) => path === 'Skill/Role' || path === 'Skill/SolvePod/Role');
    expect(own).toHaveLength(2);
    await expect(describeRoles(own)).toMatchFileSnapshot('roles/pods.txt');
  });
});
