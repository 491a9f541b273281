import { dateOfDay } from '../../lib/core/calendar/local-day.ts';
import type { Json } from '../../lib/core/json.ts';
import { alignSets } from '../../lib/engines/approval-routing/align-sets.ts';
import { difference } from '../../lib/engines/constraints/analysis/difference.ts';
import { describeFormula, describeValues } from '../../lib/engines/constraints/describe.ts';
import { writeInput } from '../../lib/engines/constraints/evaluate/write-input.ts';
import type { AnalysisBudget, Solver } from '../../lib/engines/constraints/findings.ts';
import type { ConstraintSet, Rule, RuleIndex, Values } from '../../lib/engines/constraints/model.ts';
import { factsOf } from './facts-of.ts';

/** A rule that is new, gone, or says something else. */
export interface ChangedRule {
  readonly id: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Of both versions, ascending. */
  readonly owners: readonly string[];
  readonly before?: string;
  readonly after?: string;
}

/** A way in which requests are decided otherwise, with one that shows it. */
export interface ShownChange {
  readonly kind: 'newly-allowed' | 'newly-denied' | 'level-added' | 'level-dropped';
  readonly level?: string;
  readonly beforeRules: readonly string[];
  readonly afterRules: readonly string[];
  /** The witness as data, and what matters of it in words. */
  readonly witness: Json;
  readonly because: string;
  readonly day: string;
}

export interface Comparison {
  readonly verdict: 'equal' | 'different' | 'unknown';
  readonly rules: readonly ChangedRule[];
  readonly changes: readonly ShownChange[];
  /** Rules about which it is not known whether they decide otherwise. */
  readonly open: readonly string[];
  readonly boxes: number;
  readonly solverSteps: number;
}

function textOf({ when, effect }: Rule, { fields }: ConstraintSet): string {
  const condition = when.kind === 'constant' ? '' : `${describeFormula(when, fields)}: `;
  switch (effect.kind) {
    case 'route':
      return `${condition}${effect.to.length === 0 ? 'nobody is asked' : effect.to.join(', ')}`;
    case 'require':
      return effect.condition.kind === 'constant'
        ? `${condition}denied`
        : `${condition}denied unless ${describeFormula(effect.condition, fields)}`;
    case 'default':
      return `${condition}sets a default`;
  }
}

/** What a rule says, whatever its place, its message or the order of the file. */
function contentOf(rule: Rule, { rules }: ConstraintSet): string {
  const { when, effect, inForce, priority, overriddenBy } = rule;
  const above = overriddenBy.map((other) => rules[other]?.id ?? '').sort();
  return JSON.stringify([when, effect, inForce, priority, above]);
}

function changedRules(before: ConstraintSet, after: ConstraintSet): ChangedRule[] {
  const ids = [...new Set([...before.rules, ...after.rules].map(({ id }) => id))].sort();
  return ids.flatMap((id): ChangedRule[] => {
    const old = before.rules.find((rule) => rule.id === id);
    const now = after.rules.find((rule) => rule.id === id);
    if (old !== undefined && now !== undefined && contentOf(old, before) === contentOf(now, after)) return [];
    const owners = [...new Set([old, now].flatMap((rule) => rule?.owner ?? []))].sort();
    return [
      {
        id,
        change: old === undefined ? 'added' : now === undefined ? 'removed' : 'changed',
        owners,
        ...(old === undefined ? {} : { before: textOf(old, before) }),
        ...(now === undefined ? {} : { after: textOf(now, after) }),
      },
    ];
  });
}

function idsOf(set: ConstraintSet, rules: readonly RuleIndex[]): string[] {
  return rules.flatMap((index) => set.rules[index]?.id ?? []);
}

/** What of a witness the responsible rules look at. */
function mattering(set: ConstraintSet, rules: readonly RuleIndex[], values: Values): string {
  const uses = rules.flatMap((index) => {
    const rule = set.rules[index];
    if (rule === undefined) return [];
    return factsOf(rule);
  });
  return describeValues(new Set(uses), values, set.fields);
}

/**
 * What new rules change against those in force: rules by their content, and decisions by a request that shows each, or the proof
 * that none is decided otherwise.
 * @throws InvalidInput when a field means something else in the two.
 */
export async function compareRules(
  inForce: ConstraintSet,
  proposed: ConstraintSet,
  { budget, load }: { readonly budget: AnalysisBudget; readonly load: () => Solver | Promise<Solver> },
): Promise<Comparison> {
  const { before, after } = alignSets(inForce, proposed);
  const { verdict, changes, unknowns, spent } = await difference(before, after, budget, load);
  const shown = changes.map(({ kind, label, oldRules, newRules, witness, witnessDay }): ShownChange => {
    const dropped = kind === 'changed-route' && newRules.length === 0;
    return {
      kind: kind === 'changed-route' ? (dropped ? 'level-dropped' : 'level-added') : kind,
      ...(label === undefined ? {} : { level: label }),
      beforeRules: idsOf(before, oldRules),
      afterRules: idsOf(after, newRules),
      witness: writeInput(after, witness),
      because: oldRules.length > 0 ? mattering(before, oldRules, witness) : mattering(after, newRules, witness),
      day: dateOfDay(witnessDay),
    };
  });
  const key = ({ kind, level = '', beforeRules, afterRules }: ShownChange) =>
    JSON.stringify([kind, level, beforeRules, afterRules]);
  return {
    verdict,
    rules: changedRules(before, after),
    changes: shown.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)),
    open: [...new Set(unknowns.map(({ rule }) => rule))].sort(),
    boxes: spent.boxes,
    solverSteps: spent.solverSteps,
  };
}
