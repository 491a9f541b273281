import { describe, expect, test } from 'vitest';
import { decide } from '../../../lib/engines/constraints/evaluate/decide.ts';
import { readInput } from '../../../lib/engines/constraints/evaluate/read-input.ts';
import { writeInput } from '../../../lib/engines/constraints/evaluate/write-input.ts';
import type { ConstraintSet } from '../../../lib/engines/constraints/model.ts';
import type { PastRequest } from '../../../lib/engines/constraints/replay/decider.ts';
import { replay } from '../../../lib/engines/constraints/replay.ts';
import { compileSource } from '../../../lib/engines/constraints/source/compile.ts';
import { Dice } from '../constraints/dice.ts';
import { randomSet } from '../constraints/random-sets.ts';
import { randomValues } from '../constraints/random-values.ts';
import { dayOf, SMALL, small, TODAY } from './fixtures.ts';

const older = small();

function changed(from: string, to: string): ConstraintSet {
  return compileSource(SMALL.replace(from, to), 'newer.yaml');
}

function request(line: number, input: object, day = TODAY): PastRequest {
  return {
    line,
    id: `Q-${line}`,
    day,
    input: { discount: '5 %', amount: '10 EUR', kind: 'new', clauses: [], ...input },
  };
}

describe('a replay', () => {
  test('tells which outcomes flip, by which rules and why', () => {
    const newer = changed('percent("20")', 'percent("15")');
    const requests = [request(1, {}), request(2, { discount: '18 %' }), request(3, { discount: '25 %' })];
    const { flipped, ...summary } = replay(older, newer, requests);
    expect(flipped).toEqual([
      {
        line: 2,
        id: 'Q-2',
        from: 'allowed',
        to: 'denied',
        labels: { added: [], dropped: [] },
        because: [{ rule: 'cap', says: 'discount <= 15 % does not hold: discount is 18 %.' }],
      },
    ]);
    expect(summary).toMatchObject({
      requests: 3,
      flips: 1,
      outcomes: { allowed: 1, 'allowed -> denied': 1, denied: 1 },
      rules: { cap: 1 },
    });
  });

  test('counts labels that come and go, also where the outcome stays', () => {
    const newer = changed('to: [cfo, vp]', 'to: [vp, legal]');
    const { flipped, labels, outcomes, rules } = replay(older, newer, [request(1, { amount: '200000 EUR' })]);
    expect(flipped.map((flip) => flip.labels)).toEqual([{ added: ['legal'], dropped: ['cfo'] }]);
    expect([labels, outcomes, rules]).toEqual([
      { added: { legal: 1 }, dropped: { cfo: 1 } },
      { routed: 1 },
      { large: 1 },
    ]);
  });

  test('says why a rule no longer speaks, and that one is no longer there', () => {
    const eased = replay(older, changed('percent("20")', 'percent("30")'), [request(1, { discount: '25 %' })]);
    expect(eased.flipped[0]).toMatchObject({ from: 'denied', to: 'allowed', because: [{ rule: 'cap' }] });
    const gone = replay(older, changed('id: large', 'id: big'), [request(1, { amount: '200000 EUR' })]);
    expect(gone.flips).toBe(0);
    const removed = replay(older, changed(/ {2}- \{ id: large.*\n/.exec(SMALL)?.[0] ?? '', ''), [
      request(1, { amount: '200000 EUR' }),
    ]);
    expect(removed.flipped[0]?.because[0]?.says).toMatch(/^It is no longer there/);
  });

  test('decides each request on its own day', () => {
    const newer = changed('until: 2027-01-01', 'until: 2026-07-01');
    const risky = { risk: '0.8' };
    const run = replay(older, newer, [
      request(1, risky, dayOf('2026-06-30')),
      request(2, risky, dayOf('2026-07-01')),
      request(3, risky, dayOf('2027-01-01')),
    ]);
    expect(run.flipped.map(({ line, from, to }) => [line, from, to])).toEqual([[2, 'routed', 'allowed']]);
  });

  test('shows what the new fields refuse, and keeps apart what neither can read', () => {
    const newer = changed('values: [new, renewal, other]', 'values: [new, renewal]');
    const run = replay(older, newer, [request(1, { kind: 'other' }), request(2, { kind: 'nonsense' })]);
    expect(run.flipped).toMatchObject([{ line: 1, from: 'allowed', to: 'refused', because: [{ rule: '/kind' }] }]);
    expect([run.requests, run.unreadable, run.refused.map(({ line }) => line)]).toEqual([1, 1, [2]]);
  });

  test('compares with what is on record where there is no older set, and only counts where nothing is', () => {
    const recorded = (line: number, outcome: 'allowed' | 'routed', route: string[]): PastRequest => ({
      ...request(line, { amount: '200000 EUR' }),
      decided: { outcome, route },
    });
    const run = replay(undefined, older, [
      recorded(1, 'routed', ['vp', 'cfo']),
      recorded(2, 'allowed', []),
      request(3, {}),
    ]);
    expect(run.flipped).toMatchObject([{ line: 2, from: 'allowed', to: 'routed', labels: { added: ['cfo', 'vp'] } }]);
    expect(run.outcomes).toEqual({ allowed: 1, routed: 1, 'allowed -> routed': 1 });
  });

  test('finds the flips that the reference evaluator finds, on random sets', () => {
    let flips = 0;
    for (let seed = 0; seed < 30; seed += 1) {
      const dice = new Dice(seed);
      const newer = randomSet(dice, 8);
      const before = {
        ...newer,
        rules: newer.rules.map((rule, n) =>
          n === 0 ? { ...rule, when: { kind: 'constant', value: false } as const } : rule,
        ),
      };
      const values = Array.from({ length: 20 }, () => randomValues(dice, newer));
      const requests = values.map((each, n) => ({ line: n, day: TODAY, input: writeInput(newer, each) }));
      const expected = requests.flatMap(({ line, input }) => {
        const [a, b] = [before, newer].map((set) => decide(set, readInput(set, input), TODAY));
        return JSON.stringify([a?.outcome, a?.route]) === JSON.stringify([b?.outcome, b?.route]) ? [] : [line];
      });
      flips += expected.length;
      expect(replay(before, newer, requests).flipped.map(({ line }) => line)).toEqual(expected);
    }
    expect(flips).toBeGreaterThan(20);
  });
});
