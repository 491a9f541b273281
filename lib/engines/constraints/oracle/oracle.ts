import { type CelInput, CelScalar, celEnv, celFunc, isCelError, parse, plan } from '@bufbuild/cel';
import type { ConstraintSet, Field, RuleIndex, Values } from '../model.ts';
import { readDate, readDecimal, readDuration, readMoney, readPercent, wordsOf } from '../written-values.ts';

/** Evaluates the sources of a set's rules by a CEL implementation that shares nothing with our own evaluators. */
export interface Oracle {
  /**
   * Whether a rule's part holds. `when` takes neither the day nor overrides into account; for a row of a table it takes the
   * hit policy's exclusion of other rows into account. `condition` is what the rule demands: for a rule that forbids, that the
   * forbidden does not hold; it is meant only where `when` holds.
   * @throws Error when the evaluation fails, which a compiled set excludes.
   */
  holds(rule: RuleIndex, part: 'when' | 'condition', values: Values): boolean;
}

type Program = (bindings: { readonly request: CelInput }) => unknown;

const DAY = 86_400;

function exactly(reading: { readonly value: number } | { readonly fault: string } | undefined): bigint {
  if (reading !== undefined && 'value' in reading) return BigInt(reading.value);
  throw new Error(reading === undefined ? 'Not an amount of money.' : reading.fault);
}

/** Our literals as plain integers: minor units, basis points, seconds, and decimals of one scale for the whole set. */
function environment(scale: number) {
  const { STRING, INT } = CelScalar;
  return celEnv({
    funcs: [
      celFunc('percent', [STRING], INT, (text) => exactly(readPercent(text, false))),
      celFunc('money', [STRING], INT, (text) => exactly(readMoney(text))),
      celFunc('date', [STRING], INT, (text) => exactly(readDate(text)) * BigInt(DAY)),
      celFunc('duration', [STRING], INT, (text) => exactly(readDuration(text))),
      celFunc('decimal', [STRING], INT, (text) => exactly(readDecimal(text, scale))),
      celFunc('decimal', [INT], INT, (value) => value * 10n ** BigInt(scale)),
    ],
  });
}

function celValue({ type }: Field, value: number, scale: number): CelInput {
  switch (type.kind) {
    case 'decimal':
      return BigInt(value) * 10n ** BigInt(scale - type.scale);
    case 'date':
      return BigInt(value) * BigInt(DAY);
    case 'boolean':
      return value === 1;
    case 'enum':
      return type.values[value] ?? '';
    case 'set':
      return wordsOf(type.values, value);
    default:
      return BigInt(value);
  }
}

/** The request as CEL sees it: levels are always there, absent fields are not. */
function requestOf(fields: readonly Field[], values: Values, scale: number): CelInput {
  const top: Record<string, CelInput> = {};
  fields.forEach((field, index) => {
    const names = field.path.split('.');
    let level = top;
    for (const name of names.slice(0, -1)) {
      level[name] ??= {};
      level = level[name] as Record<string, CelInput>;
    }
    const value = values[index];
    if (value !== undefined) level[names.at(-1) ?? ''] = celValue(field, value, scale);
  });
  return top;
}

/** The rows of the same table that keep a row from being met: DMN 1.5, section 8.2.8. */
function earlierRows({ rules, tables }: ConstraintSet, index: RuleIndex): RuleIndex[] {
  const rule = rules[index];
  const hit = tables.find(({ id }) => id === rule?.table?.id)?.hitPolicy;
  if (rule?.table === undefined || (hit !== 'first' && hit !== 'priority')) return [];
  const { id, row } = rule.table;
  return rules.flatMap((other, at) => {
    if (other.table?.id !== id || at === index) return [];
    const above = hit === 'priority' ? other.priority - rule.priority : 0;
    return above > 0 || (above === 0 && other.table.row < row) ? [at] : [];
  });
}

/** Makes an oracle for a set. Sources are planned when they are first asked for. */
export function oracle(set: ConstraintSet): Oracle {
  const scale = Math.max(0, ...set.fields.map(({ type }) => (type.kind === 'decimal' ? type.scale : 0)));
  const env = environment(scale);
  const programs = new Map<string, Program>();
  const evaluate = (source: string, values: Values): boolean => {
    let program = programs.get(source);
    if (program === undefined) {
      const planned = plan(env, parse(source));
      program = (bindings) => planned({ ...bindings });
      programs.set(source, program);
    }
    const result = program({ request: requestOf(set.fields, values, scale) });
    if (typeof result === 'boolean') return result;
    throw new Error(`"${source}" has no truth value: ${isCelError(result) ? result.message : String(result)}.`);
  };
  const own = (rule: RuleIndex, values: Values): boolean => {
    const source = set.rules[rule]?.whenSource;
    return source === undefined || evaluate(source, values);
  };
  const when = (rule: RuleIndex, values: Values): boolean =>
    own(rule, values) && !earlierRows(set, rule).some((other) => own(other, values));
  return {
    holds(rule, part, values) {
      if (part === 'when') return when(rule, values);
      const { effect, conditionSource } = set.rules[rule] ?? {};
      if (effect?.kind !== 'require') return true;
      if (conditionSource === undefined) return false;
      return evaluate(conditionSource, values) !== effect.forbids;
    },
  };
}
