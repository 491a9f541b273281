import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../lib/core/errors.ts';
import { holds } from '../../lib/engines/constraints/evaluate/holds.ts';
import type { ConstraintSet } from '../../lib/engines/constraints/model.ts';
import { oracle } from '../../lib/engines/constraints/oracle/oracle.ts';
import { compileSource } from '../../lib/engines/constraints/source/compile.ts';
import { formatSource } from '../../lib/engines/constraints/source/format.ts';
import { slowTest } from '../support/slow.ts';
import { Dice } from '../unit/constraints/dice.ts';
import { Expressions } from '../unit/constraints/random-expressions.ts';
import { randomValues } from '../unit/constraints/random-values.ts';
import { FIELDS, HEAD } from '../unit/constraints/sources.ts';

/** What a random expression may be refused for: no type is wrong in them, but some compare what never varies. */
const EXPECTED = new Set(['outside-domain', 'never-varies']);
const BATCH = 40;

function sourceOf(conditions: readonly string[]): string {
  const rules = conditions.map(
    (condition, n) => `  - { id: r${n}, owner: o, modality: forbid, when: ${JSON.stringify(condition)} }`,
  );
  return `${HEAD}${FIELDS}rules:\n${rules.join('\n')}\n`;
}

/** Compiles what can be compiled of some conditions. */
function compileSome(conditions: readonly string[]): { readonly set: ConstraintSet; readonly text: string } {
  const text = sourceOf(conditions);
  try {
    return { set: compileSource(text, 'random.yaml'), text };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    expect(error.problems.filter(({ code }) => !EXPECTED.has(code))).toEqual([]);
    const bad = new Set(error.problems.map(({ pointer }) => Number(pointer.split('/')[2])));
    const good = conditions.filter((_, n) => !bad.has(n));
    return { set: compileSource(sourceOf(good), 'random.yaml'), text: sourceOf(good) };
  }
}

/** Compares our evaluator with the oracle on random expressions; how many were compared, and how often each truth came out. */
function compare(seed: number, count: number, inputs: number) {
  const dice = new Dice(seed);
  const expressions = new Expressions(dice);
  const seen = { expressions: 0, opaque: 0, true: 0, false: 0 };
  while (seen.expressions < count) {
    const conditions = Array.from({ length: BATCH }, () => expressions.condition(dice.between(0, 3)));
    const { set } = compileSome(conditions);
    const independent = oracle(set);
    for (let n = 0; n < inputs; n += 1) {
      const values = randomValues(dice, set, [0, 30, 500, 1000, 1500, 5_000_000]);
      set.rules.forEach((rule, index) => {
        const ours = holds(rule.when, values);
        if (ours !== independent.holds(index, 'when', values)) {
          expect.fail(`${rule.whenSource} is ${ours} for ${JSON.stringify(values)}: ${JSON.stringify(rule.when)}`);
        }
        seen[ours ? 'true' : 'false'] += 1;
      });
    }
    seen.expressions += set.rules.length;
    seen.opaque += set.rules.filter(({ when }) => JSON.stringify(when).includes('opaque')).length;
  }
  return seen;
}

describe('expressions', () => {
  it('come out as CEL says, on 2,000 random expressions', () => {
    const seen = compare(1, 2_000, 6);
    expect(seen.opaque).toBeGreaterThan(50);
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(2_000);
  });

  slowTest('come out as CEL says, on 100,000 random expressions', { timeout: 900_000 }, () => {
    const seen = compare(2, 100_000, 5);
    expect(seen.opaque).toBeGreaterThan(2_500);
  });

  it('mean the same after formatting, which changes nothing the second time', () => {
    const dice = new Dice(3);
    const expressions = new Expressions(dice);
    for (let run = 0; run < 6; run += 1) {
      const conditions = Array.from({ length: BATCH }, () => expressions.condition(3));
      const { set, text } = compileSome(conditions);
      const formatted = formatSource(text, 'random.yaml');
      const again = compileSource(formatted, 'random.yaml');
      expect(formatSource(formatted, 'random.yaml')).toBe(formatted);
      expect(again.sourceDigest).toBe(set.sourceDigest);
      expect(again.rules.map(({ when }) => when)).toEqual(set.rules.map(({ when }) => when));
    }
  });
});
