import { byText } from '../../../core/directory/loaded.ts';
import { fixedSlot } from './candidates.ts';
import type { Account, PlanRequest, Rep } from './request-shape.ts';

/** A part of a request that is planned by itself: some accounts with their touches, and some reps. */
export interface Pod {
  readonly id: string;
  /** A whole plan request. Reps of other pods that its accounts or slots name are in it without any minutes. */
  readonly request: PlanRequest;
}

/** Reps whose accounts cannot be told apart: a touch is fixed to them. */
class Unions {
  private readonly parent = new Map<string, string>();

  root(of: string): string {
    let at = of;
    for (let up = this.parent.get(at); up !== undefined; up = this.parent.get(at)) at = up;
    return at;
  }

  join(a: string, b: string): void {
    const [one, two] = [this.root(a), this.root(b)].sort(byText);
    if (one !== undefined && two !== undefined && one !== two) this.parent.set(two, one);
  }
}

function minutesOf(rep: Rep): number {
  return Math.max(0, rep.weeklyMinutes - rep.loadMinutes);
}

const kindOf = (reps: readonly Rep[]): string => `${reps[0]?.timeZone} ${reps[0]?.skills.join(' ')}`;

/** Deals groups of reps out so that each pod has about as many minutes of every kind: zone and skills. */
function dealReps(request: PlanRequest, unions: Unions, pods: number): Map<string, number> {
  const groups = [...Map.groupBy(request.reps, ({ id }) => unions.root(`rep ${id}`))];
  const total = Array.from({ length: pods }, () => 0);
  const podOf = new Map<string, number>();
  const kinds = [...Map.groupBy(groups, ([, reps]) => kindOf(reps))].sort(([a], [b]) => byText(a, b));
  for (const [, ofKind] of kinds) {
    const filled = Array.from({ length: pods }, () => 0);
    const minutes = (reps: readonly Rep[]): number => reps.reduce((sum, rep) => sum + minutesOf(rep), 1);
    const sorted = ofKind.toSorted(([a, x], [b, y]) => minutes(y) - minutes(x) || byText(a, b));
    for (const [root, reps] of sorted) {
      let pod = 0;
      for (let other = 1; other < pods; other += 1) {
        const less = (filled[other] ?? 0) - (filled[pod] ?? 0) || (total[other] ?? 0) - (total[pod] ?? 0);
        if (less < 0) pod = other;
      }
      filled[pod] = (filled[pod] ?? 0) + minutes(reps);
      total[pod] = (total[pod] ?? 0) + minutes(reps);
      podOf.set(root, pod);
    }
  }
  return podOf;
}

/** Minutes that are left in each pod, by skill; a rep with several skills counts for each of them with a part. */
class Left {
  private readonly minutes: Map<string, number>[];

  constructor(request: PlanRequest, podOf: (rep: Rep) => number, pods: number) {
    this.minutes = Array.from({ length: pods }, () => new Map<string, number>());
    for (const rep of request.reps)
      for (const skill of rep.skills)
        this.add(podOf(rep), skill, Math.floor((minutesOf(rep) * request.horizon.days) / 7 / rep.skills.length));
  }

  add(pod: number, skill: string, minutes: number): void {
    const own = this.minutes[pod];
    own?.set(skill, (own.get(skill) ?? 0) + minutes);
  }

  /** The least that would be left of any skill. */
  after(pod: number, needs: ReadonlyMap<string, number>): number {
    return Math.min(...[...needs].map(([skill, need]) => (this.minutes[pod]?.get(skill) ?? 0) - need));
  }
}

