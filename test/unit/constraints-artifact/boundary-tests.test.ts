import { describe, expect, test } from 'vitest';
import { findInput } from '../../../lib/engines/constraints/boundary-tests/find-input.ts';
import { boundaryTests } from '../../../lib/engines/constraints/boundary-tests.ts';
import { decide } from '../../../lib/engines/constraints/evaluate/decide.ts';
import { holds } from '../../../lib/engines/constraints/evaluate/holds.ts';
import { readInput } from '../../../lib/engines/constraints/evaluate/read-input.ts';
import { writeInput } from '../../../lib/engines/constraints/evaluate/write-input.ts';
import { compileSource } from '../../../lib/engines/constraints/source/compile.ts';
import { Dice } from '../constraints/dice.ts';
import { randomSet } from '../constraints/random-sets.ts';
import { fixture, SMALL, small, TODAY } from './fixtures.ts';

/** COUNTERSIGN_DEEP=1 asks for all of the random sets. */
const isDeep = process.env.COUNTERSIGN_DEEP !== undefined;

/** What tests of one rule say of the rule, by what is special about them. */
function about(rule: string, set = small()) {
  return Object.fromEntries(
    boundaryTests(set, TODAY).tests.flatMap(({ about: names, expected }) =>
      names.flatMap((name) => (name.startsWith(`${rule}: `) ? [[name.slice(rule.length + 2), expected]] : [])),
    ),
  );
}

describe('boundary tests', () => {
  test('stand at, just below and just above a bound, and no other rule denies them', () => {
    expect(about('cap')).toMatchObject({
      'discount at 20 %': { outcome: 'allowed', violated: [] },
      'discount just below 20 %': { violated: [] },
      'discount just above 20 %': { outcome: 'denied', violated: ['cap'] },
    });
    expect(about('large')).toMatchObject({
      'amount at 100,000.00 EUR': { outcome: 'routed', route: ['cfo', 'vp'] },
      'amount just below 100,000.00 EUR': { outcome: 'allowed', route: [] },
      'amount just above 100,000.00 EUR': { route: ['cfo', 'vp'] },
    });
  });

  test('look at words, at sets, at what is absent, and at the ends of the time in which a rule is in force', () => {
    expect(about('floor')).toMatchObject({ 'kind is renewal': {}, 'kind is new': { applied: ['cap', 'usual-risk'] } });
    expect(about('no-exit')).toMatchObject({
      'clauses holds exit': { violated: ['no-exit'] },
      'clauses holds nothing': { violated: [] },
      'discount at 10 %': { violated: [] },
    });
    const risky = about('risky');
    expect(risky).toMatchObject({
      'risk at 0.5': { route: [] },
      'risk just above 0.5': { route: ['lead'] },
      'risk is absent': { defaults: { risk: 30 }, route: [] },
      'on 2026-01-01': { route: ['lead'] },
      'on 2025-12-31': { route: [] },
      'on 2026-12-31': { route: ['lead'] },
      'on 2027-01-01': { route: [] },
    });
  });

  test('notice each change of a bound by one', () => {
    const before = boundaryTests(small(), TODAY).tests;
    const bounds = [
      ['percent("20")', 'percent("20.01")'],
      ['percent("30")', 'percent("29.99")'],
      ['money("100000 EUR")', 'money("100000.01 EUR")'],
      ['decimal("0.5")', 'decimal("0.51")'],
      ['percent("10")', 'percent("9.99")'],
      ['until: 2027-01-01', 'until: 2027-01-02'],
      ['from: 2026-01-01', 'from: 2026-01-02'],
      ['<= percent("20")', '< percent("20")'],
      ['kind == "renewal"', 'kind != "new"'],
    ] as const;
    for (const [from, to] of bounds) {
      const changed = compileSource(SMALL.replace(from, to), 'small.yaml');
      const noticed = before.filter(
        ({ values, day, expected }) => JSON.stringify(decide(changed, values, day)) !== JSON.stringify(expected),
      );
      expect(noticed, `${from} to ${to}`).not.toEqual([]);
    }
  });

  test('are inputs that can be given, and expect what is decided', () => {
    for (let seed = 100; seed < (isDeep ? 160 : 112); seed += 1) {
      const set = randomSet(new Dice(seed), 10);
      for (const { values, day, expected } of boundaryTests(set, TODAY).tests) {
        expect(readInput(set, writeInput(set, values))).toEqual(values);
        expect(decide(set, values, day)).toEqual(expected);
      }
    }
  });

  test('apply every rule of a real policy, and step over most of its requirements alone', () => {
    const { text, file } = fixture('commercial-policy.yaml');
    const set = compileSource(text, file);
    const { tests, neverApplied, leftOut } = boundaryTests(set, TODAY);
    expect([neverApplied, leftOut]).toEqual([[], 0]);
    const requirements = set.rules.filter(({ effect }) => effect.kind === 'require').map(({ id }) => id);
    const alone = new Set(tests.flatMap(({ expected: { violated } }) => (violated.length === 1 ? violated : [])));
    expect(requirements.filter((id) => !alone.has(id))).toEqual([]);
  });

  test('name the rules that nothing applies, and stay within their number', () => {
    const dead = `  - { id: dead, owner: x, modality: route, when: 'request.amount > money("10 EUR") && request.amount < money("5 EUR")', to: [x] }\n`;
    const set = compileSource(`${SMALL}${dead}`, 'small.yaml');
    expect(boundaryTests(set, TODAY).neverApplied.map((index) => set.rules[index]?.id)).toEqual(['dead']);
    const many = Array.from(
      { length: 1_500 },
      (_, n) =>
        `  - { id: r${n}, owner: x, modality: route, when: 'request.amount > money("${n + 1} EUR") && request.discount > percent("5")', to: [x] }\n`,
    ).join('');
    const large = boundaryTests(compileSource(`${SMALL}${many}`, 'large.yaml'), TODAY);
    expect(large.tests.length).toBeLessThanOrEqual(5_000);
    expect(large.leftOut).toBeGreaterThan(0);
  }, 60_000);
});

describe('the search for an input', () => {
  test('finds one for almost every condition of one field at a time that can be met, and never a wrong one', () => {
    let [found, missed] = [0, 0];
    for (let seed = 200; seed < (isDeep ? 300 : 225); seed += 1) {
      const set = randomSet(new Dice(seed), 6);
      for (const { when } of set.rules) {
        const values = findInput(set.fields, when);
        if (values === undefined) missed += 1;
        else {
          found += 1;
          expect(holds(when, values)).toBe(true);
          expect(readInput(set, writeInput(set, values))).toEqual(values);
        }
      }
    }
    expect(found).toBeGreaterThan(5 * missed);
  });
});
