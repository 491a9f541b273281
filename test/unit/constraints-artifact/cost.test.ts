import { expect, test } from 'vitest';
import { boundaryTests } from '../../../lib/engines/constraints/boundary-tests.ts';
import { costBound } from '../../../lib/engines/constraints/cost.ts';
import { decide } from '../../../lib/engines/constraints/evaluate/decide.ts';
import type { ConstraintSet, Formula } from '../../../lib/engines/constraints/model.ts';
import { compileSource } from '../../../lib/engines/constraints/source/compile.ts';
import { Dice } from '../constraints/dice.ts';
import { randomSet } from '../constraints/random-sets.ts';
import { fixture, TODAY } from './fixtures.ts';

/** COUNTERSIGN_DEEP=1 asks for all of the random sets. */
const isDeep = process.env.COUNTERSIGN_DEEP !== undefined;

const READ = { linear: 'terms', member: 'values', contains: 'mask', present: 'field', opaque: 'expression' } as const;

/** A set whose atoms count how often they are evaluated: each reads one of its members exactly once when it is. */
function counting(set: ConstraintSet): { readonly set: ConstraintSet; readonly count: { atoms: number } } {
  const count = { atoms: 0 };
  const watch = (formula: Formula): Formula => {
    if (formula.kind === 'constant') return formula;
    if (formula.kind === 'not') return { ...formula, part: watch(formula.part) };
    if (formula.kind === 'and' || formula.kind === 'or') return { ...formula, parts: formula.parts.map(watch) };
    const key = READ[formula.kind];
    const value = (formula as unknown as Record<string, unknown>)[key];
    let reads = 0;
    return Object.defineProperty({ ...formula }, key, {
      get: () => {
        // `contains` reads its mask twice when it asks for all of it.
        reads += 1;
        if (formula.kind !== 'contains' || formula.which === 'any' || reads % 2 === 1) count.atoms += 1;
        return value;
      },
    });
  };
  const rules = set.rules.map((rule) => ({
    ...rule,
    when: watch(rule.when),
    effect: rule.effect.kind === 'require' ? { ...rule.effect, condition: watch(rule.effect.condition) } : rule.effect,
  }));
  return { set: { ...set, rules }, count };
}

function largest(set: ConstraintSet): { atoms: number; labels: number; applied: number } {
  const watched = counting(set);
  const most = { atoms: 0, labels: 0, applied: 0 };
  for (const { values, day } of boundaryTests(set, TODAY).tests) {
    watched.count.atoms = 0;
    const { route, applied } = decide(watched.set, values, day);
    most.atoms = Math.max(most.atoms, watched.count.atoms);
    most.labels = Math.max(most.labels, route.length);
    most.applied = Math.max(most.applied, applied.length);
  }
  return most;
}

test('no decision costs more than the bound', () => {
  for (let seed = 400; seed < (isDeep ? 460 : 415); seed += 1) {
    const set = randomSet(new Dice(seed), 10);
    const [bound, most] = [costBound(set), largest(set)];
    expect(most.atoms).toBeLessThanOrEqual(bound.atoms);
    expect(most.labels).toBeLessThanOrEqual(bound.labels);
    expect(most.applied).toBeLessThanOrEqual(bound.rules);
  }
});

test('the bound is near what a real policy costs', () => {
  const { text, file } = fixture('commercial-policy.yaml');
  const set = compileSource(text, file);
  const [bound, most] = [costBound(set), largest(set)];
  expect(bound).toEqual({ atoms: 74, labels: 5, rules: 34 });
  expect(most.atoms).toBeGreaterThan(bound.atoms / 2);
});