/** Gives each account to the pod of its fixed rep; else of its preferred one while there is time, or where most is left. */
function dealAccounts(
  request: PlanRequest,
  unions: Unions,
  podOfReps: ReadonlyMap<string, number>,
  pods: number,
): Map<string, number> {
  const touches = Map.groupBy(request.touches, ({ account }) => account);
  const left = new Left(request, (rep) => podOfReps.get(unions.root(`rep ${rep.id}`)) ?? 0, pods);
  const podOf = new Map<string, number>();
  const needsOf = (account: Account): ReadonlyMap<string, number> => {
    const needs = new Map<string, number>();
    for (const { skill, minutes } of touches.get(account.id) ?? [])
      needs.set(skill, (needs.get(skill) ?? 0) + minutes.p80);
    return needs;
  };
  const give = (account: Account, pod: number): void => {
    podOf.set(account.id, pod);
    for (const [skill, need] of needsOf(account)) left.add(pod, skill, -need);
  };
  for (const account of request.accounts) {
    const pod = podOfReps.get(unions.root(`account ${account.id}`));
    if (pod !== undefined) give(account, pod);
  }
  for (const account of request.accounts) {
    if (podOf.has(account.id)) continue;
    const needs = needsOf(account);
    const preferred =
      account.preferredRep === undefined ? undefined : podOfReps.get(unions.root(`rep ${account.preferredRep}`));
    let pod = preferred ?? 0;
    if (preferred === undefined || left.after(preferred, needs) < 0)
      for (let other = 0; other < pods; other += 1) if (left.after(other, needs) > left.after(pod, needs)) pod = other;
    give(account, pod);
  }
  return podOf;
}

/**
 * Splits a request into pods of about so many touches. Accounts stay whole, and with the reps that they are pinned to or prefer; reps
 * are dealt out so that pods are alike. The same request gives the same pods.
 */
export function splitIntoPods(request: PlanRequest, touchesPerPod: number): Pod[] {
  const wanted = Math.max(1, Math.ceil(request.touches.length / Math.max(1, touchesPerPod)));
  const pods = Math.max(1, Math.min(wanted, request.reps.length));
  const unions = new Unions();
  const known = new Set(request.reps.map(({ id }) => id));
  for (const touch of request.touches) {
    const rep = touch.pin?.rep ?? fixedSlot(request, touch)?.rep;
    if (rep !== undefined && known.has(rep)) unions.join(`rep ${rep}`, `account ${touch.account}`);
  }
  const podOfReps = dealReps(request, unions, pods);
  const podOfAccounts = dealAccounts(request, unions, podOfReps, pods);
  return Array.from({ length: pods }, (_, pod) => {
    const accounts = request.accounts.filter(({ id }) => podOfAccounts.get(id) === pod);
    const own = new Set(accounts.map(({ id }) => id));
    const touches = request.touches.filter(({ account }) => own.has(account));
    const ids = new Set(touches.map(({ id }) => id));
    const isOurs = (rep: Rep): boolean => podOfReps.get(unions.root(`rep ${rep.id}`)) === pod;
    const skills = new Set(request.reps.filter(isOurs).flatMap((rep) => rep.skills));
    const named = new Set(accounts.map(({ preferredRep }) => preferredRep));
    // Somebody must stand for a skill that no rep of the pod has, or the request would not be valid.
    const missing = new Set(touches.map(({ skill }) => skill).filter((skill) => !skills.has(skill)));
    const reps = request.reps.flatMap((rep) => {
      if (isOurs(rep)) return [rep];
      const stands = rep.skills.some((skill) => missing.delete(skill));
      return named.has(rep.id) || stands ? [{ ...rep, weeklyMinutes: 0, loadMinutes: 0 }] : [];
    });
    const { previous } = request;
    return {
      id: `pod-${String(pod + 1).padStart(3, '0')}`,
      request: {
        ...request,
        touches,
        accounts,
        reps,
        actuals: request.actuals.filter(({ touch }) => ids.has(touch)),
        ...(previous === undefined
          ? {}
          : { previous: { ...previous, slots: previous.slots.filter(({ touch }) => ids.has(touch)) } }),
      },
    };
  }).filter((pod) => pod.request.touches.length > 0);
}
