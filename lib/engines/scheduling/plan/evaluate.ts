import { weekdayOfDay } from '../../../core/calendar/local-day.ts';
import { byText } from '../../../core/directory/loaded.ts';
import { bucketsOf, horizonEnd } from './buckets.ts';
import { fixedSlot } from './candidates.ts';
import { localDay, localMinute, MINUTES_A_DAY, minuteOf } from './local-time.ts';
import { delayDays, lossInScenario, lossOf } from './losses.ts';
import type { Plan, ScheduledTouch } from './plan.ts';
import type { Account, PlanRequest, Touch } from './request-shape.ts';
import { inUnits, type Scale, tailWeights } from './scale.ts';
import { drawScenarios } from './scenarios.ts';

/** What a plan comes to when it is valued from nothing but the request, and every rule that it breaks. */
export interface Evaluation {
  /** Z, see `Scale`. */
  readonly objective: bigint;
  /** In units of money, by scenario. */
  readonly losses: readonly number[];
  readonly violations: readonly string[];
}

/** What is looked at of a plan. */
type Planned = Pick<Plan, 'touches' | 'scale' | 'notices'>;

interface Facts {
  readonly request: PlanRequest;
  readonly touches: ReadonlyMap<string, Touch>;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly slots: readonly ScheduledTouch[];
}

function clock(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
}

/** Whether a minute is quiet for an account, by its wall clock. */
function isQuiet(account: Account, minute: number): boolean {
  const local = localMinute(minute, account.timeZone);
  if (account.quietDays.includes(weekdayOfDay(Math.floor(local / MINUTES_A_DAY)))) return true;
  const time = local - Math.floor(local / MINUTES_A_DAY) * MINUTES_A_DAY;
  const [from, to] = [clock(account.quietHours.from), clock(account.quietHours.to)];
  return from < to ? time >= from && time < to : from > to && (time >= from || time < to);
}

function slotViolations({ request, touches, accounts, slots }: Facts): string[] {
  const buckets = bucketsOf(request);
  return slots.flatMap((slot) => {
    const touch = touches.get(slot.touch);
    const account = accounts.get(slot.account);
    const place = request.reps.findIndex(({ id }) => id === slot.rep);
    const rep = request.reps[place];
    if (touch === undefined || account === undefined || rep === undefined || touch.account !== slot.account)
      return [`"${slot.touch}" names what is not in the request.`];
    const wrong: string[] = [];
    const start = minuteOf(slot.start);
    const until = minuteOf(slot.reservedUntil);
    const bucket = buckets.find((each) => each.rep === place && each.start === minuteOf(slot.halfDay.start));
    if (bucket === undefined || start < bucket.start || until > bucket.end) wrong.push('lies outside of the half-day');
    if (bucket !== undefined && slot.halfDay.afterHours !== bucket.afterHours) wrong.push('misstates after hours');
    if (until - start < touch.minutes.p80 || minuteOf(slot.end) - start !== touch.minutes.p50)
      wrong.push('has the wrong length');
    if (!rep.skills.includes(touch.skill)) wrong.push('needs a skill that the rep lacks');
    if (
      Date.parse(slot.start) < Date.parse(touch.window.from) ||
      Date.parse(slot.reservedUntil) > Date.parse(touch.window.to)
    )
      wrong.push('lies outside of its window');
    for (let minute = start; touch.channel !== 'internal' && minute < until; minute += 1)
      if (isQuiet(account, minute)) {
        wrong.push('falls into quiet hours');
        break;
      }
    if (touch.pin?.rep !== undefined && touch.pin.rep !== slot.rep)
      wrong.push('is not with the rep that it is pinned to');
    const pinned = touch.pin?.start === undefined ? undefined : minuteOf(touch.pin.start);
    if (pinned !== undefined && bucket !== undefined && (pinned < bucket.start || pinned >= bucket.end))
      wrong.push('is not where it is pinned');
    return wrong.map((what) => `"${slot.touch}" ${what}.`);
  });
}

