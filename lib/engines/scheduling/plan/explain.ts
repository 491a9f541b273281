import { byText } from '../../../core/directory/loaded.ts';
import { formatMoney } from '../../../core/money.ts';
import { isHandover, movedFrom } from './breakdown.ts';
import type { Alternative, LimitPrice, PlanExplanation, TouchExplanation } from './explanation.ts';
import { instantOfMinute } from './local-time.ts';
import type { Model } from './model.ts';
import type { Row, RowKind } from './rows.ts';
import { minorUnitsOf } from './scale.ts';
import { State } from './state.ts';
import { wouldDoubleBook } from './would-double-book.ts';

/** What it costs to bring one touch elsewhere, everything else as it is, by column. */
interface Neighbour {
  readonly column: number;
  readonly costs: number;
  /** Names of the limits that stand in its way. */
  readonly limits: readonly string[];
}

/** Name of the rule that two people are not with one account at the same time; it has no row, and so no price. */
export function clashName(account: string): string {
  return `${account} with two people at once`;
}

function clashIn(state: State, touch: number, column: number, chosen: number): string[] {
  const choice = Int32Array.from(state.choice);
  choice[touch] = chosen;
  return wouldDoubleBook(state.model, choice, column)
    ? [clashName(state.model.touches[touch]?.touch.account ?? '')]
    : [];
}

/** The best free place besides the chosen one, and the best of all, whatever stands in its way. */
export function neighboursOf(state: State, touch: number): { readonly free?: Neighbour; readonly any?: Neighbour } {
  const { model } = state;
  const { begin = 0, end = 0, fixed = true } = model.touches[touch] ?? {};
  const chosen = state.choice[touch] ?? begin;
  if (fixed) return {};
  const now = state.objective();
  let free: Neighbour | undefined;
  let any: Neighbour | undefined;
  for (let column = begin; column < end; column += 1) {
    if (column === chosen) continue;
    state.take(touch);
    state.put(column);
    const costs = state.objective() - now;
    // A place is judged in full only where it could be the best one.
    if (costs < (free?.costs ?? Number.POSITIVE_INFINITY) || costs < (any?.costs ?? Number.POSITIVE_INFINITY)) {
      const rows = state.exceeded([column, chosen]).map((row) => model.rows[row]?.name ?? '');
      const limits = rows.length === 0 ? clashIn(state, touch, column, chosen) : rows;
      const found = { column, costs, limits };
      if (limits.length === 0 && costs < (free?.costs ?? Number.POSITIVE_INFINITY)) free = found;
      if (costs < (any?.costs ?? Number.POSITIVE_INFINITY)) any = found;
    }
    state.take(touch);
    state.put(chosen);
  }
  return { ...(free === undefined ? {} : { free }), ...(any === undefined ? {} : { any }) };
}

function alternative(model: Model, { column, costs }: Neighbour): Alternative {
  const bucket = model.buckets[model.columnBucket[column] ?? -1];
  const place =
    bucket === undefined ? {} : { rep: model.request.reps[bucket.rep]?.id ?? '', start: instantOfMinute(bucket.start) };
  return { ...place, costs: minorUnitsOf(costs, model.scale) };
}

