import type { Analysis, AnalysisBudget } from '../findings.ts';
import type { ConstraintSet, Expression, Field, FieldIndex, Formula, Rule } from '../model.ts';
import { analyse } from './analyse.ts';
import type { Check } from './check.ts';
import type { Load } from './prover.ts';

/** Several sets as one: fields of the same path are the same field. */
export interface Joined {
  readonly set: ConstraintSet;
  /** For each rule of the joined set: which set it is from, and its index there. */
  readonly origin: readonly { readonly set: number; readonly rule: number }[];
  /** For each set: which field of the joined set each of its fields is. */
  readonly fields: readonly (readonly FieldIndex[])[];
}

function moved(value: unknown, to: readonly FieldIndex[]): unknown {
  if (Array.isArray(value)) return value.map((each) => moved(each, to));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === 'field' && typeof each === 'number' ? (to[each] ?? each) : moved(each, to),
    ]),
  );
}

function movedFormula<T extends Formula | Expression | Rule['effect']>(value: T, to: readonly FieldIndex[]): T {
  return moved(value, to) as T;
}

/** The values that all sets allow; a term of one of them is a term of all: somebody can choose it. */
function shared(a: Field, b: Field): Field {
  if (JSON.stringify(a.type) !== JSON.stringify(b.type))
    throw new RangeError(`The field ${a.path} is declared with different types.`);
  return {
    ...a,
    minimum: Math.max(a.minimum, b.minimum),
    maximum: Math.min(a.maximum, b.maximum),
    optional: a.optional && b.optional,
    role: a.role === 'term' || b.role === 'term' ? 'term' : 'fact',
  };
}

/**
 * Joins sets over their shared field paths. Rules are named `skill/id`, and each set's overrides stay its own.
 * @throws RangeError when a path has different types, or no value that all of them allow
 */
export function join(sets: readonly ConstraintSet[]): Joined {
  const byPath = new Map<string, Field>();
  for (const field of sets.flatMap((set) => set.fields)) {
    const known = byPath.get(field.path);
    byPath.set(field.path, known === undefined ? field : shared(known, field));
  }
  const paths = [...byPath.keys()].sort();
  const joined = paths.map((path) => byPath.get(path) as Field);
  const empty = joined.find(({ minimum, maximum }) => minimum > maximum);
  if (empty !== undefined) throw new RangeError(`No value of the field ${empty.path} is allowed by all sets.`);
  const fields = sets.map((set) => set.fields.map(({ path }) => paths.indexOf(path)));
  const origin = sets.flatMap((set, at) => set.rules.map((_, rule) => ({ set: at, rule })));
  const starts = sets.map((_, at) => origin.findIndex((each) => each.set === at));
  const rules = origin.map(({ set: at, rule: index }): Rule => {
    const set = sets[at] as ConstraintSet;
    const rule = set.rules[index] as Rule;
    const to = fields[at] as readonly FieldIndex[];
    return {
      ...rule,
      id: `${set.skill}/${rule.id}`,
      when: movedFormula(rule.when, to),
      effect: movedFormula(rule.effect, to),
      overriddenBy: rule.overriddenBy.map((above) => above + (starts[at] as number)),
    };
  });
  const [first] = sets;
  if (first === undefined) throw new RangeError('There is no set to join.');
  return {
    set: {
      ...first,
      name: sets.map(({ name }) => name).join(' + '),
      skill: sets.map(({ skill }) => skill).join(' + '),
      fields: joined,
      rules,
      tables: [],
      exclusiveRoutes: [],
      waivers: [],
    },
    origin,
    fields,
  };
}

export interface Joint {
  readonly joined: Joined;
  /** Conflicts among rules of at least two sets; those within one set are that set's own matter. */
  readonly analysis: Analysis;
}

/** Whether several sets can be satisfied together: conflicts across them, with everybody who must talk. */
export async function joint(
  sets: readonly ConstraintSet[],
  budget: AnalysisBudget,
  load?: Load,
  check?: (set: number) => Check,
): Promise<Joint> {
  const joined = join(sets);
  const checks = check === undefined ? undefined : sets.map((_, at) => check(at));
  const own: Check | undefined =
    checks === undefined
      ? undefined
      : (rule, part, values) => {
          const { set, rule: index } = joined.origin[rule] as { set: number; rule: number };
          const local = (joined.fields[set] ?? []).map((field) => values[field]);
          return (checks[set] as Check)(index, part, local);
        };
  const analysis = await analyse(joined.set, budget, load, own, 'conflicts');
  const findings = analysis.findings.filter(
    ({ rules }) => new Set(rules.map((rule) => joined.origin[rule]?.set)).size > 1,
  );
  const verdict = findings.length > 0 ? 'findings' : analysis.unknowns.length > 0 ? 'unknown' : 'clean';
  return { joined, analysis: { ...analysis, findings, verdict } };
}