/** Counts things by a key, and names the keys that have more than they may. */
function tooMany(
  slots: readonly ScheduledTouch[],
  key: (slot: ScheduledTouch) => string | undefined,
  weight: (slot: ScheduledTouch) => number,
  most: (slot: ScheduledTouch) => number,
  what: string,
): string[] {
  const sums = new Map<string, { sum: number; most: number }>();
  for (const slot of slots) {
    const own = key(slot);
    if (own === undefined) continue;
    const entry = sums.get(own) ?? { sum: 0, most: most(slot) };
    entry.sum += weight(slot);
    sums.set(own, entry);
  }
  return [...sums]
    .filter(([, { sum, most: limit }]) => sum > limit)
    .map(([own, { sum, most: limit }]) => `${what} of ${own}: ${sum}, and at most ${limit}.`);
}

function mondayOf(date: string): string {
  const day = Math.round(Date.parse(`${date}T00:00:00Z`) / 86_400_000);
  return new Date((day - ((((day + 3) % 7) + 7) % 7)) * 86_400_000).toISOString().slice(0, 10);
}

function repViolations({ request, touches, slots }: Facts): string[] {
  const repOf = (slot: ScheduledTouch) => request.reps.find(({ id }) => id === slot.rep);
  const minutes = (slot: ScheduledTouch): number => touches.get(slot.touch)?.minutes.p80 ?? 0;
  const one = (): number => 1;
  const overlaps = request.reps.flatMap(({ id }) => {
    const own = slots.filter(({ rep }) => rep === id).toSorted((a, b) => byText(a.start, b.start));
    return own.flatMap((slot, at) => {
      const before = own[at - 1];
      return before !== undefined && before.reservedUntil > slot.start
        ? [`"${before.touch}" and "${slot.touch}" overlap.`]
        : [];
    });
  });
  return [
    ...overlaps,
    ...tooMany(
      slots,
      (slot) => `${slot.rep} ${mondayOf(slot.halfDay.date)}`,
      minutes,
      (slot) => (repOf(slot)?.weeklyMinutes ?? 0) - (repOf(slot)?.loadMinutes ?? 0),
      'Minutes a week',
    ),
    ...tooMany(
      slots,
      (slot) => (touches.get(slot.touch)?.kind === 'rescue' ? `${slot.rep} ${slot.halfDay.date}` : undefined),
      one,
      (slot) => repOf(slot)?.limits.rescueCallsPerDay ?? 0,
      'Rescue calls',
    ),
    ...tooMany(
      slots,
      (slot) => (slot.halfDay.afterHours ? `${slot.rep} ${mondayOf(slot.halfDay.date)}` : undefined),
      one,
      (slot) => repOf(slot)?.limits.afterHoursPerWeek ?? 0,
      'After-hours touches',
    ),
    ...tooMany(
      slots,
      (slot) => `${slot.rep} ${slot.halfDay.start}`,
      one,
      (slot) => repOf(slot)?.limits.consecutive ?? 0,
      'Touches in a row',
    ),
  ];
}

function accountViolations({ request, touches, accounts, slots }: Facts): string[] {
  const contacts = (touch: string): boolean => touches.get(touch)?.channel !== 'internal';
  return [...accounts.values()].flatMap((account) => {
    const caps = account.contactCaps;
    const own = slots.filter((slot) => slot.account === account.id && contacts(slot.touch));
    if (caps === undefined || own.length === 0) return [];
    const planned = own.map((slot) => localDay(minuteOf(slot.halfDay.start), account.timeZone));
    const past = request.actuals
      .filter(({ touch }) => touches.get(touch)?.account === account.id && contacts(touch))
      .map(({ at }) => localDay(minuteOf(at), account.timeZone));
    // What has happened cannot be undone: a window that was full before is no fault of the plan unless it adds to it.
    return planned.flatMap((last) => {
      const within = (day: number): boolean => day <= last && day > last - caps.days;
      const count = planned.filter(within).length + past.filter(within).length;
      return count > caps.count ? [`"${account.id}" is contacted ${count} times in ${caps.days} days.`] : [];
    });
  });
}

