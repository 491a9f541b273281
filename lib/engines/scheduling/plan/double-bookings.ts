import { byText } from '../../../core/directory/loaded.ts';
import { expectedLoss } from './breakdown.ts';
import type { Model } from './model.ts';
import type { Solution } from './solve.ts';
import { State } from './state.ts';
import { type Clash, timetableOf } from './timetable.ts';

/** One way to change a plan: touches that go elsewhere, and what the plan would be worth then. */
interface Change {
  readonly touch: number;
  readonly columns: readonly number[];
  readonly objective: number;
}

const isFixed = (model: Model, touch: number): boolean => model.touches[touch]?.fixed !== false;
const idOf = (model: Model, touch: number): string => model.touches[touch]?.touch.id ?? '';

function changed(model: Model, choice: Int32Array, columns: readonly number[]): Int32Array {
  const other = Int32Array.from(choice);
  for (const column of columns) other[model.columnTouch[column] as number] = column;
  return other;
}

/** The columns in which a touch waits, with whatever comes after it in its playbook; that breaks no limit. */
function waitingColumns(model: Model, touch: number): number[] {
  const waiting = new Set([idOf(model, touch)]);
  for (let before = 0; before < waiting.size; ) {
    before = waiting.size;
    for (const { touch: next, fixed } of model.touches)
      if (!fixed && next.after !== undefined && waiting.has(next.after)) waiting.add(next.id);
  }
  return model.touches.flatMap(({ touch: { id }, end }) => (waiting.has(id) ? [end - 1] : []));
}

/**
 * Everywhere that some touches could go by themselves without breaking a limit, and each of them waiting with what comes after it;
 * what costs least comes first.
 */
function changesOf(model: Model, choice: Int32Array, touches: readonly number[]): Change[] {
  const state = State.of(model, choice);
  const found: Change[] = [];
  for (const touch of touches) {
    const { begin = 0, end = 0 } = model.touches[touch] ?? {};
    const chosen = choice[touch] as number;
    for (let column = begin; column < end; column += 1) {
      if (column === chosen) continue;
      state.take(touch);
      state.put(column);
      if (state.exceeded([column, chosen]).length === 0)
        found.push({ touch, columns: [column], objective: state.objective() });
      state.take(touch);
      state.put(chosen);
    }
    const columns = waitingColumns(model, touch);
    if (columns.length > 1)
      found.push({ touch, columns, objective: State.of(model, changed(model, choice, columns)).objective() });
  }
  return found.sort(
    (a, b) =>
      a.objective - b.objective ||
      byText(idOf(model, a.touch), idOf(model, b.touch)) ||
      (a.columns[0] ?? 0) - (b.columns[0] ?? 0),
  );
}

/** Changes that are tried for one clash, besides letting something wait. */
const MOST_CHANGES = 16;
/** Timetables that are written for a choice, times its touches; beyond that, nothing but letting touches wait is tried. */
const MOST_WORK = 15_000;

/** The first of some changes after which fewer touches clash; those that let something wait are tried in any case. */
function firstThatHelps(
  model: Model,
  choice: Int32Array,
  changes: readonly Change[],
  open: number,
  work: { left: number },
): Int32Array | undefined {
  const isWaiting = ({ columns }: Change): boolean => (model.columnBucket[columns[0] ?? 0] ?? -1) < 0;
  const tried = changes.filter((change, place) => place < MOST_CHANGES || isWaiting(change));
  for (const { columns } of tried) {
    if (work.left <= 0) return undefined;
    work.left -= model.touches.length;
    const other = changed(model, choice, columns);
    if (timetableOf(model, other).clashes.length < open) return other;
  }
  return undefined;
}

/**
 * Lets touches wait until no two of those that stay clash, the most valuable ones staying: one after the other they are looked at, and
 * whoever clashes with one that stays already waits, with what comes after it.
 */
function waitingAll(model: Model, choice: Int32Array, clashes: readonly Clash[]): Int32Array | undefined {
  const against = new Map<number, number[]>();
  for (const { touches } of clashes)
    for (const [one, other] of [touches, touches.toReversed()] as [number, number][])
      against.set(one, [...(against.get(one) ?? []), other]);
  const loss = (touch: number): number => expectedLoss(model, choice[touch] as number);
  const order = [...against.keys()].sort(
    (a, b) =>
      Number(isFixed(model, b)) - Number(isFixed(model, a)) ||
      loss(b) - loss(a) ||
      byText(idOf(model, a), idOf(model, b)),
  );
  const stays = new Set<number>();
  const waits = new Set<number>();
  for (const touch of order) {
    const isTaken = against.get(touch)?.some((other) => stays.has(other)) === true;
    if (isTaken && !isFixed(model, touch)) waits.add(touch);
    else stays.add(touch);
  }
  if (waits.size === 0) return undefined;
  return changed(
    model,
    choice,
    [...waits].flatMap((touch) => waitingColumns(model, touch)),
  );
}

/** Touches that stand in the half-days of a clash and can go elsewhere, without those that clash themselves. */
function besides(model: Model, choice: Int32Array, { touches }: Clash): number[] {
  const halves = new Set(touches.map((touch) => model.columnBucket[choice[touch] as number]));
  return [...choice.keys()].filter(
    (touch) =>
      !isFixed(model, touch) &&
      !touches.includes(touch) &&
      halves.has(model.columnBucket[choice[touch] as number] as number),
  );
}

/**
 * A choice without an account that two people would be with at the same time, as far as touches may move. Of a clash, the touch goes
 * elsewhere, or waits, that costs the plan least there, everything else as it is and every limit kept; only where neither of the two
 * can go, something else leaves their half-days. What two fixed slots ask for is not decided here, see `placeFixed`.
 */
export function withoutDoubleBookings(model: Model, choice: Int32Array): Int32Array {
  const work = { left: MOST_WORK };
  let current = choice;
  for (;;) {
    const { clashes } = timetableOf(model, current);
    const [clash] = clashes;
    if (clash === undefined) return current;
    const own = clash.touches.filter((touch) => !isFixed(model, touch));
    const others = besides(model, current, clash);
    const helps = (touches: readonly number[]): Int32Array | undefined =>
      work.left <= 0
        ? undefined
        : firstThatHelps(model, current, changesOf(model, current, touches), clashes.length, work);
    // Where no single change helps, something waits all the same: there are fewer touches each time, so it comes to an end.
    const waiting = (): Int32Array | undefined => {
      const columns = others.flatMap((touch) => waitingColumns(model, touch));
      return waitingAll(model, current, clashes) ?? (columns.length > 0 ? changed(model, current, columns) : undefined);
    };
    const next = helps(own) ?? helps(others) ?? waiting();
    if (next === undefined) return current;
    current = next;
  }
}

/**
 * A solution whose plan, and the plain rule that it is held against, send no two people to one account at the same time. What had to
 * change is valued anew; the bound stands, for it is one on all plans, with this rule or without it.
 */
export function keptApart(model: Model, solution: Solution): Solution {
  const choice = withoutDoubleBookings(model, solution.choice);
  const baseline = withoutDoubleBookings(model, solution.baseline);
  if (choice === solution.choice && baseline === solution.baseline) return solution;
  const [objective, plain] = [State.of(model, choice).objective(), State.of(model, baseline).objective()];
  return plain < objective
    ? { ...solution, choice: baseline, objective: plain, baseline }
    : { ...solution, choice, objective, baseline };
}
