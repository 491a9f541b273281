import type { Random } from '../support/random.ts';

export type Value = number | string | boolean;

/** One comparison, as every engine can make it. */
export interface Comparison {
  readonly field: string;
  readonly is: '<' | '<=' | '>' | '>=' | '==' | 'in';
  readonly value: Value | readonly string[];
}

/** A rule in the one form that is written for each engine in its own: everything under `all`, and something under `any`. */
export interface PlainRule {
  readonly id: string;
  readonly all: readonly Comparison[];
  readonly any: readonly Comparison[];
  /** Forbids what it meets, or asks somebody. */
  readonly does: 'forbid' | 'route';
}

export type Input = Readonly<Record<string, Value>>;

const KINDS = ['new-business', 'renewal', 'expansion', 'terms'] as const;
const SEGMENTS = ['smb', 'mid-market', 'enterprise', 'public-sector'] as const;

/** Eight fields: numbers with their largest value, words, and a truth value. */
export const FIELDS: Readonly<Record<string, number | readonly string[] | 'boolean'>> = {
  amount: 5_000_000,
  discount: 6_000,
  termMonths: 84,
  paymentDays: 120,
  risk: 100,
  kind: KINDS,
  segment: SEGMENTS,
  strategic: 'boolean',
};

function inputOf(random: Random): Input {
  return Object.fromEntries(
    Object.entries(FIELDS).map(([name, type]) => {
      if (type === 'boolean') return [name, random.whole(0, 1) === 1];
      return [name, typeof type === 'number' ? random.whole(0, type) : random.oneOf(type)];
    }),
  );
}

/** Inputs of which no two are the same. */
export function distinctInputs(random: Random, count: number): Input[] {
  const seen = new Set<string>();
  const inputs: Input[] = [];
  while (inputs.length < count) {
    const input = inputOf(random);
    const key = Object.values(input).join();
    if (!seen.has(key)) inputs.push(input);
    seen.add(key);
  }
  return inputs;
}

function comparisonOf(random: Random, field: string): Comparison {
  const type = FIELDS[field];
  if (type === undefined || type === 'boolean') return { field, is: '==', value: random.whole(0, 1) === 1 };
  if (typeof type !== 'number') {
    const first = random.whole(0, type.length - 2);
    return { field, is: 'in', value: type.slice(first, first + 2) };
  }
  const bound = Math.round((type * random.whole(20, 80)) / 100);
  return { field, is: random.oneOf(['<', '<=', '>', '>='] as const), value: bound };
}

/** Rules of two to four comparisons, every third of them with an alternative; three fifths forbid, the others ask somebody. */
export function rulesFor(random: Random, count: number): PlainRule[] {
  const names = Object.keys(FIELDS);
  return Array.from({ length: count }, (_, n) => {
    const start = random.whole(0, names.length - 1);
    const fields = Array.from(
      { length: random.whole(2, 4) },
      (__, each) => names[(start + 3 * each) % names.length] ?? '',
    );
    const rest = names.filter((name) => !fields.includes(name));
    const any = n % 3 === 0 ? [random.oneOf(rest), random.oneOf(rest)].map((field) => comparisonOf(random, field)) : [];
    const all = fields.map((field) => comparisonOf(random, field));
    return {
      id: `r${n}`,
      all,
      any: [...new Map(any.map((each) => [each.field, each])).values()],
      does: n % 5 < 3 ? 'forbid' : 'route',
    };
  });
}

/** A rule as a CEL expression. @param prefix before each field; @param point whether numbers are written as doubles. */
export function celOf({ all, any }: PlainRule, prefix: string, point: boolean): string {
  const number = (value: number): string => (point ? `${value}.0` : String(value));
  const one = ({ field, is, value }: Comparison): string => {
    if (typeof value === 'boolean') return value ? `${prefix}${field}` : `!${prefix}${field}`;
    const right = typeof value === 'number' ? number(value) : JSON.stringify(value);
    return `${prefix}${field} ${is} ${right}`;
  };
  const alternatives = any.length === 0 ? [] : [`(${any.map(one).join(' || ')})`];
  return [...all.map(one), ...alternatives].join(' && ');
}

/** The rules as a source of ours. */
export function sourceOf(rules: readonly PlainRule[]): string {
  const fields = Object.entries(FIELDS).map(([name, type]) => {
    if (type === 'boolean') return `  ${name}: { type: boolean }`;
    if (typeof type === 'number') return `  ${name}: { type: integer, minimum: 0, maximum: ${type} }`;
    return `  ${name}: { type: enum, values: [${type.join(', ')}] }`;
  });
  const texts = rules.map((rule) => {
    const does = rule.does === 'route' ? `modality: route, to: [${rule.id}]` : 'modality: forbid';
    return `  - { id: ${rule.id}, owner: bench, ${does}, when: '${celOf(rule, 'request.', false)}' }`;
  });
  const head = 'schema: countersign/constraints/1\nname: bench\nversion: 1.0.0\nskill: bench\n';
  return `${head}fields:\n${fields.join('\n')}\nrules:\n${texts.join('\n')}\n`;
}