function orderViolations({ touches, slots }: Facts, plan: Planned): string[] {
  const bySlot = new Map(slots.map((slot) => [slot.touch, slot]));
  const status = new Map(plan.touches.map((each) => [each.touch, each.status]));
  return slots.flatMap((slot) => {
    const touch = touches.get(slot.touch);
    const first = touch?.after;
    if (first === undefined || status.get(first) === 'done' || slot.fixed) return [];
    const before = bySlot.get(first);
    const isOver = before !== undefined && before.halfDay.end <= slot.halfDay.start;
    return isOver ? [] : [`"${slot.touch}" does not come after "${first}".`];
  });
}

/** Frozen slots stay, and nothing else is put into the frozen time. */
function freezeViolations({ request, touches, slots }: Facts, plan: Planned): string[] {
  const { previous } = request;
  const lost = new Set(plan.notices.filter(({ code }) => code === 'frozen-slot-lost').map(({ touch }) => touch));
  const late = slots
    .filter(({ fixed, touch }) => !fixed && touches.get(touch)?.pin?.start === undefined)
    .filter(({ halfDay }) => previous !== undefined && minuteOf(halfDay.start) < minuteOf(previous.frozenUntil))
    .map(({ touch }) => `"${touch}" is put into the frozen time.`);
  const claims = slots.filter(({ fixed, touch }) => {
    const own = touches.get(touch);
    return fixed && (own === undefined || fixedSlot(request, own) === undefined || lost.has(touch));
  });
  const moved = plan.touches.flatMap((each) => {
    const own = touches.get(each.touch);
    const fixed = own === undefined ? undefined : fixedSlot(request, own);
    if (fixed === undefined || lost.has(each.touch) || each.status === 'done' || each.status === 'infeasible')
      return [];
    const stays =
      each.status === 'scheduled' &&
      each.rep === fixed.rep &&
      minuteOf(each.halfDay.start) <= fixed.start &&
      fixed.start < minuteOf(each.halfDay.end);
    return stays ? [] : [`"${each.touch}" has left its fixed slot.`];
  });
  return [...late, ...claims.map(({ touch }) => `"${touch}" is called fixed, and is not.`), ...moved];
}

function completeness({ request, accounts }: Facts, plan: Planned): string[] {
  const ids = plan.touches.map(({ touch }) => touch);
  const missing = request.touches.filter(({ id }) => !ids.includes(id)).map(({ id }) => `"${id}" is missing.`);
  const twice = ids.filter((id, at) => ids.indexOf(id) < at).map((id) => `"${id}" stands twice.`);
  const done = new Set(request.actuals.filter(({ status }) => status === 'done').map(({ touch }) => touch));
  const undone = plan.touches
    .filter(({ touch, status }) => done.has(touch) !== (status === 'done'))
    .map(({ touch }) => `"${touch}" is done or not, against the request.`);
  const strange = plan.touches
    .filter(({ account }) => !accounts.has(account))
    .map(({ touch }) => `"${touch}" is strange.`);
  return [...missing, ...twice, ...undone, ...strange];
}

function fairnessUnits({ request, touches, slots }: Facts, plannable: readonly string[], scale: Scale): bigint {
  const weeks = new Map<number, Set<string>>();
  for (const { rep, week } of bucketsOf(request)) weeks.set(rep, (weeks.get(rep) ?? new Set()).add(week));
  const p80 = (id: string): number => touches.get(id)?.minutes.p80 ?? 0;
  let work = plannable.reduce((sum, id) => sum + p80(id), 0);
  let contracts = 0;
  for (const [rep, { size }] of weeks) {
    work += (request.reps[rep]?.loadMinutes ?? 0) * size;
    contracts += (request.reps[rep]?.weeklyMinutes ?? 0) * size;
  }
  let excess = 0n;
  for (const [place, { size }] of weeks) {
    const rep = request.reps[place];
    if (rep === undefined || contracts === 0) continue;
    const share =
      Number((BigInt(work) * BigInt(rep.weeklyMinutes * size)) / BigInt(contracts)) - rep.loadMinutes * size;
    const given = slots.filter((slot) => slot.rep === rep.id).reduce((sum, slot) => sum + p80(slot.touch), 0);
    excess += BigInt(Math.max(0, given - Math.max(0, share)));
  }
  return excess * BigInt(inUnits(request.weights.fairnessPerMinute, scale));
}

