import { describe, expect, it } from 'vitest';
import type { Json } from '../../lib/core/json.ts';
import { decide } from '../../lib/engines/constraints/evaluate/decide.ts';
import { readInput } from '../../lib/engines/constraints/evaluate/read-input.ts';
import { writeInput } from '../../lib/engines/constraints/evaluate/write-input.ts';
import type { ConstraintSet, Decision } from '../../lib/engines/constraints/model.ts';
import { javascript } from '../../lib/engines/constraints/targets/javascript.ts';
import { PATIENCE, targetCases } from '../support/constraint-targets.ts';
import { Dice } from '../unit/constraints/dice.ts';

interface Because {
  readonly rule: string;
  readonly owner: string;
  readonly violated: boolean;
  readonly message: string;
}
interface Module {
  decide(input: Json): Decision & { readonly because: readonly Because[] };
}

async function load(text: string): Promise<Module> {
  return import(/* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`);
}

function outcomeOf(set: ConstraintSet, input: Json, day: number): string {
  try {
    return decide(set, readInput(set, input), day).outcome;
  } catch {
    return 'refused';
  }
}

describe('the JavaScript module', () => {
  it(
    'decides each input as the reference does, and says which rules applied',
    async () => {
      const dice = new Dice(280);
      const seen = { denied: 0, routed: 0, allowed: 0, defaults: 0 };
      for (const { set, output, inputs } of targetCases(javascript, { seed: 28, sets: 40, inputs: 20, rules: 16 })) {
        expect(output.fidelity).toBe('exact');
        const { decide: decideInput } = await load(output.text);
        for (const { values, reference } of inputs) {
          const input = structuredClone(writeInput(set, values)) as { [name: string]: Json };
          for (const { path, optional } of set.fields)
            if (optional && input[path] === undefined && dice.chance(0.3)) input[path] = null;
          const { because, ...decision } = decideInput(input);
          expect(decision).toEqual(reference);
          expect(because.map(({ rule }) => rule)).toEqual(reference.applied);
          for (const { rule, owner, violated, message } of because) {
            const stated = set.rules.find(({ id }) => id === rule);
            expect({ owner, message }).toEqual({ owner: stated?.owner, message: stated?.message });
            expect(violated).toBe(reference.violated.includes(rule));
          }
          seen[reference.outcome] += 1;
          seen.defaults += Object.keys(reference.defaults).length;
        }
      }
      expect(Math.min(...Object.values(seen))).toBeGreaterThan(50);
    },
    PATIENCE,
  );

  it(
    'takes no input that the reference refuses',
    async () => {
      const dice = new Dice(281);
      let refused = 0;
      for (const { set, day, output, inputs } of targetCases(javascript, { seed: 29, sets: 30, inputs: 20 })) {
        const module = await load(output.text);
        for (const { values } of inputs) {
          const input = structuredClone(writeInput(set, values)) as { [name: string]: Json };
          const name = dice.pick(Object.keys(input));
          const spoilt: Json = dice.pick([
            null,
            0.5,
            1e12,
            '',
            'x',
            '-0',
            [],
            ['x'],
            {},
            true,
            '2026-02-30',
            '1.2345678',
          ]);
          input[dice.pick([name, `${name}x`, '__proto__x'])] = spoilt;
          const outcome = () => {
            try {
              return module.decide(input).outcome;
            } catch (error) {
              expect((error as Error).name).toBe('TypeError');
              return 'refused';
            }
          };
          const expected = outcomeOf(set, input, day);
          const actual = outcome();
          refused += actual === 'refused' ? 1 : 0;
          if (actual !== expected) expect(actual, JSON.stringify(input)).toBe('refused');
        }
      }
      expect(refused).toBeGreaterThan(100);
    },
    PATIENCE,
  );
});
