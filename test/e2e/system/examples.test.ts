import { describe, expect, inject, test } from 'vitest';
import { skills } from '#skills';
import { ApiClient } from '../../../lib/local/api-client.ts';
import { playExample } from '../../../lib/local/play-example.ts';
import { examples } from '../support/example-requests.ts';

const { api, inbox } = inject('system');

describe('the bundled examples', () => {
  test('tell every story that a first look needs', () => {
    expect(examples.length).toBeGreaterThanOrEqual(8);
    const outcomes = new Set(examples.map(({ example }) => example.expected.outcome));
    expect([...outcomes].sort()).toEqual(['blocked', 'changes-requested', 'published', 'rejected']);
    expect(examples.some(({ example }) => example.skipTime !== undefined)).toBe(true);
  });

  test.each(examples.map((bundled) => [bundled.name, bundled] as const))(
    '%s ends as it says, and its evidence holds',
    async (_name, bundled) => {
      const played = await playExample(new ApiClient(api), inbox, skills, bundled);
      expect(played).toMatchObject({ ...bundled.example.expected, skill: bundled.skill.name, verified: true });
      expect(played.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    },
  );
});