function floorUnits({ request, accounts, touches, slots }: Facts, plannable: readonly string[], scale: Scale): bigint {
  const segmentOf = (id: string): string | undefined => accounts.get(touches.get(id)?.account ?? '')?.segment;
  let missing = 0;
  for (const { segment, servedBasisPoints } of request.floors) {
    const feasible = plannable.filter((id) => segmentOf(id) === segment).length;
    const served = slots.filter(({ touch }) => segmentOf(touch) === segment).length;
    missing += Math.max(0, Math.ceil((feasible * servedBasisPoints) / 10_000) - served);
  }
  return BigInt(missing) * BigInt(inUnits(request.weights.floorShortfall, scale));
}

/**
 * Values a plan from the request and the plan's slots alone, in big integers, and names every rule that it breaks. It knows nothing of
 * columns and limits as the solver has them; it is slow and simple, so that it can be held against them.
 */
export function evaluatePlan(request: PlanRequest, plan: Planned): Evaluation {
  const slots = plan.touches.filter((each) => each.status === 'scheduled');
  const facts: Facts = {
    request,
    slots,
    touches: new Map(request.touches.map((touch) => [touch.id, touch])),
    accounts: new Map(request.accounts.map((account) => [account.id, account])),
  };
  const { scale } = plan;
  const multipliers = drawScenarios(request);
  const losses = Array.from({ length: scale.scenarios }, () => 0);
  const plannable: string[] = [];
  let prices = 0n;
  const money = (minorUnits: number): bigint => BigInt(inUnits(minorUnits, scale));
  for (const each of plan.touches) {
    const touch = facts.touches.get(each.touch);
    const account = facts.accounts.get(touch?.account ?? '');
    if (touch === undefined || account === undefined || each.status === 'done' || each.status === 'infeasible')
      continue;
    plannable.push(each.touch);
    const isPlaced = each.status === 'scheduled';
    const start = isPlaced ? minuteOf(each.halfDay.start) : horizonEnd(request);
    const days = delayDays(touch, start) + (isPlaced ? 0 : request.deferralDays);
    const loss = lossOf(touch, account, days);
    for (const [k, multiplier] of (multipliers.get(account.id) ?? []).entries())
      losses[k] = (losses[k] ?? 0) + inUnits(lossInScenario(loss, multiplier), scale);
    if (!isPlaced) prices += money(request.weights.deferral);
    else if (account.preferredRep !== undefined && account.preferredRep !== each.rep)
      prices += money(request.weights.handover);
    const slot = request.previous?.slots.find((own) => own.touch === each.touch);
    if (slot === undefined) continue;
    const kept =
      isPlaced &&
      slot.rep === each.rep &&
      Date.parse(slot.start) >= Date.parse(each.halfDay.start) &&
      Date.parse(slot.start) < Date.parse(each.halfDay.end);
    if (!kept) prices += money(request.weights.move) + (slot.promised ? money(request.weights.brokenPromise) : 0n);
  }
  prices += fairnessUnits(facts, plannable, scale) + floorUnits(facts, plannable, scale);
  const weights = tailWeights(losses);
  const lossPart = losses.reduce(
    (sum, loss, k) => sum + (BigInt(scale.mean) + BigInt(scale.tail) * BigInt(weights[k] ?? 0)) * BigInt(loss),
    0n,
  );
  return {
    objective: lossPart + BigInt(scale.factor) * prices,
    losses,
    violations: [
      ...completeness(facts, plan),
      ...slotViolations(facts),
      ...repViolations(facts),
      ...accountViolations(facts),
      ...orderViolations(facts, plan),
      ...freezeViolations(facts, plan),
    ],
  };
}
