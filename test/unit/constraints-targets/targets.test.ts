import { describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../../lib/core/digest.ts';
import type { ConstraintSet, Rule } from '../../../lib/engines/constraints/model.ts';
import { targets } from '../../../lib/engines/constraints/targets/index.ts';
import type { TargetName, TargetOutput } from '../../../lib/engines/constraints/targets/output.ts';
import {
  aField,
  all,
  aRule,
  aSet,
  compared,
  forbid,
  linear,
  no,
  require,
  route,
  TRUE,
} from '../../support/constraint-sets.ts';
import { plainSet } from '../../support/constraint-targets.ts';
import { Dice } from '../constraints/dice.ts';

const names = Object.keys(targets) as TargetName[];
const fields = [
  aField('amount', 'term', { kind: 'money', currency: 'EUR' }),
  aField('refund', 'term', { kind: 'money', currency: 'EUR' }, { optional: true }),
  aField('months', 'fact', { kind: 'integer' }),
];
const present = { kind: 'present', field: 1 } as const;

function outputs(set: ConstraintSet, day = 0): Record<TargetName, TargetOutput> {
  return Object.fromEntries(names.map((name) => [name, targets[name](set, { day })])) as Record<
    TargetName,
    TargetOutput
  >;
}

function fidelities(rule: Rule): Partial<Record<TargetName, string>> {
  const made = outputs(aSet(fields, [rule]));
  return Object.fromEntries(names.map((name) => [name, made[name].fidelity]).filter(([, is]) => is !== 'exact'));
}

describe('every target', () => {
  it('names itself, digests its text, and writes the same again', () => {
    const set = plainSet(new Dice(1), 6);
    for (const name of names) {
      const output = targets[name](set, { day: 20_600 });
      expect(output).toEqual(targets[name](structuredClone(set), { day: 20_600 }));
      expect(output.target).toBe(name);
      expect(output.fidelity).not.toBe('refused');
      expect(output.digest).toBe(digestOfBytes(output.text));
      expect(output.because.length > 0).toBe(output.fidelity === 'weaker');
    }
  });

  it('leaves out rules that are not in force', () => {
    const rule = aRule('r', TRUE, forbid(compared(2, 'ge', 10)), { inForce: { from: 100, until: 200 } });
    const set = aSet(fields, [rule]);
    const empty = outputs(aSet(fields, []), 150);
    for (const name of names.filter((each) => each !== 'markdown')) {
      const texts = [99, 100, 199, 200].map((day) => targets[name](set, { day }).text);
      expect(texts[1] === texts[0], name).toBe(false);
      if (name === 'javascript') continue;
      expect([texts[0], texts[3]], name).toEqual([empty[name].text, empty[name].text]);
    }
  });

  it('is exact for a comparison with a constant, and for one of two fields', () => {
    expect(fidelities(aRule('r', TRUE, require(compared(2, 'le', 10))))).toEqual({});
    const order = aRule('r', present, require(linear({ 0: 1, 1: -1 }, 'ge', 0)));
    expect(fidelities(order)).toEqual({ 'json-schema': 'weaker' });
  });

  it('says that it is weaker where it cannot add up or divide, by rule', () => {
    const sum = aRule('a-tenth', present, require(linear({ 0: 1, 1: -10 }, 'ge', 0)));
    expect(fidelities(sum)).toEqual({
      'json-schema': 'weaker',
      'step-functions-choice': 'weaker',
      'dynamodb-condition': 'weaker',
    });
    expect(targets['json-schema'](aSet(fields, [sum]), { day: 0 }).because).toEqual([
      'Rule a-tenth: JSON Schema cannot say "amount - 10 x refund >= 0.00 EUR"; the rule is left out.',
    ]);
    const partly = aRule('partly', present, require(all(compared(2, 'le', 10), linear({ 0: 1, 1: -10 }, 'ge', 0))));
    expect(targets['dynamodb-condition'](aSet(fields, [partly]), { day: 0 }).because).toEqual([
      'Rule partly: DynamoDB cannot say "amount - 10 x refund >= 0.00 EUR"; the rule denies less.',
    ]);
    const quotient = {
      kind: 'compare',
      is: 'gt',
      left: { kind: 'divide', left: { kind: 'value', field: 0 }, right: { kind: 'value', field: 2 } },
      right: { kind: 'number', value: 7 },
    } as const;
    const divides = aRule('r', compared(2, 'ge', 1), forbid({ kind: 'opaque', expression: quotient }));
    expect(fidelities(divides)).toEqual({
      'json-schema': 'weaker',
      'step-functions-choice': 'weaker',
      'dynamodb-condition': 'weaker',
      cedar: 'weaker',
    });
  });

  it('says where a route may be longer than it has to be', () => {
    const doubtful = aRule('big', linear({ 0: 1, 2: 3 }, 'ge', 50), route('cfo'));
    expect(targets['step-functions-choice'](aSet(fields, [doubtful]), { day: 0 })).toMatchObject({
      fidelity: 'weaker',
      because: ['Rule big: inputs go to Routed wherever it may apply.'],
    });
    expect(targets['json-schema'](aSet(fields, [doubtful]), { day: 0 }).fidelity).toBe('exact');
  });

  it('refuses words that other systems would change on their way', () => {
    const broken = aField('kind', 'fact', { kind: 'enum', values: ['a', 'b\ud800'] });
    const refusing = ['json-schema', 'step-functions-choice', 'dynamodb-condition', 'sql-where', 'cedar'] as const;
    const made = outputs(aSet([broken], []));
    for (const name of refusing) {
      expect(made[name]).toMatchObject({
        fidelity: 'refused',
        text: '',
        because: [expect.stringContaining('b\\ud800')],
      });
    }
    expect([made.javascript.fidelity, made['smt-lib'].fidelity]).toEqual(['exact', 'exact']);
    const nul = aField('a\0b', 'fact', { kind: 'integer' });
    expect(targets['sql-where'](aSet([nul], []), { day: 0 }).fidelity).toBe('refused');
  });

  it('refuses a choice that no definition could hold', () => {
    const words = Array.from({ length: 30 }, (_, index) => `word ${index}`);
    const parts = aField('parts', 'fact', { kind: 'set', values: words, maximumSize: 30 });
    const some = { kind: 'contains', field: 0, which: 'any', mask: 2 ** 30 - 1 } as const;
    const set = aSet(
      [parts],
      Array.from({ length: 20 }, (_, n) => aRule(`r${n}`, TRUE, require(some))),
    );
    expect(targets['step-functions-choice'](set, { day: 0 })).toMatchObject({
      fidelity: 'refused',
      because: [expect.stringMatching(/^The state takes \d+ bytes/)],
    });
    expect(targets['json-schema'](set, { day: 0 }).fidelity).toBe('exact');
  });

  it('refuses what grows beyond all measure when it is written out', () => {
    // Each rule is overridden by the two before it, so that written out it holds both of them, twice over.
    const rules = Array.from({ length: 40 }, (_, n) =>
      aRule(`r${n}`, compared(2, 'ne', n), forbid(no(compared(0, 'eq', n))), {
        overriddenBy: [n - 1, n - 2].filter((other) => other >= 0),
      }),
    );
    const made = outputs(aSet(fields, rules));
    for (const name of ['step-functions-choice', 'dynamodb-condition', 'sql-where', 'cedar'] as const) {
      expect(made[name].fidelity, name).toBe('refused');
      expect(made[name].because.join()).toMatch(/^Written out, the rules take \d+ comparisons/);
    }
    // These name what rules share.
    for (const name of ['javascript', 'json-schema', 'smt-lib'] as const)
      expect(made[name].fidelity, name).toBe('exact');
  });
});
