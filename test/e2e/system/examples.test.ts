import { describe, expect, test } from 'vitest';
import { skills } from '#skills';
import { ApiClient } from '../../../lib/local/api-client.ts';
import { playExample } from '../../../lib/local/play-example.ts';
import type { Example } from '../../../lib/platform/examples.ts';
import { runsSlowTests } from '../../support/slow.ts';
import { examples } from '../support/example-requests.ts';
import { ownSystem } from '../support/own-system.ts';

const { api, inbox } = ownSystem();

/** Without a chain of requests, and with a handful of steps at most. */
function isShort({ followUps, handoff, decisions }: Example): boolean {
  return followUps.length === 0 && handoff.length + decisions.length <= 3;
}

describe('the bundled examples', () => {
  test('tell every story that a first look needs', () => {
    expect(examples.length).toBeGreaterThanOrEqual(8);
    const outcomes = new Set(examples.map(({ example }) => example.expected.outcome));
    expect([...outcomes].sort()).toEqual(['blocked', 'changes-requested', 'published', 'rejected']);
    expect(examples.some(({ example }) => example.skipTime !== undefined)).toBe(true);
  });

  /** Of each skill and outcome a short one; `npm run demo`, CI and `npm run test:deep` play all. */
  const short = examples.filter(({ example }) => isShort(example));
  const kinds = Map.groupBy(short, ({ skill, example }) => `${skill.name} ${example.expected.outcome}`);
  const played = runsSlowTests ? examples : [...kinds.values()].flatMap((alike) => alike.slice(0, 1));

  test.each(played.map((bundled) => [bundled.name, bundled] as const))(
    '%s ends as it says, and its evidence holds',
    async (_name, bundled) => {
      const ended = await playExample(new ApiClient(api), inbox, skills, bundled);
      expect(ended).toMatchObject({ ...bundled.example.expected, skill: bundled.skill.name, verified: true });
      expect(ended.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    },
  );
});
