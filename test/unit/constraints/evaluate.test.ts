import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { decide } from '../../../lib/engines/constraints/evaluate/decide.ts';
import { explain } from '../../../lib/engines/constraints/evaluate/explain.ts';
import { fuse } from '../../../lib/engines/constraints/evaluate/fuse.ts';
import { readInput } from '../../../lib/engines/constraints/evaluate/read-input.ts';
import { specialise } from '../../../lib/engines/constraints/evaluate/specialise.ts';
import { writeInput } from '../../../lib/engines/constraints/evaluate/write-input.ts';
import { compileSource } from '../../../lib/engines/constraints/source/compile.ts';
import { readDate } from '../../../lib/engines/constraints/written-values.ts';
import { HEAD } from './sources.ts';

const SOURCE = `${HEAD}fields:
  discount: { type: ratio, minimum: 0 %, maximum: 60 % }
  margin: { type: ratio, minimum: -20 %, maximum: 90 %, optional: true }
  amount: { type: money, minimum: 0 EUR, maximum: 5000000 EUR }
  account.strategic: { type: boolean }
  account.risk: { type: decimal, scale: 2, minimum: 0, maximum: 1, optional: true }
  start: { type: date, minimum: 2026-01-01, maximum: 2030-12-31 }
  response: { type: duration, minimum: 0h, maximum: P30D }
  clauses: { type: set, values: [exit, audit, residency], maximumSize: 2 }
rules:
  - { id: cap, owner: sales, modality: require, condition: request.discount <= percent("15"), message: At most 15 %. }
  - id: strategic-cap
    owner: sales
    modality: require
    when: request.account.strategic
    condition: request.discount <= percent("30")
    overrides: [cap]
  - { id: low-margin, owner: finance, modality: route, when: 'has(request.margin) && request.margin < percent("10")', to: [cfo] }
  - { id: large, owner: finance, modality: route, when: 'request.amount >= money("100000 EUR")', to: [vp, cfo], effective: { from: 2026-06-01, until: 2026-07-01 } }
  - { id: margin-low, owner: finance, modality: default, when: request.account.strategic, set: { margin: 5 % }, priority: 1 }
  - { id: margin-usual, owner: finance, modality: default, set: { margin: 40 % } }
`;
const set = compileSource(SOURCE, 'policy.yaml');
const JUNE = dayOf('2026-06-15');
const MAY = dayOf('2026-05-31');
const JULY = dayOf('2026-07-01');

const ENGINE = fileURLToPath(new URL('../../../lib/engines/constraints/', import.meta.url));

/** The packages that a file of the engine imports, by itself or through others; types are not loaded. */
function packagesBehind(entry: string): string[] {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/^import (?!type )[^;]*?from '([^']+)';/gms)) {
      if (name.startsWith('.')) visit(join(dirname(file), name));
      else packages.add(name);
    }
  };
  visit(join(ENGINE, entry));
  return [...packages];
}

function dayOf(date: string): number {
  const read = readDate(date);
  return 'value' in read ? read.value : Number.NaN;
}

const BASE = {
  discount: '10 %',
  amount: '120,000 EUR',
  account: { strategic: false },
  start: '2026-07-01',
  response: '72h',
  clauses: ['exit'],
};

function problemsOf(input: unknown): string[] {
  try {
    readInput(set, input);
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems.map(({ pointer, code }) => `${pointer} ${code}`);
    throw error;
  }
  return [];
}

describe('reading inputs', () => {
  it('takes exact forms and the forms that people write', () => {
    const exact = { ...BASE, discount: 1000, amount: { currency: 'EUR', minorUnits: 12_000_000 }, response: 259_200 };
    expect(readInput(set, BASE)).toEqual(readInput(set, exact));
    expect(writeInput(set, readInput(set, BASE))).toEqual(exact);
    expect(writeInput(set, readInput(set, BASE), 'people')).toEqual({
      ...BASE,
      amount: '120,000.00 EUR',
      response: '3d',
    });
  });

  it('takes null for absent', () => {
    expect(readInput(set, { ...BASE, margin: null })).toEqual(readInput(set, BASE));
  });

  it('says everything that is wrong, by pointer', () => {
    const wrong = {
      discount: '70 %',
      margin: 12.5,
      amount: { currency: 'USD', minorUnits: 1 },
      account: { strategik: true, risk: '0.123' },
      response: '2 months',
      clauses: ['exit', 'audit', 'residency'],
    };
    expect(problemsOf(wrong)).toEqual([
      '/discount outside-domain',
      '/margin invalid-value',
      '/amount invalid-value',
      '/account/strategik unknown-field',
      '/account/risk invalid-value',
      '/response invalid-value',
      '/clauses invalid-value',
      '/account/strategic missing-field',
      '/start missing-field',
    ]);
    expect(problemsOf({ ...BASE, account: 3 })).toEqual(['/account invalid-type', '/account/strategic missing-field']);
    expect(problemsOf({ ...BASE, constructor: 3 })).toEqual(['/constructor unknown-field']);
    expect(problemsOf({ ...BASE, clauses: ['exit', 'exit'] })).toEqual(['/clauses invalid-value']);
  });

  it('ignores undeclared fields where the source says so', () => {
    const lenient = compileSource(SOURCE.replace('fields:', 'additionalFields: ignore\nfields:'), 'policy.yaml');
    expect(readInput(lenient, { ...BASE, colour: 'red' })).toEqual(readInput(set, BASE));
  });
});

