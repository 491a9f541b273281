import type { Bucket } from './buckets.ts';
import type { Candidate, Reason } from './candidates.ts';
import { minuteOf } from './local-time.ts';
import { delayDays, lossInScenario, lossOf } from './losses.ts';
import type { Model, ModelTouch, Notice } from './model.ts';
import { type Admitted, deferredDays } from './prices.ts';
import type { PlanRequest } from './request-shape.ts';
import { type Row, RowBook, type RowKind } from './rows.ts';
import { inUnits, type Scale } from './scale.ts';
import { reachable } from './tighten.ts';

/** Limits in minutes, of which every touch takes one amount or none. */
const MINUTES: ReadonlySet<RowKind> = new Set(['half-day', 'early-window', 'late-window', 'week']);

/** An array of whole numbers that grows. */
class Growing {
  private kept = new Int32Array(1_024);
  length = 0;

  push(value: number): void {
    if (this.length === this.kept.length) {
      const wider = new Int32Array(this.length * 2);
      wider.set(this.kept);
      this.kept = wider;
    }
    this.kept[this.length] = value;
    this.length += 1;
  }

  done(): Int32Array {
    return this.kept.slice(0, this.length);
  }
}

/** Collects columns, their losses and their entries. */
export class Columns {
  readonly request: PlanRequest;
  readonly buckets: readonly Bucket[];
  readonly book = new RowBook();
  private readonly multipliers: ReadonlyMap<string, readonly number[]>;
  private readonly scale: Scale;
  private readonly touches: ModelTouch[] = [];
  private readonly touch = new Growing();
  private readonly bucket = new Growing();
  private readonly loss = new Growing();
  private readonly price: number[] = [];
  private readonly from = new Growing();
  private readonly to = new Growing();
  private readonly begin = new Growing();
  private readonly row = new Growing();
  private readonly coefficient = new Growing();
  private readonly losses: number[] = [];

  constructor(
    request: PlanRequest,
    buckets: readonly Bucket[],
    multipliers: ReadonlyMap<string, readonly number[]>,
    scale: Scale,
  ) {
    this.request = request;
    this.buckets = buckets;
    this.multipliers = multipliers;
    this.scale = scale;
  }

  /** Adds a touch with all its columns; `entriesOf` gives a candidate's entries as row, coefficient, row, coefficient. */
  add(admitted: Admitted, entriesOf: (candidate: Candidate) => readonly number[]): void {
    const { touch, account, found, fixed } = admitted;
    const classes = new Map<number, number>();
    const classOf = (days: number): number => {
      const known = classes.get(days);
      if (known !== undefined) return known;
      const number = this.losses.length / this.scale.scenarios;
      const loss = lossOf(touch, account, days);
      for (const multiplier of this.multipliers.get(account.id) ?? [])
        this.losses.push(inUnits(lossInScenario(loss, multiplier), this.scale));
      classes.set(days, number);
      return number;
    };
    const column = (bucket: number, days: number, price: number, from: number, to: number): void => {
      this.touch.push(this.touches.length);
      this.bucket.push(bucket);
      this.loss.push(classOf(days));
      this.price.push(price);
      this.from.push(from);
      this.to.push(to);
      this.begin.push(this.row.length);
    };
    const { weights, previous, reps } = this.request;
    const money = (minorUnits: number): number => inUnits(minorUnits, this.scale);
    const before = this.previousSlot(touch.id);
    const moved = before === undefined ? 0 : money(weights.move) + (before.promised ? money(weights.brokenPromise) : 0);
    const begin = this.touch.length;
    for (const candidate of found) {
      const bucket = this.buckets[candidate.bucket];
      if (bucket === undefined) continue;
      const rep = reps[bucket.rep]?.id;
      const kept =
        before !== undefined && before.rep === rep && before.start >= bucket.start && before.start < bucket.end;
      const handover = account.preferredRep !== undefined && account.preferredRep !== rep ? money(weights.handover) : 0;
      const price = handover + (kept || previous === undefined ? 0 : moved);
      const [from, to] = [candidate.from - bucket.start, candidate.to - bucket.start];
      column(candidate.bucket, delayDays(touch, bucket.start), price, from, to);
      const entries = entriesOf(candidate);
      for (let at = 0; at < entries.length; at += 2) {
        this.row.push(entries[at] ?? 0);
        this.coefficient.push(entries[at + 1] ?? 0);
      }
    }
    if (!fixed) column(-1, deferredDays(this.request, touch), money(weights.deferral) + moved, 0, 0);
    this.touches.push({ touch, begin, end: this.touch.length, fixed });
  }

