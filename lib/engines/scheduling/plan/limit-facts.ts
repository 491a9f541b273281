import { type Bucket, bucketsOf } from './buckets.ts';
import type { Candidate } from './candidates.ts';
import { localDay } from './local-time.ts';
import type { Notice } from './model.ts';
import type { Admitted } from './prices.ts';
import type { PlanRequest, Segment } from './request-shape.ts';

/** Local days on which an account was contacted already, by account. */
export function contactsOf(request: PlanRequest): Map<string, number[]> {
  const accounts = new Map(request.accounts.map((account) => [account.id, account]));
  const touches = new Map(request.touches.map((touch) => [touch.id, touch]));
  const days = new Map<string, number[]>();
  for (const { touch: id, at } of request.actuals) {
    const touch = touches.get(id);
    const account = accounts.get(touch?.account ?? '');
    if (touch === undefined || account === undefined || touch.channel === 'internal') continue;
    const list = days.get(account.id) ?? [];
    list.push(localDay(Math.floor(Date.parse(at) / 60_000), account.timeZone));
    days.set(account.id, list);
  }
  return days;
}

/** Minutes that each rep may take before fairness costs: their part of all work by contract, less the load that they have. */
export function shareOfWork(request: PlanRequest, admitted: readonly Admitted[]): Map<number, number> {
  const weeks = new Map<number, Set<string>>();
  for (const { rep, week } of bucketsOf(request)) weeks.set(rep, (weeks.get(rep) ?? new Set()).add(week));
  const facts = [...weeks].map(([rep, { size }]) => {
    const { weeklyMinutes, loadMinutes } = request.reps[rep] ?? { weeklyMinutes: 0, loadMinutes: 0 };
    return { rep, contract: weeklyMinutes * size, load: loadMinutes * size };
  });
  const contracts = facts.reduce((sum, { contract }) => sum + contract, 0);
  const work =
    facts.reduce((sum, { load }) => sum + load, 0) + admitted.reduce((sum, { touch }) => sum + touch.minutes.p80, 0);
  return new Map(
    facts.map(({ rep, contract, load }) => [
      rep,
      contracts === 0 ? 0 : Math.max(0, Math.floor((work * contract) / contracts) - load),
    ]),
  );
}

export interface Pair {
  /** Beginnings of the half-days that the later touch may take, ascending. */
  readonly starts: readonly number[];
  readonly later: string;
}

/** The pairs of a playbook that are still to be kept in order, by either touch. A fixed slot is kept whatever the playbook says. */
export function pairsOf(
  columns: { readonly buckets: readonly Pick<Bucket, 'start' | 'end'>[] },
  admitted: readonly Admitted[],
  notices: Notice[],
): { readonly asLater: Map<string, Pair>; readonly asFirst: Map<string, Pair[]> } {
  const byId = new Map(admitted.map((each) => [each.touch.id, each]));
  const asLater = new Map<string, Pair>();
  const asFirst = new Map<string, Pair[]>();
  const startOf = ({ bucket }: Candidate): number => columns.buckets[bucket]?.start ?? 0;
  for (const { touch, found, fixed } of admitted) {
    const first = touch.after === undefined ? undefined : byId.get(touch.after);
    if (first === undefined) continue;
    if (fixed) {
      const slot = found[0];
      const ordered =
        slot !== undefined &&
        first.found.every(({ bucket }) => (columns.buckets[bucket]?.end ?? 0) <= startOf(slot)) &&
        first.fixed;
      const message = `The slot of "${touch.id}" is fixed, whether or not "${touch.after}" is over by then.`;
      if (!ordered) notices.push({ code: 'fixed-before-predecessor', touch: touch.id, message });
      continue;
    }
    const starts = [...new Set(found.map(startOf))].sort((a, b) => a - b);
    const pair = { starts, later: touch.id };
    asLater.set(touch.id, pair);
    asFirst.set(first.touch.id, [...(asFirst.get(first.touch.id) ?? []), pair]);
  }
  return { asLater, asFirst };
}

/** The deadlines (or releases) within each bucket that leave less than all of it. */
export function edgesOf(admitted: readonly Admitted[], side: 'early' | 'late'): Map<number, number[]> {
  const edges = new Map<number, Set<number>>();
  for (const { found } of admitted) {
    for (const candidate of found) {
      if (candidate.side !== side) continue;
      const edge = side === 'early' ? candidate.to : candidate.from;
      edges.set(candidate.bucket, (edges.get(candidate.bucket) ?? new Set()).add(edge));
    }
  }
  return new Map([...edges].map(([bucket, set]) => [bucket, [...set].sort((a, b) => a - b)]));
}

/** Touches that each segment is to be served at least, rounded up; of those that fit somewhere. */
export function floorsOf(request: PlanRequest, admitted: readonly Admitted[]): Map<Segment, number> {
  return new Map(
    request.floors.map(({ segment, servedBasisPoints }) => {
      const all = admitted.filter(({ account }) => account.segment === segment).length;
      return [segment, Math.ceil((all * servedBasisPoints) / 10_000)] as const;
    }),
  );
}

/** The account's local days on which one of its capped touches could take place, ascending, by account. */
export function contactDaysOf(
  columns: { readonly buckets: readonly Pick<Bucket, 'start' | 'end'>[] },
  admitted: readonly Admitted[],
): Map<string, number[]> {
  const days = new Map<string, Set<number>>();
  for (const { touch, account, found } of admitted) {
    if (touch.channel === 'internal' || account.contactCaps === undefined) continue;
    const own = days.get(account.id) ?? new Set<number>();
    for (const { bucket } of found) own.add(localDay(columns.buckets[bucket]?.start ?? 0, account.timeZone));
    days.set(account.id, own);
  }
  return new Map([...days].map(([account, own]) => [account, [...own].sort((a, b) => a - b)]));
}
