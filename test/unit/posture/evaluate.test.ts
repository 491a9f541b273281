import { describe, expect, test } from 'vitest';
import { addSeconds } from '../../../lib/core/instant.ts';
import { calmedPosture, candidateBreach, posturesCall } from '../../../lib/platform/posture/evaluate.ts';
import type { Failure } from '../../../lib/platform/posture/failures.ts';
import { defineSkill } from '../../../lib/platform/skill/define-skill.ts';
import { tinySkill } from '../executions/tiny-skill.ts';

const START = '2026-11-20T09:00:00.000Z';
const at = (seconds: number) => addSeconds(START, seconds);
const failure = (seconds: number, accountId: string): Failure => ({
  executionId: `ex-${seconds}-${accountId}`,
  accountId,
  at: at(seconds),
  kind: 'fault',
  code: 'TypeError',
  configuration: '2.0',
});
const thresholds = {
  windowSeconds: 600,
  elevatedAt: { faults: 2, accounts: 2 },
  criticalAt: { faults: 4, accounts: 3 },
  calmAfterSeconds: 900,
  candidateFaults: { accounts: 3, windowSeconds: 300 },
  followUpWithinSeconds: 86_400,
};

describe('a candidate', () => {
  const { candidateFaults } = thresholds;
  const three = [failure(0, 'a'), failure(100, 'b'), failure(300, 'c')];

  test('goes once enough distinct accounts failed within the window, its ends included', () => {
    expect(candidateBreach(candidateFaults, at(300), three)?.failures).toEqual(three);
    expect(candidateBreach(candidateFaults, at(301), [...three.slice(0, 2), failure(301, 'c')])).toBeUndefined();
  });

  test('goes whichever of the failures is counted last', () => {
    for (const counted of three) expect(candidateBreach(candidateFaults, counted.at, three)).toBeDefined();
  });

  test('stays whatever one account sends', () => {
    const many = Array.from({ length: 200 }, (_, second) => failure(second, 'a'));
    expect(candidateBreach(candidateFaults, at(199), many)).toBeUndefined();
    expect(posturesCall(thresholds, 'normal', at(199), many)).toBeUndefined();
  });
});

describe('a posture', () => {
  test.each([
    ['normal', [failure(0, 'a')], undefined],
    ['normal', [failure(0, 'a'), failure(1, 'b')], 'elevated'],
    ['normal', [failure(0, 'a'), failure(1, 'b'), failure(2, 'c')], 'elevated'],
    ['normal', [failure(0, 'a'), failure(1, 'b'), failure(2, 'c'), failure(3, 'c')], 'critical'],
    ['elevated', [failure(0, 'a'), failure(1, 'b')], undefined],
    ['elevated', [failure(0, 'a'), failure(1, 'b'), failure(2, 'c'), failure(3, 'c')], 'critical'],
    ['critical', [failure(0, 'a'), failure(1, 'b'), failure(2, 'c'), failure(3, 'c')], undefined],
  ] as const)('that is %s, with %j', (current, failures, called) => {
    expect(posturesCall(thresholds, current, failures.at(-1)!.at, failures)?.posture).toBe(called);
  });

  test('goes down by one step after the quiet that is declared, counted from the last failure or move', () => {
    const critical = { posture: 'critical' as const, since: at(0) };
    expect(calmedPosture(thresholds, critical, undefined, at(899))).toBeUndefined();
    expect(calmedPosture(thresholds, critical, undefined, at(900))).toBe('elevated');
    expect(calmedPosture(thresholds, critical, at(500), at(1_399))).toBeUndefined();
    expect(calmedPosture(thresholds, critical, at(500), at(1_400))).toBe('elevated');
    expect(calmedPosture(thresholds, { posture: 'elevated', since: at(0) }, undefined, at(900))).toBe('normal');
    expect(calmedPosture(thresholds, { posture: 'normal', since: at(0) }, undefined, at(9_000))).toBeUndefined();
  });
});

describe('declared thresholds', () => {
  const declared = (change: object) => () => defineSkill(tinySkill({ posture: { ...thresholds, ...change } }));

  test('that let one account alone act, contradict themselves or are no counts are refused', () => {
    expect(declared({})).not.toThrow();
    expect(declared({ candidateFaults: { accounts: 1, windowSeconds: 300 } })).toThrow('one account alone');
    expect(declared({ criticalAt: { faults: 4, accounts: 1 } })).toThrow('one account alone');
    expect(declared({ criticalAt: { faults: 4, accounts: 5 } })).toThrow('more accounts than faults');
    expect(declared({ elevatedAt: { faults: 5, accounts: 2 } })).toThrow('before "elevatedAt"');
    expect(declared({ windowSeconds: 0.5 })).toThrow('windowSeconds');
  });
});
