import { expect } from 'vitest';
import { slowTest } from '../support/slow.ts';
import { runCommand } from './support/spawned-system.ts';

interface Drill {
  ok: boolean;
  steps: { at: string; what: string; ok?: boolean }[];
}

slowTest(
  'the rollback drill ships a bad candidate, takes it back, stops publishing and comes back to normal',
  async () => {
    const { code, stdout } = await runCommand(['drill', '--json']);
    const { drill } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { drill: Drill };
    expect(drill.steps.filter(({ ok }) => ok === false)).toEqual([]);
    const order = [
      /^suite regression-baseline: /,
      /^the candidate still runs$/,
      /^posture: elevated/,
      /^candidate 1\.1\.0-\w+: retired$/,
      /^flag: on, for 1\.1\.0-/,
      /^mail to oversight: Incident: A candidate was taken out/,
      /^posture: critical/,
      /^flag: off/,
      /^mail to oversight: Incident: Publishing has stopped/,
      /^its publication is held$/,
      /^the held publication goes on: published$/,
      /^posture: normal/,
      /^a new request runs on 1\.1\.0-/,
    ];
    let from = 0;
    for (const expected of order) {
      const found = drill.steps.findIndex(({ what, ok }, index) => index >= from && ok === true && expected.test(what));
      expect(found, String(expected)).toBeGreaterThanOrEqual(from);
      from = found;
    }
    expect({ ok: drill.ok, code }).toEqual({ ok: true, code: 0 });
    expect(drill.steps.map(({ at }) => at)).toEqual(drill.steps.map(({ at }) => at).toSorted());
  },
  180_000,
);
