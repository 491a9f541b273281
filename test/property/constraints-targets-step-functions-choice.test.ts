import { StateMachine } from 'aws-local-stepfunctions';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../lib/core/json.ts';
import type { Decision } from '../../lib/engines/constraints/model.ts';
import type { TargetOutput } from '../../lib/engines/constraints/targets/output.ts';
import {
  stepFunctionsChoice,
  stepFunctionsInput,
} from '../../lib/engines/constraints/targets/step-functions-choice.ts';
import { holds, parseCondition } from '../../lib/local/states/choice-rule.ts';
import { select } from '../../lib/local/states/json-path.ts';
import { DEPTH, PATIENCE, Tally, targetCases } from '../support/constraint-targets.ts';
import { Dice } from '../unit/constraints/dice.ts';
import { execute, outcome, start } from '../unit/states/support/harness.ts';

type Mutable = { [name: string]: Json };
interface Choice {
  readonly Choices: readonly { readonly Next: string; readonly [field: string]: Json }[];
  readonly Default: string;
}

/** What the interpreter of conditions makes of a state. */
function chooserOf(text: string): (input: Json) => string {
  const { Choices, Default } = JSON.parse(text) as Choice;
  const branches = Choices.map((rule) => {
    const condition = parseCondition(
      rule,
      '',
      (at, message) => {
        throw new Error(`${at}: ${message}`);
      },
      true,
    );
    return { condition: condition!, next: rule.Next };
  });
  return (input) =>
    branches.find(({ condition }) => holds(condition, ({ steps }) => select(input, steps)))?.next ?? Default;
}

/** A machine that ends in the state that was chosen. */
function machineOf(text: string): Json {
  const { Choices, Default } = JSON.parse(text) as Choice;
  const reached = [...new Set([...Choices.map(({ Next }) => Next), Default])];
  const ends = reached.map((name) => [name, { Type: 'Pass', Result: name, End: true }]);
  return { StartAt: 'Choose', States: { Choose: JSON.parse(text), ...Object.fromEntries(ends) } };
}

/** What is wrong with a choice, or nothing. */
function faultOf(tally: Tally, output: TargetOutput, reference: Decision, chosen: string): string | undefined {
  const fault = tally.fault(output, reference, chosen !== 'Denied');
  if (fault !== undefined || chosen === 'Denied' || reference.outcome === 'denied') return fault;
  const expected = reference.outcome === 'routed' ? 'Routed' : 'Allowed';
  if (chosen === expected || (output.fidelity === 'weaker' && chosen === 'Routed')) return undefined;
  return `${expected} was expected, not ${chosen}.`;
}

describe('the Choice state', () => {
  it(
    'chooses the outcome that the rules come to',
    () => {
      const tally = new Tally();
      const chosen = new Set<string>();
      const dice = new Dice(250);
      for (const { set, output, inputs } of targetCases(stepFunctionsChoice, {
        seed: 25,
        sets: 40,
        inputs: 20,
        mixed: 0.8,
      })) {
        tally.add(output.fidelity);
        const choose = chooserOf(output.text);
        for (const { values, reference } of inputs) {
          const input = stepFunctionsInput(set, values) as Mutable;
          const next = choose(input);
          chosen.add(next);
          expect(faultOf(tally, output, reference, next), `${output.text}\n${JSON.stringify(input)}`).toBe(undefined);
          // Null means the same as absence, and what is required must be there.
          const field = dice.pick(set.fields.filter(({ path }) => !path.includes('.')));
          const { [field.path]: given, ...without } = input;
          const withNull = { ...without, [field.path]: null };
          expect(choose(withNull)).toBe(choose(without));
          if (!field.optional) expect(choose(without)).toBe('Invalid');
          if (typeof given === 'number') expect(choose({ ...input, [field.path]: String(given) })).toBe('Invalid');
        }
      }
      expect(tally.fidelity.refused).toBe(0);
      expect([...chosen].sort()).toEqual(['Allowed', 'Denied', 'Routed']);
      expect(Math.min(tally.fidelity.exact, tally.fidelity.weaker, tally.spared)).toBeGreaterThan(2);
      expect(Math.min(...Object.values(tally.outcomes))).toBeGreaterThan(200);
    },
    PATIENCE,
  );

  it(
    'runs as a definition, here and in another interpreter',
    async () => {
      const tally = new Tally();
      const cases = targetCases(stepFunctionsChoice, {
        seed: 26,
        sets: Math.ceil(8 / DEPTH) + 2,
        inputs: 6,
        mixed: 0.8,
      });
      for (const { set, output, inputs, isHostile } of cases) {
        const definition = machineOf(output.text);
        const harness = await start(definition);
        for (const { values, reference } of inputs) {
          const input = stepFunctionsInput(set, values);
          const run = await outcome(harness, await execute(harness, input));
          expect(run.status).toBe('SUCCEEDED');
          expect(faultOf(tally, output, reference, String(run.output))).toBe(undefined);
          // The other interpreter's JSONPath has no names that need quotes within quotes.
          if (isHostile) continue;
          const other = new StateMachine(definition as never, { validationOptions: { noValidate: true } });
          expect(await other.run(input as never).result).toBe(run.output);
        }
      }
      expect(Math.min(...Object.values(tally.outcomes))).toBeGreaterThan(5);
    },
    PATIENCE,
  );
});
