import type { ConstraintSet } from '../model.ts';
import type { Decider, PastRequest, ReplayOutcome, Verdict } from './decider.ts';

/** A request that the two sets decide differently. */
export interface Flip {
  readonly line: number;
  readonly id?: string;
  readonly from: ReplayOutcome;
  readonly to: ReplayOutcome;
  readonly labels: { readonly added: readonly string[]; readonly dropped: readonly string[] };
  /** Rules of the new set that the change comes from, and rules of the old one that no longer speak. */
  readonly because: readonly { readonly rule: string; readonly says: string }[];
}

function without(list: readonly string[], other: readonly string[]): string[] {
  return list.filter((each) => !other.includes(each));
}

/** Rules that apply and put one of some labels on the route. */
function carrying(set: ConstraintSet, { applied }: Verdict, labels: readonly string[]): string[] {
  const carry = new Set(
    set.rules.flatMap(({ id, effect }) =>
      effect.kind === 'route' && effect.to.some((label) => labels.includes(label)) ? [id] : [],
    ),
  );
  return applied.filter((id) => carry.has(id));
}

/** One side of a comparison; of what is on record the rules are not known. */
interface Side {
  readonly verdict: Verdict;
  readonly decider?: Decider;
}

/** What speaks for one side and not for the other: broken rules, rules that carry a label, or what is wrong with the input. */
function speaking({ verdict, decider }: Side, other: Side, labels: readonly string[]): string[] {
  if (decider === undefined || verdict.outcome === 'refused') return [];
  return [...without(verdict.violated, other.verdict.violated), ...carrying(decider.set, verdict, labels)];
}

function refusal({ problems }: Verdict): Flip['because'] {
  return problems.map(({ pointer, message }) => ({ rule: pointer, says: message }));
}

/**
 * Compares two decisions of one request; `undefined` where outcome and route are the same. Reasons are told for a flip only: they
 * come from the reference evaluator.
 */
export function flipOf(request: PastRequest, older: Side, newer: Required<Side>): Flip | undefined {
  const [from, to] = [older.verdict, newer.verdict];
  const labels = { added: without(to.route, from.route), dropped: without(from.route, to.route) };
  if (from.outcome === to.outcome && labels.added.length === 0 && labels.dropped.length === 0) return undefined;
  const { line, id, input, day } = request;
  const gained = speaking(newer, older, labels.added).map((rule) => ({
    rule,
    says: newer.decider.says(rule, input, day),
  }));
  const known = new Set(newer.decider.set.rules.map((rule) => rule.id));
  const lost = without(
    speaking(older, newer, labels.dropped),
    gained.map(({ rule }) => rule),
  ).map((rule) => ({
    rule,
    says:
      known.has(rule) && to.outcome !== 'refused'
        ? newer.decider.says(rule, input, day)
        : `It is no longer there. It said: ${older.decider?.says(rule, input, day)}`,
  }));
  return {
    line,
    ...(id === undefined ? {} : { id }),
    from: from.outcome,
    to: to.outcome,
    labels,
    because: [...refusal(to), ...gained, ...(to.outcome === 'refused' ? [] : lost)],
  };
}
