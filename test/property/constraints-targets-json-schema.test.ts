import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { dateOfDay } from '../../lib/core/calendar/local-day.ts';
import type { Json } from '../../lib/core/json.ts';
import { decide } from '../../lib/engines/constraints/evaluate/decide.ts';
import { readInput } from '../../lib/engines/constraints/evaluate/read-input.ts';
import { writeInput } from '../../lib/engines/constraints/evaluate/write-input.ts';
import type { ConstraintSet, Values } from '../../lib/engines/constraints/model.ts';
import { jsonSchema } from '../../lib/engines/constraints/targets/json-schema.ts';
import { CALENDAR_DATE, datePattern, decimalPattern } from '../../lib/engines/constraints/targets/text-patterns.ts';
import { readDate, writeDecimal } from '../../lib/engines/constraints/written-values.ts';
import { aField, aSet } from '../support/constraint-sets.ts';
import { PATIENCE, Tally, targetCases } from '../support/constraint-targets.ts';
import { Dice } from '../unit/constraints/dice.ts';

type Mutable = { [name: string]: Json };

function validatorOf(text: string): (input: Json) => boolean {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false, strictTypes: false });
  const validate = ajv.compile(JSON.parse(text));
  return (input) => validate(input) === true;
}

/** An input in the exact form; what is absent is now and then null instead. */
function exactInput(set: ConstraintSet, values: Values, dice: Dice): Mutable {
  const json = structuredClone(writeInput(set, values, 'exact')) as Mutable;
  set.fields.forEach(({ path }, field) => {
    if (values[field] === undefined && !path.includes('.') && dice.chance(0.3)) json[path] = null;
  });
  return json;
}

/** Spoils an input in one place. */
function spoilt(input: Mutable, dice: Dice): Json {
  const json = structuredClone(input);
  const names = Object.keys(json);
  const name = dice.pick(names);
  const value = json[name];
  const spoil: readonly (() => void)[] = [
    () => delete json[name],
    () => {
      json[name] = null;
    },
    () => {
      json[`${name}x`] = 1;
    },
    () => {
      json[name] =
        typeof value === 'number' ? value + dice.pick([0.5, 1e9, -1e9]) : typeof value === 'string' ? 7 : '7';
    },
    () => {
      if (typeof value === 'string') json[name] = `${value}0`;
      else if (Array.isArray(value)) json[name] = [...value, value[0] ?? 'nowhere'];
      else json[name] = [value ?? 1];
    },
  ];
  dice.pick(spoil)();
  return json;
}

function permits(set: ConstraintSet, json: Json, day: number): boolean {
  try {
    return decide(set, readInput(set, json), day).outcome !== 'denied';
  } catch {
    return false;
  }
}

describe('the JSON Schema', () => {
  it(
    'accepts the exact form of what the rules permit, with nulls for what is absent',
    () => {
      const tally = new Tally();
      const dice = new Dice(240);
      let refusedInputs = 0;
      for (const { set, day, output, inputs } of targetCases(jsonSchema, {
        seed: 24,
        sets: 24,
        inputs: 25,
        mixed: 0.7,
      })) {
        tally.add(output.fidelity);
        const accepts = validatorOf(output.text);
        for (const { values, reference } of inputs) {
          const json = exactInput(set, values, dice);
          expect(readInput(set, json)).toEqual(values);
          expect(tally.fault(output, reference, accepts(json)), `${output.text}\n${JSON.stringify(json)}`).toBe(
            undefined,
          );
          const bad = spoilt(json, dice);
          // Other spellings are not the exact form: they may be refused. What is accepted must be readable, and permitted.
          if (accepts(bad))
            expect(output.fidelity === 'weaker' || permits(set, bad, day), JSON.stringify(bad)).toBe(true);
          else refusedInputs += 1;
        }
      }
      expect(tally.fidelity.refused).toBe(0);
      expect(Math.min(tally.fidelity.exact, tally.fidelity.weaker, tally.spared)).toBeGreaterThan(2);
      expect(Math.min(...Object.values(tally.outcomes), refusedInputs)).toBeGreaterThan(100);
    },
    PATIENCE,
  );

  it('takes null for an object of which nothing is required, and only then', () => {
    const optional = { optional: true };
    const fields = [
      aField('a.b', 'fact', { kind: 'integer' }, optional),
      aField('a.c.d', 'fact', { kind: 'boolean' }, optional),
      aField('e.f', 'fact', { kind: 'integer' }),
    ];
    const set = aSet(fields, []);
    const accepts = validatorOf(jsonSchema(set, { day: 0 }).text);
    const inputs: Json[] = [
      { e: { f: 1 } },
      { a: null, e: { f: 1 } },
      { a: { b: null, c: null }, e: { f: 1 } },
      { a: { c: { d: null } }, e: { f: 1 } },
      { a: [], e: { f: 1 } },
      { a: { x: 1 }, e: { f: 1 } },
      { e: null },
      { e: { f: null } },
      {},
      null,
    ];
    const answers = inputs.map(accepts);
    expect(answers).toEqual(inputs.map((input) => permits(set, input, 0)));
    expect(answers.filter(Boolean)).toHaveLength(4);
  });

  it('tells decimals of a range from all others by their text', () => {
    const dice = new Dice(241);
    for (let run = 0; run < 200; run += 1) {
      const scale = dice.between(1, 6);
      const reach = dice.pick([3, 120, 5000, 10_000_000]);
      const [a, b] = [dice.between(-reach, reach), dice.between(-reach, reach)];
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const pattern = new RegExp(decimalPattern(low, high, scale), 'u');
      const near = [low, high, 0, 10, -10, 100, 1000, dice.between(low, high)].flatMap((n) => [n - 1, n, n + 1]);
      for (const n of near) {
        const text = writeDecimal(n, scale);
        expect(pattern.test(text), `${text} in ${pattern}`).toBe(n >= low && n <= high);
        for (const other of [`${text}.`, `+${text}`, `0${text}`, `${text}.0`, ` ${text}`, `${text}\n`])
          expect(pattern.test(other), other).toBe(false);
        if (text.includes('.')) expect(pattern.test(`${text}0`)).toBe(false);
      }
      expect(pattern.test('-0')).toBe(false);
    }
  });

  it('tells dates of a range, and of the calendar, from all others by their text', () => {
    const calendar = new RegExp(CALENDAR_DATE, 'u');
    for (const year of ['1900', '2000', '2023', '2024', '2100', '2400', '1996', '0004'])
      for (let month = 0; month <= 13; month += 1)
        for (let day = 0; day <= 32; day += 1) {
          const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
          expect(calendar.test(text), text).toBe('value' in readDate(text));
        }
    const dice = new Dice(242);
    for (let run = 0; run < 300; run += 1) {
      const [a, b] = [dice.between(-20_000, 60_000), dice.between(-20_000, 60_000)];
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const pattern = new RegExp(datePattern(dateOfDay(low), dateOfDay(high)), 'u');
      for (const n of [low, high, dice.between(low, high), dice.between(-25_000, 65_000)].flatMap((m) => [
        m - 1,
        m,
        m + 1,
      ]))
        expect(pattern.test(dateOfDay(n)), dateOfDay(n)).toBe(n >= low && n <= high);
    }
  });
});
