import { digestOf } from '../../../core/digest.ts';
import { byText } from '../../../core/directory/loaded.ts';
import { formatMoney } from '../../../core/money.ts';
import { standingOf } from '../answer.ts';
import { expectedLoss, isHandover, movedFrom, totalsOf } from './breakdown.ts';
import type { Bucket } from './buckets.ts';
import type { Reason } from './candidates.ts';
import { clashName, neighboursOf } from './explain.ts';
import { floorsOf } from './limit-facts.ts';
import { instantOfMinute } from './local-time.ts';
import { delayDays, lossInScenario, lossOf } from './losses.ts';
import type { Model } from './model.ts';
import type {
  DeferredTouch,
  FloorResult,
  HalfDay,
  InfeasibleTouch,
  Plan,
  PlannedTouch,
  RepLoad,
  ScheduledTouch,
  TightHalfDay,
} from './plan.ts';
import { deferredDays } from './prices.ts';
import { minorUnitsOf } from './scale.ts';
import type { Sequenced } from './sequence.ts';
import type { Solution } from './solve.ts';
import { State } from './state.ts';
import { timetableOf } from './timetable.ts';

function halfDayOf(bucket: Bucket): HalfDay {
  const { date, clock, start, end, afterHours } = bucket;
  return { date, clock, start: instantOfMinute(start), end: instantOfMinute(end), afterHours };
}

function whyDeferred(model: Model, state: State, place: number): Reason {
  const { any } = neighboursOf(state, place);
  const money = (value: number): string =>
    formatMoney({ currency: model.request.currency, minorUnits: minorUnitsOf(Math.abs(value), model.scale) });
  if (any === undefined || any.limits.length === 0) {
    const message =
      any === undefined
        ? 'No half-day is left for it.'
        : `The best place that is free would cost ${money(any.costs)} more than waiting.`;
    return { code: 'cheaper-to-wait', message, mend: 'Pin it if it must take place.' };
  }
  const names = any.limits.join('; ');
  const account = model.touches[place]?.touch.account ?? '';
  if (any.limits.includes(clashName(account)))
    return {
      code: 'account-taken',
      message: `In its best half-day somebody else is with "${account}", where nobody sends two people at once.`,
      mend: 'Give the touches of the account to one rep, or widen its window.',
    };
  const worth = any.costs < 0 ? ` It would save ${money(any.costs)} there.` : '';
  return {
    code: 'no-room',
    message: `Its best half-day is taken by touches that are worth more: ${names}.${worth}`,
    mend: 'Add time to the rep, widen its window, or pin it.',
  };
}

function scheduled(
  model: Model,
  place: number,
  column: number,
  times: ReadonlyMap<string, Sequenced>,
): ScheduledTouch | undefined {
  const bucket = model.buckets[model.columnBucket[column] ?? -1];
  const own = model.touches[place];
  const time = times.get(own?.touch.id ?? '');
  if (bucket === undefined || own === undefined || time === undefined) return undefined;
  return {
    touch: own.touch.id,
    account: own.touch.account,
    status: 'scheduled',
    rep: model.request.reps[bucket.rep]?.id ?? '',
    halfDay: halfDayOf(bucket),
    start: instantOfMinute(time.start),
    end: instantOfMinute(time.end),
    reservedUntil: instantOfMinute(time.reservedUntil),
    expectedLoss: expectedLoss(model, column),
    delayDays: delayDays(own.touch, bucket.start),
    handover: isHandover(model, column),
    fixed: own.fixed,
    ...movedFrom(model, column),
  };
}

function deferred(model: Model, state: State, place: number, column: number): DeferredTouch {
  const { touch, begin, end } = model.touches[place] ?? { touch: undefined, begin: column, end: column + 1 };
  let least = Number.POSITIVE_INFINITY;
  for (let each = begin; each < end; each += 1) least = Math.min(least, expectedLoss(model, each));
  const loss = expectedLoss(model, column);
  return {
    touch: touch?.id ?? '',
    account: touch?.account ?? '',
    status: 'deferred',
    reason: whyDeferred(model, state, place),
    expectedLoss: loss,
    lossBeyondBest: loss - least,
    ...movedFrom(model, column),
  };
}

function infeasible(model: Model): InfeasibleTouch[] {
  const { request } = model;
  return request.touches.flatMap((touch): InfeasibleTouch[] => {
    const reason = model.infeasible.get(touch.id);
    const account = request.accounts.find(({ id }) => id === touch.account);
    if (reason === undefined || account === undefined) return [];
    const loss = lossOf(touch, account, deferredDays(request, touch));
    const drawn = (model.multipliers.get(account.id) ?? []).map((multiplier) => lossInScenario(loss, multiplier));
    const mean = Math.floor(drawn.reduce((sum, each) => sum + each, 0) / Math.max(1, drawn.length));
    const promised = request.previous?.slots.some((slot) => slot.touch === touch.id && slot.promised) ?? false;
    return [
      {
        touch: touch.id,
        account: account.id,
        status: 'infeasible',
        reason,
        expectedLoss: mean,
        brokenPromise: promised,
      },
    ];
  });
}

