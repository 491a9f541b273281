import type { Random } from '../random.ts';
import type { Model } from './model.ts';
import { State } from './state.ts';

/** Columns of each touch that are worth a look, the most promising first. */
const SHORT_LIST = 48;
/** A change is accepted when the plan is no worse than it was so many changes ago. */
const MEMORY = 40;

/** The most promising columns of each touch by a measure, always with deferral. */
function shortLists(model: Model, measure: Float64Array): Int32Array[] {
  return model.touches.map(({ begin, end, fixed }) => {
    const columns = Int32Array.from({ length: end - begin }, (_, at) => begin + at);
    columns.sort((a, b) => (measure[a] as number) - (measure[b] as number) || a - b);
    const kept = columns.slice(0, SHORT_LIST);
    if (!fixed && !kept.includes(end - 1)) kept[kept.length - 1] = end - 1;
    return kept;
  });
}

/** The column of a touch in a bucket, or -1; columns of a touch stand in the order of their buckets. */
function columnIn(model: Model, touch: number, bucket: number): number {
  const { begin = 0, end = 0, fixed = false } = model.touches[touch] ?? {};
  let low = begin;
  let high = (fixed ? end : end - 1) - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = model.columnBucket[middle] as number;
    if (at === bucket) return middle;
    if (at < bucket) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/**
 * Local search over whole plans with a fixed number of changes: a touch goes elsewhere, two touches exchange their half-days, or
 * one pushes another one out, which goes to the best place that is left. Late acceptance decides (E. Burke and Y. Bykov, "The late
 * acceptance hill-climbing heuristic", EJOR 258 (2017)): it needs neither temperature nor floating-point numbers.
 */
export class LocalSearch {
  private readonly model: Model;
  private readonly state: State;
  private readonly lists: readonly Int32Array[];
  private readonly members: Int32Array[];
  private readonly sizes: Int32Array;
  private readonly places: Int32Array;
  private readonly random: Random;
  private readonly movable: Int32Array;
  private current: number;
  private best: number;
  private bestChoice: Int32Array;
  moves = 0;

  /** @param measure what a column costs by the prices of its limits; small is promising. */
  constructor(model: Model, choice: Int32Array, measure: Float64Array, random: Random) {
    this.model = model;
    this.random = random;
    this.state = State.of(model, choice);
    this.lists = shortLists(model, measure);
    this.sizes = new Int32Array(model.buckets.length);
    this.members = model.buckets.map(() => new Int32Array(8));
    this.places = new Int32Array(model.touches.length);
    this.movable = Int32Array.from(model.touches.flatMap(({ fixed }, touch) => (fixed ? [] : [touch])));
    for (const column of choice) this.enter(column);
    this.current = this.state.objective();
    this.best = this.current;
    this.bestChoice = Int32Array.from(choice);
  }

  private enter(column: number): void {
    const bucket = this.model.columnBucket[column] as number;
    if (bucket < 0) return;
    const touch = this.model.columnTouch[column] as number;
    const size = this.sizes[bucket] as number;
    let list = this.members[bucket] as Int32Array;
    if (size === list.length) {
      const wider = new Int32Array(size * 2);
      wider.set(list);
      list = wider;
      this.members[bucket] = wider;
    }
    list[size] = touch;
    this.places[touch] = size;
    this.sizes[bucket] = size + 1;
  }

  private leave(column: number): void {
    const bucket = this.model.columnBucket[column] as number;
    if (bucket < 0) return;
    const touch = this.model.columnTouch[column] as number;
    const list = this.members[bucket] as Int32Array;
    const last = (this.sizes[bucket] as number) - 1;
    const moved = list[last] as number;
    list[this.places[touch] as number] = moved;
    this.places[moved] = this.places[touch] as number;
    this.sizes[bucket] = last;
  }

  private set(column: number): number {
    const touch = this.model.columnTouch[column] as number;
    const before = this.state.choice[touch] as number;
    this.state.take(touch);
    this.leave(before);
    this.state.put(column);
    this.enter(column);
    return before;
  }

  /** Tries to bring some touches into other columns at once; keeps it when the limits hold and the value is below the bar. */
  private attempt(columns: readonly number[], bar: number): boolean {
    const before = columns.map((column) => this.set(column));
    if (columns.every((column) => this.state.holds(column)) && before.every((column) => this.state.holds(column))) {
      const value = this.state.objective();
      if (value <= bar || value <= this.current) {
        this.current = value;
        return true;
      }
    }
    for (let at = before.length - 1; at >= 0; at -= 1) this.set(before[at] as number);
    return false;
  }

  private pick(touch: number): number {
    const list = this.lists[touch] as Int32Array;
    // The smaller of two draws: promising columns come up more often.
    return list[Math.min(this.random.below(list.length), this.random.below(list.length))] as number;
  }

  private relocate(touch: number, bar: number): boolean {
    const column = this.pick(touch);
    return column !== this.state.choice[touch] && this.attempt([column], bar);
  }

  private exchange(touch: number, bar: number): boolean {
    const bucket = this.model.columnBucket[this.pick(touch)] as number;
    if (bucket < 0 || this.sizes[bucket] === 0) return false;
    const other = (this.members[bucket] as Int32Array)[this.random.below(this.sizes[bucket] as number)] as number;
    if (other === touch || this.model.touches[other]?.fixed === true) return false;
    const here = columnIn(this.model, touch, bucket);
    const from = this.model.columnBucket[this.state.choice[touch] as number] as number;
    const there = from < 0 ? (this.model.touches[other]?.end ?? 0) - 1 : columnIn(this.model, other, from);
    return here >= 0 && there >= 0 && here !== this.state.choice[touch] && this.attempt([here, there], bar);
  }

  private push(touch: number, bar: number): boolean {
    const column = this.pick(touch);
    const bucket = this.model.columnBucket[column] as number;
    if (bucket < 0 || column === this.state.choice[touch] || this.sizes[bucket] === 0) return false;
    const other = (this.members[bucket] as Int32Array)[this.random.below(this.sizes[bucket] as number)] as number;
    if (other === touch || this.model.touches[other]?.fixed === true) return false;
    const beforeTouch = this.set(column);
    const beforeOther = this.state.choice[other] as number;
    const list = this.lists[other] as Int32Array;
    for (let rank = 0; rank < list.length; rank += 1) {
      const elsewhere = list[rank] as number;
      if (elsewhere === beforeOther) continue;
      this.set(elsewhere);
      this.moves += 1;
      const holds =
        this.state.holds(elsewhere) &&
        this.state.holds(column) &&
        this.state.holds(beforeTouch) &&
        this.state.holds(beforeOther);
      if (!holds) continue;
      const value = this.state.objective();
      if (value <= bar || value <= this.current) {
        this.current = value;
        return true;
      }
      // Places further down the list are dearer.
      break;
    }
    this.set(beforeOther);
    this.set(beforeTouch);
    return false;
  }

  /** Looks at so many changes, and answers the best plan seen. */
  run(moves: number): { readonly choice: Int32Array; readonly objective: number } {
    const history = new Float64Array(MEMORY).fill(this.current);
    const stop = this.moves + moves;
    while (this.moves < stop && this.movable.length > 0) {
      const touch = this.movable[this.random.below(this.movable.length)] as number;
      const slot = this.moves % MEMORY;
      const bar = history[slot] as number;
      const kind = this.random.below(8);
      if (kind < 3) this.relocate(touch, bar);
      else if (kind < 6) this.exchange(touch, bar);
      else this.push(touch, bar);
      this.moves += 1;
      history[slot] = this.current;
      if (this.current < this.best) {
        this.best = this.current;
        this.bestChoice = Int32Array.from(this.state.choice);
      }
    }
    return { choice: this.bestChoice, objective: this.best };
  }
}