function explainTouch(state: State, touch: number): TouchExplanation {
  const { model } = state;
  const { currency } = model.request;
  const money = (minorUnits: number): string => formatMoney({ currency, minorUnits });
  const { free, any } = neighboursOf(state, touch);
  const chosen = state.choice[touch] ?? 0;
  const named = model.touches[touch];
  const runnerUp = free === undefined ? undefined : alternative(model, free);
  const isBetter = any !== undefined && any.costs < 0 && any.limits.length > 0;
  const limits = isBetter ? any.limits : [];
  const better = isBetter ? { ...alternative(model, any), limits } : undefined;
  const sentences: string[] = [];
  const bucket = model.buckets[model.columnBucket[chosen] ?? -1];
  if (named?.fixed === true)
    sentences.push(named.touch.pin === undefined ? 'The slot is frozen.' : 'The slot is pinned.');
  else if (bucket === undefined) sentences.push('It waits.');
  else {
    const account = model.request.accounts.find(({ id }) => id === named?.touch.account);
    const preferred = account?.preferredRep === undefined ? '' : ', the preferred rep';
    const whose = isHandover(model, chosen) ? `, though ${account?.preferredRep} is preferred` : preferred;
    sentences.push(`Done by ${model.request.reps[bucket.rep]?.id}${whose}.`);
  }
  if (bucket !== undefined && named?.fixed === false) {
    sentences.push(
      runnerUp === undefined
        ? 'No other place is free.'
        : `The next best ${runnerUp.rep === undefined ? 'is to defer it' : `is ${runnerUp.rep} at ${runnerUp.start}`}, for ${money(runnerUp.costs)} more.`,
    );
  }
  if (better !== undefined) {
    sentences.push(
      `${better.rep} at ${better.start} would save ${money(-better.costs)}, but for: ${limits.join('; ')}.`,
    );
  }
  const { moved, brokenPromise } = movedFrom(model, chosen);
  if (moved)
    sentences.push(
      brokenPromise ? 'This breaks a promise of the previous plan.' : 'The previous plan had it elsewhere.',
    );
  return {
    touch: named?.touch.id ?? '',
    why: sentences.join(' '),
    ...(runnerUp === undefined ? {} : { runnerUp }),
    ...(better === undefined ? {} : { better }),
  };
}

const UNITS: Readonly<Record<RowKind, LimitPrice['unit']>> = {
  'half-day': 'hour',
  'early-window': 'hour',
  'late-window': 'hour',
  week: 'hour',
  fairness: 'hour',
  'rescue-calls': 'touch',
  'after-hours': 'touch',
  consecutive: 'touch',
  'contact-cap': 'touch',
  floor: 'touch',
  playbook: 'half-day',
};

function sentenceOf({ kind, subject, date }: Row, saves: string): string {
  switch (kind) {
    case 'half-day':
    case 'early-window':
    case 'late-window':
      return `One more hour of ${subject} in this half-day of ${date} saves about ${saves}.`;
    case 'week':
      return `One more hour of ${subject} in the week of ${date} saves about ${saves}.`;
    case 'rescue-calls':
      return `One more rescue call by ${subject} on ${date} would save about ${saves}; the limit stands.`;
    case 'after-hours':
      return `One more touch after hours by ${subject} in the week of ${date} would save about ${saves}; the limit stands.`;
    case 'consecutive':
      return `One more touch in a row by ${subject} on ${date} would save about ${saves}; the limit stands.`;
    case 'contact-cap':
      return `One more contact of ${subject} in the days up to ${date} would save about ${saves}.`;
    case 'floor':
      return `The last touch that the floor of ${subject} asks for costs about ${saves}.`;
    case 'fairness':
      return `An hour more to the fair share of ${subject} saves about ${saves}.`;
    case 'playbook':
      return `Freeing ${subject} from its predecessor at this point would save about ${saves}.`;
  }
}

function pricesOf(model: Model, multipliers: Float64Array): LimitPrice[] {
  const { currency } = model.request;
  const prices = model.rows.flatMap((row, place): LimitPrice[] => {
    const unit = UNITS[row.kind];
    const value = (multipliers[place] ?? 0) * (unit === 'hour' ? 60 : 1);
    const price = minorUnitsOf(BigInt(Math.round(value)), model.scale);
    if (price <= 0) return [];
    const sentence = sentenceOf(row, formatMoney({ currency, minorUnits: price }));
    const { name, kind, subject, date } = row;
    return [{ limit: name, kind, subject, ...(date === undefined ? {} : { date }), unit, price, sentence }];
  });
  return prices.sort((a, b) => b.price - a.price || byText(a.limit, b.limit));
}

/** The reasons of a plan: for each touch, and the price of each limit that binds. Without multipliers there are no prices. */
export function explain(model: Model, choice: Int32Array, multipliers: Float64Array | undefined): PlanExplanation {
  const state = State.of(model, choice);
  const prices = multipliers === undefined ? [] : pricesOf(model, multipliers);
  const kinds = [...new Set(prices.map(({ kind }) => kind))].sort(byText).map((kind) => {
    const own = prices.filter((each) => each.kind === kind);
    return { kind, limits: own.length, price: own.reduce((sum, { price }) => sum + price, 0) };
  });
  return {
    format: 'countersign/plan-explanation/1',
    touches: model.touches.map((_, touch) => explainTouch(state, touch)),
    prices,
    kinds,
  };
}