function repLoads(model: Model, touches: readonly PlannedTouch[]): RepLoad[] {
  const minutesOf = new Map(model.request.touches.map((touch) => [touch.id, touch.minutes.p80]));
  const shares = new Map(
    model.rows.filter(({ kind }) => kind === 'fairness').map(({ subject, high }) => [subject, high]),
  );
  return model.request.reps.map((rep, place) => {
    const weeks = new Set(model.buckets.filter((bucket) => bucket.rep === place).map(({ week }) => week)).size;
    const own = touches.filter((each) => each.status === 'scheduled' && each.rep === rep.id);
    const minutes = own.reduce((sum, { touch }) => sum + (minutesOf.get(touch) ?? 0), 0);
    const contract = rep.weeklyMinutes * weeks;
    const used = contract === 0 ? 0 : Math.ceil(((rep.loadMinutes * weeks + minutes) * 10_000) / contract);
    return {
      rep: rep.id,
      touches: own.length,
      minutes,
      freeMinutes: Math.max(0, (rep.weeklyMinutes - rep.loadMinutes) * weeks),
      usedBasisPoints: used,
      aboveShare: Math.max(0, minutes - (shares.get(rep.id) ?? Number.POSITIVE_INFINITY)),
    };
  });
}

function floorResults(model: Model, touches: readonly PlannedTouch[]): FloorResult[] {
  const { request } = model;
  const segmentOf = new Map(request.accounts.map(({ id, segment }) => [id, segment]));
  const admitted = model.touches.flatMap(({ touch }) => {
    const account = request.accounts.find(({ id }) => id === touch.account);
    return account === undefined ? [] : [{ touch, account, found: [], fixed: false }];
  });
  return [...floorsOf(request, admitted)].map(([segment, required]) => {
    const served = touches.filter(
      (each) => each.status === 'scheduled' && segmentOf.get(each.account) === segment,
    ).length;
    const feasible = admitted.filter(({ account }) => account.segment === segment).length;
    return { segment, feasible, required, served, missing: Math.max(0, required - served) };
  });
}

/** Half-days that would overrun if the one touch with the longest tail took its p95, and the others their p50. */
function tightHalfDays(model: Model, touches: readonly ScheduledTouch[]): TightHalfDay[] {
  const minutesOf = new Map(model.request.touches.map((touch) => [touch.id, touch.minutes]));
  const byHalfDay = Map.groupBy(touches, ({ rep, halfDay }) => `${halfDay.start} ${rep}`);
  return [...byHalfDay.values()].flatMap((list) => {
    const first = list[0];
    if (first === undefined) return [];
    const minutes = list.flatMap(({ touch }) => minutesOf.get(touch) ?? []);
    const usual = minutes.reduce((sum, { p50 }) => sum + p50, 0);
    const tail = minutes.reduce((most, { p50, p95 }) => Math.max(most, p95 - p50), 0);
    const length = (Date.parse(first.halfDay.end) - Date.parse(first.halfDay.start)) / 60_000;
    const over = usual + tail - length;
    return over > 0 ? [{ rep: first.rep, start: first.halfDay.start, minutesOver: over }] : [];
  });
}

/** Writes a solution as a plan: every touch of the request with its place or its reason, and what it all comes to. */
export function writePlan(model: Model, solution: Solution): Plan {
  const { request, scale } = model;
  const state = State.of(model, solution.choice);
  const { times } = timetableOf(model, solution.choice);
  const placed = [...solution.choice].map(
    (column, place) => scheduled(model, place, column, times) ?? deferred(model, state, place, column),
  );
  const unplaced = infeasible(model);
  const done = request.touches.flatMap((touch): PlannedTouch[] => {
    const at = model.done.get(touch.id);
    return at === undefined ? [] : [{ touch: touch.id, account: touch.account, status: 'done', at }];
  });
  const touches = [...placed, ...unplaced, ...done].sort((a, b) => byText(a.touch, b.touch));
  const slots = touches.filter((each) => each.status === 'scheduled');
  const totals = totalsOf(model, solution.choice);
  const plain = totalsOf(model, solution.baseline);
  const saves = plain.objective - totals.objective;
  const losses = (choice: Int32Array): number[] =>
    Array.from(State.of(model, choice).scenarioLoss, (loss) => loss * scale.unit);
  const standing = standingOf(solution.objective, solution.bound === undefined ? undefined : Number(solution.bound));
  return {
    format: 'countersign/plan/1',
    request: digestOf(request),
    standing: standing === 'refused' ? 'heuristic' : standing,
    currency: request.currency,
    touches,
    objective: solution.objective,
    scale,
    totals,
    losses: losses(solution.choice),
    scenarios: { ...request.scenarios, multipliers: Object.fromEntries(model.multipliers) },
    baseline: {
      rule: 'highest-risk-first',
      totals: plain,
      losses: losses(solution.baseline),
      saves,
      savesExpectedLoss: plain.expectedLoss - totals.expectedLoss,
      savesBasisPoints: plain.objective === 0 ? 0 : Math.floor((saves * 10_000) / plain.objective),
    },
    infeasibleLoss: unplaced.reduce((sum, each) => sum + each.expectedLoss, 0),
    reps: repLoads(model, touches),
    floors: floorResults(model, touches),
    tight: tightHalfDays(model, slots).sort((a, b) => byText(a.start, b.start) || byText(a.rep, b.rep)),
    notices: model.notices,
    spent: solution.spent,
  };
}
