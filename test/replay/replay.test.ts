import { describe, expect, test } from 'vitest';
import { skills } from '#skills';
import { readRecordings } from '../../lib/cli/recordings.ts';
import { type Recording, regressionBaseline } from '../../lib/platform/promotion/regression-baseline.ts';
import { resultIn } from '../support/skill-output.ts';

const recordings = readRecordings();

describe('recorded executions', () => {
  test('are at hand, at least ten', () => {
    expect(recordings.length).toBeGreaterThanOrEqual(10);
  });

  test.each(recordings.map(({ name }, index) => ({ name, index })))(
    '$name reproduces byte for byte',
    async ({ index }) => {
      const { cases, failures } = await regressionBaseline(recordings.slice(index, index + 1), skills);
      expect({ cases, failures }).toEqual({ cases: 1, failures: [] });
    },
  );

  test('one whose recorded result is another than the engine’s is found', async () => {
    const [first] = recordings as [Recording];
    const differing = skills.map((skill) => ({
      ...skill,
      execute: async (context: Parameters<typeof skill.execute>[0]) => {
        const result = resultIn(await skill.execute(context));
        return { ...result, confidenceBasisPoints: result.confidenceBasisPoints - 1 };
      },
    }));
    const { failures } = await regressionBaseline([first], differing);
    expect(failures).toEqual([{ case: first.name, message: expect.stringContaining('/confidenceBasisPoints') }]);
  });

  test('of another skill are not counted for this one', async () => {
    expect(await regressionBaseline(recordings, skills, 'some-other-skill')).toMatchObject({ cases: 0 });
  });
});
