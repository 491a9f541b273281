import type { ConstraintSet, Decision, RuleIndex, Values } from '../model.ts';
import { outranks } from './decide.ts';
import { straightSource } from './straight-source.ts';

/** What a decision comes to, as a number: a higher one prevails. */
export const OUTCOMES = ['allowed', 'routed', 'denied'] as const;

/**
 * A set compiled to JavaScript for one day. Inputs are records of `width` numbers, one a field, in a `Float64Array` that may
 * hold many of them; an absent field is NaN. Records must lie in the domains, as what `readInput` gives does.
 */
export interface Fused {
  /** The text of the function body that was compiled. */
  readonly source: string;
  /** Numbers of a record. */
  readonly width: number;
  /** 32-bit words of a mask over the rules: bit `index % 32` of word `index / 32`. */
  readonly words: number;
  /** Writes an input as the record that begins at an offset. */
  pack(values: Values, records: Float64Array, at: number): void;
  /** Index into `OUTCOMES` for the record at an offset; the cheapest question. */
  outcome(records: Float64Array, at: number): number;
  /** As `outcome`, and writes the mask of applied rules to the first `words` numbers of `out`, of violated ones to the next. */
  evaluate(records: Float64Array, at: number, out: Int32Array): number;
  /** The whole decision, as the reference interpreter makes it. */
  decide(values: Values): Decision;
}

interface Compiled {
  readonly outcome: Fused['outcome'];
  readonly evaluate: Fused['evaluate'];
}

function compileText(source: string): Compiled {
  // The text is generated from the model's numbers alone; nothing that somebody wrote is evaluated.
  return new Function(source)() as Compiled;
}

function idsOf(set: ConstraintSet, masks: Int32Array, from: number): RuleIndex[] {
  const indices: RuleIndex[] = [];
  for (let index = 0; index < set.rules.length; index += 1) {
    if (((masks[from + (index >>> 5)] ?? 0) & (1 << (index & 31))) !== 0) indices.push(index);
  }
  return indices;
}

function defaultsOf(set: ConstraintSet, applied: readonly RuleIndex[], input: Values): Decision['defaults'] {
  const taken = new Map<number, RuleIndex>();
  for (const index of applied) {
    const rule = set.rules[index];
    if (rule?.effect.kind !== 'default' || input[rule.effect.field] !== undefined) continue;
    const before = set.rules[taken.get(rule.effect.field) ?? -1];
    if (before === undefined || outranks(rule, before)) taken.set(rule.effect.field, index);
  }
  const entries = [...taken].sort(([a], [b]) => a - b);
  return Object.fromEntries(
    entries.map(([field, index]) => {
      const effect = set.rules[index]?.effect;
      return [set.fields[field]?.path ?? '', effect?.kind === 'default' ? effect.value : 0];
    }),
  );
}

/**
 * Compiles a set to one JavaScript function for a day (days since 1970-01-01).
 * Reading inputs is a step of its own: `readInput` checks and converts, `pack` writes records.
 */
export function fuse(set: ConstraintSet, day: number): Fused {
  const source = straightSource(set, day);
  const { outcome, evaluate } = compileText(source);
  const width = set.fields.length;
  const words = Math.ceil(set.rules.length / 32);
  const pack = (values: Values, records: Float64Array, at: number): void => {
    for (let field = 0; field < width; field += 1) records[at + field] = values[field] ?? Number.NaN;
  };
  const record = new Float64Array(width);
  const masks = new Int32Array(2 * words);
  const decide = (values: Values): Decision => {
    pack(values, record, 0);
    const result = evaluate(record, 0, masks);
    const applied = idsOf(set, masks, 0);
    const route = applied.flatMap((index) => {
      const effect = set.rules[index]?.effect;
      return effect?.kind === 'route' ? effect.to : [];
    });
    const id = (index: RuleIndex) => set.rules[index]?.id ?? '';
    return {
      outcome: OUTCOMES[result] ?? 'denied',
      applied: applied.map(id),
      violated: idsOf(set, masks, words).map(id),
      route: [...new Set(route)].sort(),
      defaults: defaultsOf(set, applied, values),
    };
  };
  return { source, width, words, pack, outcome, evaluate, decide };
}