describe('deciding', () => {
  it('sets defaults first, the highest priority before others', () => {
    const decision = decide(set, readInput(set, { ...BASE, account: { strategic: true } }), MAY);
    expect(decision.defaults).toEqual({ margin: 500 });
    expect(decision.route).toEqual(['cfo']);
    expect(decide(set, readInput(set, BASE), MAY).defaults).toEqual({ margin: 4000 });
    expect(decide(set, readInput(set, { ...BASE, margin: '50 %' }), MAY).defaults).toEqual({});
  });

  it('takes a rule only from its first day to the day before its last', () => {
    const applied = (day: number) => decide(set, readInput(set, BASE), day).applied.includes('large');
    expect([MAY, MAY + 1, JUNE, JULY - 1, JULY].map(applied)).toEqual([false, true, true, true, false]);
  });

  it('lets a rule override another one where it applies itself', () => {
    const discounted = (strategic: boolean) =>
      decide(set, readInput(set, { ...BASE, discount: '25 %', account: { strategic } }), MAY);
    expect(discounted(false)).toMatchObject({ outcome: 'denied', violated: ['cap'] });
    expect(discounted(true)).toMatchObject({ outcome: 'routed', violated: [] });
  });

  it('says why and why not, in people\u2019s units', () => {
    const { rules } = explain(set, readInput(set, { ...BASE, discount: '25 %' }), MAY);
    expect(rules.map(({ rule, standing, because }) => `${rule} ${standing}: ${because}`)).toEqual([
      'cap applies: discount <= 15 % does not hold: discount is 25 %.',
      'strategic-cap not-met: account.strategic is true does not hold: account.strategic is false.',
      'low-margin not-met: margin < 10 % does not hold: margin is 40 %.',
      'large not-in-force: It is in force only from 2026-06-01 before 2026-07-01.',
      'margin-low not-met: account.strategic is true does not hold: account.strategic is false.',
      'margin-usual applies: It applies to every input.',
    ]);
    expect(rules[0]).toMatchObject({ violated: true, owner: 'sales', message: 'At most 15 %.' });
  });
});

describe('partial evaluation', () => {
  it('drops what cannot apply any more and settles what is known', () => {
    const special = specialise(
      set,
      new Map([
        [3, 0],
        [0, 2000],
      ]),
    );
    expect(special.rules.map(({ id }) => id)).toEqual(['cap', 'low-margin', 'large', 'margin-usual']);
    expect(special.rules[0]).toMatchObject({
      overriddenBy: [],
      effect: { condition: { kind: 'constant', value: false } },
    });
    expect(special.fields[0]).toMatchObject({ minimum: 2000, maximum: 2000 });
  });

  it('still lets a field that is known to be absent take its default', () => {
    const special = specialise(set, new Map([[1, undefined]]));
    const input = readInput(set, { ...BASE, account: { strategic: true } });
    expect(decide(special, input, MAY)).toEqual(decide(set, input, MAY));
    expect(decide(special, input, MAY).route).toEqual(['cfo']);
  });
});

describe('the fused evaluator', () => {
  it('holds nothing that somebody wrote', () => {
    const { source } = fuse(set, JUNE);
    for (const word of ['discount', 'sales', 'cfo', 'strategic', 'At most']) expect(source).not.toContain(word);
  });

  it('reaches neither the CEL library nor the YAML library by its imports', () => {
    expect(packagesBehind('evaluate/fuse.ts')).not.toContain('@bufbuild/cel');
    for (const entry of readdirSync(ENGINE.concat('evaluate'))) {
      const packages = packagesBehind(`evaluate/${entry}`);
      expect(
        packages.filter((name) => name === '@bufbuild/cel' || name === 'yaml'),
        entry,
      ).toEqual([]);
    }
    expect(packagesBehind('source/compile.ts')).toEqual(expect.arrayContaining(['@bufbuild/cel', 'yaml']));
  });
});