  private slots: Map<string, { rep: string; start: number; promised: boolean }> | undefined;

  private previousSlot(touch: string): { rep: string; start: number; promised: boolean } | undefined {
    this.slots ??= new Map(
      (this.request.previous?.slots ?? []).map(({ touch: id, rep, start, promised }) => [
        id,
        { rep, start: minuteOf(start), promised },
      ]),
    );
    return this.slots.get(touch);
  }

  /** The model, without the rows that no plan can break. */
  model(found: {
    readonly infeasible: ReadonlyMap<string, Reason>;
    readonly done: ReadonlyMap<string, string>;
    readonly notices: readonly Notice[];
  }): Model {
    this.begin.push(this.row.length);
    const entryBegin = this.begin.done();
    const entryRow = this.row.done();
    const entryCoefficient = this.coefficient.done();
    const rows = this.book.rows;
    const taken = takenOf(this.touches, rows.length, entryBegin, entryRow, entryCoefficient);
    const numbers = new Int32Array(rows.length).fill(-1);
    const kept: Row[] = [];
    for (const [number, row] of rows.entries()) {
      const sizes = taken[number] ?? [];
      if (sizes.reduce((sum, size) => sum + size, 0) <= row.high) continue;
      numbers[number] = kept.length;
      if (row.price !== undefined) kept.push({ ...row, price: inUnits(row.price, this.scale) });
      else kept.push(MINUTES.has(row.kind) ? { ...row, high: reachable(sizes, row.high) } : row);
    }
    const slim = renumber(entryBegin, entryRow, entryCoefficient, numbers);
    return {
      ...found,
      request: this.request,
      scale: this.scale,
      buckets: this.buckets,
      multipliers: this.multipliers,
      touches: this.touches,
      rows: kept,
      columnTouch: this.touch.done(),
      columnBucket: this.bucket.done(),
      columnLoss: this.loss.done(),
      columnPrice: Float64Array.from(this.price),
      columnFrom: this.from.done(),
      columnTo: this.to.done(),
      losses: Float64Array.from(this.losses),
      ...slim,
    };
  }
}

/** What each touch takes of each row at most, by row; touches that take nothing are left out. */
function takenOf(
  touches: readonly ModelTouch[],
  rows: number,
  entryBegin: Int32Array,
  entryRow: Int32Array,
  entryCoefficient: Int32Array,
): number[][] {
  const taken = Array.from({ length: rows }, (): number[] => []);
  const own = new Map<number, number>();
  for (const { begin, end } of touches) {
    own.clear();
    for (let at = entryBegin[begin] ?? 0; at < (entryBegin[end] ?? 0); at += 1) {
      const row = entryRow[at] ?? 0;
      own.set(row, Math.max(own.get(row) ?? 0, entryCoefficient[at] ?? 0));
    }
    for (const [row, size] of own) if (size > 0) taken[row]?.push(size);
  }
  return taken;
}

function renumber(
  entryBegin: Int32Array,
  entryRow: Int32Array,
  entryCoefficient: Int32Array,
  numbers: Int32Array,
): Pick<Model, 'entryBegin' | 'entryRow' | 'entryCoefficient'> {
  const begins = new Int32Array(entryBegin.length);
  const rows = new Int32Array(entryRow.length);
  const coefficients = new Int32Array(entryRow.length);
  let length = 0;
  for (let column = 0; column + 1 < entryBegin.length; column += 1) {
    begins[column] = length;
    for (let at = entryBegin[column] ?? 0; at < (entryBegin[column + 1] ?? 0); at += 1) {
      const number = numbers[entryRow[at] ?? 0] ?? -1;
      if (number < 0) continue;
      rows[length] = number;
      coefficients[length] = entryCoefficient[at] ?? 0;
      length += 1;
    }
  }
  begins[entryBegin.length - 1] = length;
  return { entryBegin: begins, entryRow: rows.slice(0, length), entryCoefficient: coefficients.slice(0, length) };
}
