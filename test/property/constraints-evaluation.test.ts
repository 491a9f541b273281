import { describe, expect, it } from 'vitest';
import { decide } from '../../lib/engines/constraints/evaluate/decide.ts';
import { explain } from '../../lib/engines/constraints/evaluate/explain.ts';
import { fuse, OUTCOMES } from '../../lib/engines/constraints/evaluate/fuse.ts';
import { holds } from '../../lib/engines/constraints/evaluate/holds.ts';
import { readInput } from '../../lib/engines/constraints/evaluate/read-input.ts';
import { specialise } from '../../lib/engines/constraints/evaluate/specialise.ts';
import { writeInput } from '../../lib/engines/constraints/evaluate/write-input.ts';
import { oracle } from '../../lib/engines/constraints/oracle/oracle.ts';
import { Dice } from '../unit/constraints/dice.ts';
import { randomSet } from '../unit/constraints/random-sets.ts';
import { randomValues } from '../unit/constraints/random-values.ts';

const EDGES = [0, 30, 60, 500, 1000, 1500, 2000, 5_000_000];
/** 2026-01-01 to 2026-10-08: rules of the random sets begin and end within. */
const DAYS = [20_454, 20_734] as const;

describe('random sets', () => {
  it('are decided by the fused evaluator as by the reference', () => {
    const dice = new Dice(11);
    const seen = { denied: 0, routed: 0, allowed: 0, defaults: 0 };
    for (let run = 0; run < 120; run += 1) {
      const set = randomSet(dice, run % 10 === 0 ? 70 : 9);
      const day = dice.between(...DAYS);
      const fused = fuse(set, day);
      const records = new Float64Array(fused.width * 2);
      for (let n = 0; n < 25; n += 1) {
        const values = randomValues(dice, set, EDGES);
        const reference = decide(set, values, day);
        expect(fused.decide(values)).toEqual(reference);
        fused.pack(values, records, fused.width);
        expect(OUTCOMES[fused.outcome(records, fused.width)]).toBe(reference.outcome);
        seen[reference.outcome] += 1;
        seen.defaults += Object.keys(reference.defaults).length;
      }
    }
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  });

  it('have conditions and table rows that hold as CEL says', () => {
    const dice = new Dice(12);
    let rows = 0;
    for (let run = 0; run < 60; run += 1) {
      const set = randomSet(dice, 4);
      const independent = oracle(set);
      for (let n = 0; n < 8; n += 1) {
        const values = randomValues(dice, set, EDGES);
        set.rules.forEach((rule, index) => {
          const when = independent.holds(index, 'when', values);
          expect(holds(rule.when, values), rule.id).toBe(when);
          rows += rule.table === undefined ? 0 : 1;
          if (!when || rule.effect.kind !== 'require') return;
          expect(holds(rule.effect.condition, values), rule.id).toBe(independent.holds(index, 'condition', values));
        });
      }
    }
    expect(rows).toBeGreaterThan(300);
  });

  it('decide the same after partial evaluation, whatever is known', () => {
    const dice = new Dice(13);
    let fewer = 0;
    for (let run = 0; run < 120; run += 1) {
      const set = randomSet(dice, 10);
      const values = randomValues(dice, set, EDGES);
      const known = new Map(dice.some([...set.fields.keys()]).map((field) => [field, values[field]]));
      const special = specialise(set, known);
      fewer += set.rules.length - special.rules.length;
      for (let n = 0; n < 12; n += 1) {
        const other = randomValues(dice, set, EDGES).map((value, field) =>
          known.has(field) ? known.get(field) : value,
        );
        const day = dice.between(...DAYS);
        const whole = decide(set, other, day);
        expect(decide(special, other, day)).toEqual(whole);
        if (n === 0) expect(fuse(special, day).decide(other)).toEqual(whole);
      }
    }
    expect(fewer).toBeGreaterThan(100);
  });

  it('read back every input that was written, in both forms', () => {
    const dice = new Dice(14);
    const set = randomSet(dice, 3);
    for (let n = 0; n < 300; n += 1) {
      const values = randomValues(dice, set, EDGES);
      for (const form of ['exact', 'people'] as const) {
        expect(readInput(set, JSON.parse(JSON.stringify(writeInput(set, values, form))))).toEqual(values);
      }
    }
  });

  it('are explained as they are decided', () => {
    const dice = new Dice(15);
    for (let run = 0; run < 60; run += 1) {
      const set = randomSet(dice, 8);
      const day = dice.between(...DAYS);
      const values = randomValues(dice, set, EDGES);
      const { decision, rules } = explain(set, values, day);
      expect(decision).toEqual(decide(set, values, day));
      expect(rules.filter(({ standing }) => standing === 'applies').map(({ rule }) => rule)).toEqual(decision.applied);
      expect(rules.filter(({ violated }) => violated).map(({ rule }) => rule)).toEqual(decision.violated);
      for (const { because } of rules) expect(because).toMatch(/\S.*\.$/);
    }
  });
});
