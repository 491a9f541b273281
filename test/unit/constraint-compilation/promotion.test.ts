import { describe, expect, test } from 'vitest';
import { skills } from '#skills';
import { readRecordings } from '../../../lib/cli/recordings.ts';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { bundledExamples } from '../../../lib/local/examples.ts';
import { regressionBaseline } from '../../../lib/platform/promotion/regression-baseline.ts';
import { unitSuite } from '../../../lib/platform/promotion/unit-suite.ts';
import type { AnySkill } from '../../../lib/platform/skill/define-skill.ts';
import { shippedReferences } from '../../../lib/platform/skill/shipped-references.ts';
import { compilation, directory, NOON } from './support.ts';

const examples = bundledExamples([compilation]);
const recordings = readRecordings().filter(({ name }) => name.includes('u01470'));
const refused = recordings.filter(({ name }) => name.includes('source-with-an-error'));

/** The skill with an engine that ends otherwise. */
const ending = (execute: AnySkill['execute']): AnySkill[] =>
  skills.map((skill) => (skill.id === compilation.id ? { ...skill, execute } : skill));

const unit = (skill: AnySkill, configuration = compilation.baselineConfiguration()) =>
  unitSuite({
    skill,
    configuration,
    directory,
    examples,
    instant: NOON,
    references: async (input) => shippedReferences(skills, compilation, input),
  });

describe('promoting the configuration by which rules are changed', () => {
  test('has a recording of each example', () => {
    expect(recordings.map(({ name }) => name.split('u01470-').at(-1))).toEqual(
      examples.map(({ name }) => `${name}.json`),
    );
  });

  test('finds every example as it says, a source with an error refused', async () => {
    expect(await unit(compilation)).toMatchObject({ cases: examples.length + 1, failures: [] });
  });

  test('finds an example that is refused though it should be decided about', async () => {
    const execute = async () => {
      throw new InvalidInput('Nothing is taken today.', []);
    };
    const { failures } = await unit({ ...compilation, execute });
    expect(failures.map((failure) => failure.case)).toEqual([
      '21-discount-ceilings',
      '23-conflict-with-a-waiver',
      '24-owner-rejects',
    ]);
    expect(failures[0]?.message).toBe('Nothing is taken today.');
  });

  test('holds the reasons of a refusal against those on record', async () => {
    expect(refused).toHaveLength(1);
    expect(await regressionBaseline(refused, skills)).toMatchObject({ cases: 1, failures: [] });
    const other = await regressionBaseline(
      refused,
      ending(async () => {
        throw new InvalidInput('Nothing is taken today.', []);
      }),
    );
    expect(other.failures).toMatchObject([{ message: expect.stringContaining('The refusal is not the recorded one') }]);
  });

  test('finds a recording that is refused now, and one that is no longer', async () => {
    const [decided] = recordings;
    const throwing = ending(async () => {
      throw new InvalidInput('Nothing is taken today.', []);
    });
    const lost = await regressionBaseline([decided!], throwing);
    expect(lost.failures).toMatchObject([{ message: expect.stringMatching(/Nothing is taken today/) }]);
    const valid = compilation.input.parse(examples[0]!.example.request.input);
    const lenient = ending((context) => compilation.execute({ ...context, input: valid }));
    const won = await regressionBaseline(refused, lenient);
    expect(won.failures).toMatchObject([{ message: expect.stringContaining('It comes to a result') }]);
  });
});
