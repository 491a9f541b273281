import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skills } from '#skills';
import { readRecordings } from '../../../lib/cli/recordings.ts';
import { bundledExamples } from '../../../lib/local/examples.ts';
import { type ScratchRuntime, scratchRuntime } from '../../../lib/local/scratch-runtime.ts';
import { integrationSuite } from '../../../lib/platform/promotion/integration-suite.ts';
import { exampleRequests } from '../../../lib/platform/promotion/past-request.ts';
import { regressionBaseline } from '../../../lib/platform/promotion/regression-baseline.ts';
import { simulationSuite } from '../../../lib/platform/promotion/simulation-suite.ts';
import { unitSuite } from '../../../lib/platform/promotion/unit-suite.ts';
import { shippedReferences } from '../../../lib/platform/skill/shipped-references.ts';
import { resultIn } from '../../support/skill-output.ts';
import { directoryOf, marketing, NOW, support } from './player.ts';

const recordings = readRecordings();

describe.each([
  { id: 'u01994', skill: support },
  { id: 'u01874', skill: marketing },
])('promoting the policy of $id', ({ id, skill }) => {
  const directory = directoryOf(skill);
  const configuration = skill.baselineConfiguration();
  const examples = bundledExamples([skill], NOW);
  const references = async (input: unknown) => shippedReferences(skills, skill, input);
  let scratch: ScratchRuntime;
  beforeAll(async () => {
    scratch = await scratchRuntime({ skill, configuration, directory, instant: NOW });
  });
  afterAll(() => scratch.close());

  const unit = (under: Pick<typeof skill, 'execute'> = skill, shown = examples) =>
    unitSuite({
      skill: { ...skill, ...under },
      configuration,
      directory,
      examples: shown,
      instant: NOW,
      references,
    });

  test('has a recording of each example, and of each request that goes on from it', () => {
    const wanted = examples.flatMap(({ name, example }) => [
      name,
      ...example.followUps.map((_, index) => `${name}-${index + 2}`),
    ]);
    const recorded = recordings.filter(({ name }) => name.includes(`${id}-`));
    expect(recorded.map(({ name }) => name.split(`${id}-`).at(-1)).sort()).toEqual(
      wanted.map((name) => `${name}.json`).sort(),
    );
  });

  test('finds every example as it says, also where the other side turns away what was let pass', async () => {
    expect(await unit()).toMatchObject({ cases: examples.length + 1, failures: [] });
    expect(await integrationSuite(scratch.runtime, examples, references)).toMatchObject({
      cases: examples.length,
      failures: [],
    });
  });

  test.runIf(skill === support)(
    'changes the baseline in force, whatever version the configuration under test has',
    async () => {
      const newer = { ...(configuration as object), version: '7.0.0' };
      const later = await scratchRuntime({ skill, configuration: newer, directory, instant: NOW });
      try {
        const changing = examples.filter(
          ({ example }) => (example.request.input as { kind: string }).kind === 'contract',
        );
        expect(await integrationSuite(later.runtime, changing, references)).toMatchObject({
          cases: changing.length,
          failures: [],
        });
      } finally {
        await later.close();
      }
    },
  );

  test('compares what would become of past requests', async () => {
    const requests = exampleRequests(examples, NOW);
    const run = { skill, baseline: configuration, candidate: configuration, directory, requests, references };
    expect(await simulationSuite(run)).toMatchObject({ cases: requests.length, failures: [] });
  });

  test('finds a handoff that is blocked though it should be offered', async () => {
    const handing = examples.filter(({ example }) => example.handoff.length > 0);
    expect(handing.length).toBeGreaterThan(2);
    const { failures } = await unit(
      {
        execute: async (context) => ({ ...resultIn(await skill.execute(context)), verdict: 'block' }),
      },
      handing,
    );
    expect(failures.map((failure) => failure.case)).toEqual(handing.map(({ name }) => name));
  });

  test('finds a recording whose score would be another', async () => {
    const [recording] = recordings.filter(({ name }) => name.includes(`${id}-`));
    const stricter = skills.map((each) =>
      each.id === id
        ? {
            ...each,
            execute: async (context: Parameters<typeof each.execute>[0]) => {
              const result = resultIn(await each.execute(context));
              return { ...result, risk: { ...result.risk, score: result.risk.score + 1 } };
            },
          }
        : each,
    );
    const { failures } = await regressionBaseline([recording!], stricter);
    expect(failures).toMatchObject([{ message: expect.stringContaining('/risk/score') }]);
  });
});
