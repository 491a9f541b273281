import type { Box, Point, Sizes } from './boxes.ts';
import { type Cells, cellsMeet, cellsWithin, intersectCells } from './cells.ts';
import { type Meter, spend } from './regions.ts';

/** A box of a set of inputs, and whose it is. */
export interface Piece {
  readonly box: Box;
  readonly owner: number;
}

/** A piece that meets the box, and the axes on which it does not hold all of it. */
interface Meeting {
  readonly piece: Piece;
  readonly axes: readonly number[];
}

/** One axis of a search: the cells of the box in classes that no piece tells apart, as bits of so many words. */
interface Lane {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  /** The lowest cell of each class. */
  readonly lows: readonly number[];
}

/** The search keeps which lanes a piece restricts as bits of one word. */
const MOST_LANES = 31;

function meetingPieces(box: Box, pieces: readonly Piece[], axes: number): Meeting[] {
  const found: Meeting[] = [];
  for (const piece of pieces) {
    const restricted: number[] = [];
    let isMeeting = true;
    for (let axis = 0; axis < axes && isMeeting; axis++) {
      const cells = piece.box[axis];
      if (cells === undefined) continue;
      const own = box[axis];
      if (own === undefined) restricted.push(axis);
      else if (!cellsMeet(own, cells)) isMeeting = false;
      else if (!cellsWithin(own, cells)) restricted.push(axis);
    }
    if (!isMeeting) continue;
    if (restricted.length === 0) return [{ piece, axes: restricted }];
    found.push({ piece, axes: restricted });
  }
  return found;
}

/** The lowest cell of `own` that none of these sets has. */
function uncovered(own: Cells, sets: readonly Cells[], size: number, scratch: Int32Array): number | undefined {
  scratch.fill(0, 0, size + 1);
  for (const cells of sets)
    for (let i = 0; i < cells.length; i += 2) {
      scratch[cells[i] as number] = (scratch[cells[i] as number] as number) + 1;
      scratch[(cells[i + 1] as number) + 1] = (scratch[(cells[i + 1] as number) + 1] as number) - 1;
    }
  let [depth, next] = [0, 0];
  for (let i = 0; i < own.length; i += 2)
    for (const last = own[i + 1] as number; next <= last; next++) {
      depth += scratch[next] as number;
      if (depth === 0 && next >= (own[i] as number)) return next;
    }
  return undefined;
}

/**
 * Where pieces that restrict an axis leave one of its cells out, none of them can help to hold the whole box: each point has
 * a neighbour in that cell, which only pieces that do not look at the axis can hold, and those hold the point as well.
 */
function helpful(box: Box, meeting: readonly Meeting[], sizes: Sizes, point: number[]): readonly Meeting[] {
  const scratch = new Int32Array(sizes.reduce((a, b) => Math.max(a, b), 0) + 1);
  let left = meeting;
  for (let axis = 0, settled = 0; settled < sizes.length && left.length > 0; axis = (axis + 1) % sizes.length) {
    settled += 1;
    const sets: Cells[] = [];
    for (const { piece, axes } of left) if (axes.includes(axis)) sets.push(piece.box[axis] as Cells);
    if (sets.length === 0) continue;
    const size = sizes[axis] as number;
    const cell = uncovered(box[axis] ?? [0, size - 1], sets, size, scratch);
    if (cell === undefined) continue;
    point[axis] = cell;
    left = left.filter(({ axes }) => !axes.includes(axis));
    settled = 0;
  }
  return left;
}

function setBits(masks: Uint32Array, at: number, first: number, last: number): void {
  for (let bit = first; bit <= last; bit++)
    masks[at + (bit >>> 5)] = (masks[at + (bit >>> 5)] as number) | (1 << (bit & 31));
}

/**
 * The search for a point of one box that no piece holds. Within the box, each axis has only as many cells as the pieces
 * tell apart; sets of them are bits, so that a step of the search is a few words of arithmetic for each piece.
 */
export class CoverSearch {
  /** A point of the box; where the search says nothing about an axis, the point's cell will do. */
  readonly #start: readonly number[];
  readonly #owners: readonly number[];
  readonly #lanes: readonly Lane[];
  readonly #words: number;
  /** Bits of all lanes: the whole box, then each piece. */
  readonly #masks: Uint32Array;
  /** For each piece, the lanes that it restricts. */
  readonly #restricted: Int32Array;
  readonly #alive: Int32Array[] = [];

  constructor(box: Box, pieces: readonly Piece[], sizes: Sizes) {
    const start = box.map((cells) => cells?.[0] ?? 0);
    const meeting = helpful(box, meetingPieces(box, pieces, sizes.length), sizes, start);
    this.#start = start;
    this.#owners = meeting.map(({ piece }) => piece.owner);
    const lanes: Lane[] = [];
    const sets: { lane: number; at: number; ranges: number[] }[] = [];
    let words = 0;
    for (let axis = 0; axis < sizes.length; axis++) {
      const restrictors: { cells: Cells; at: number }[] = [];
      meeting.forEach(({ piece, axes }, at) => {
        if (axes.includes(axis)) restrictors.push({ cells: piece.box[axis] as Cells, at });
      });
      if (restrictors.length === 0) continue;
      const own = box[axis] ?? [0, (sizes[axis] as number) - 1];
      const { classOf, lows } = classesOf(own, restrictors);
      const from = words;
      words += (lows.length + 31) >>> 5;
      for (const { cells, at } of restrictors) {
        const ranges = intersectCells(own, cells).map((cell) => classOf[cell - (own[0] as number)] as number);
        sets.push({ lane: lanes.length, at, ranges });
      }
      lanes.push({ axis, from, to: words, lows });
    }
    this.#lanes = lanes;
    this.#words = words;
    this.#masks = new Uint32Array((meeting.length + 1) * words);
    this.#restricted = new Int32Array(meeting.length);
    for (const { from, lows } of lanes) setBits(this.#masks, from, 0, lows.length - 1);
    for (let at = 1; at <= meeting.length; at++) this.#masks.copyWithin(at * words, 0, words);
    for (const { lane, at, ranges } of sets) {
      const { from, to } = lanes[lane] as Lane;
      const begin = (at + 1) * words;
      this.#masks.fill(0, begin + from, begin + to);
      for (let i = 0; i < ranges.length; i += 2)
        setBits(this.#masks, begin + from, ranges[i] as number, ranges[i + 1] as number);
      this.#restricted[at] = (this.#restricted[at] as number) | (1 << Math.min(lane, MOST_LANES));
    }
  }

  /**
   * A point that none of the kept owners' pieces holds; none when they hold the whole box.
   * @param used takes the owners whose pieces were needed to see that
   * @throws MeterSpent when it takes more steps than the meter allows
   */
  free(keep: (owner: number) => boolean, meter: Meter, used?: Set<number>): Point | undefined {
    const alive = new Int32Array(this.#owners.length);
    let count = 0;
    for (let at = 0; at < this.#owners.length; at++) if (keep(this.#owners[at] as number)) alive[count++] = at;
    return this.#search(0, this.#masks.slice(0, this.#words), alive, count, meter, used);
  }

  #meets(part: Uint32Array, piece: number): boolean {
    const masks = this.#masks;
    const start = (piece + 1) * this.#words;
    for (const { from, to } of this.#lanes) {
      let inside = 0;
      for (let word = from; word < to; word++) inside |= (part[word] as number) & (masks[start + word] as number);
      if (inside === 0) return false;
    }
    return true;
  }

  /** Whether a piece leaves out some of a part on a lane. */
  #leaves(part: Uint32Array, piece: number, { from, to }: Lane): boolean {
    const start = (piece + 1) * this.#words;
    for (let word = from; word < to; word++)
      if (((part[word] as number) & ~(this.#masks[start + word] as number)) !== 0) return true;
    return false;
  }

  /** Drops the pieces that cannot help, as `helpful` does, and narrows the part to what they leave out. */
  #drop(part: Uint32Array, alive: Int32Array, size: number): number {
    const masks = this.#masks;
    const lanes = this.#lanes;
    if (lanes.length > MOST_LANES) return size;
    let count = size;
    for (let at = 0, settled = 0; settled < lanes.length && count > 0; at = (at + 1) % lanes.length) {
      settled += 1;
      const lane = lanes[at] as Lane;
      const union = new Uint32Array(lane.to - lane.from);
      let restrictors = 0;
      for (let i = 0; i < count; i++) {
        const piece = alive[i] as number;
        if (((this.#restricted[piece] as number) & (1 << at)) === 0 || !this.#leaves(part, piece, lane)) continue;
        restrictors += 1;
        const start = (piece + 1) * this.#words + lane.from;
        for (let word = 0; word < union.length; word++)
          union[word] = (union[word] as number) | (masks[start + word] as number);
      }
      if (restrictors === 0) continue;
      let left = 0;
      for (let word = 0; word < union.length; word++)
        left |= (part[lane.from + word] as number) & ~(union[word] as number);
      if (left === 0) continue;
      let kept = 0;
      for (let i = 0; i < count; i++) {
        const piece = alive[i] as number;
        if (!this.#leaves(part, piece, lane)) alive[kept++] = piece;
      }
      count = kept;
      for (let word = 0; word < union.length; word++)
        part[lane.from + word] = (part[lane.from + word] as number) & ~(union[word] as number);
      settled = 0;
    }
    return count;
  }

  #search(
    depth: number,
    part: Uint32Array,
    before: Int32Array,
    size: number,
    meter: Meter,
    used: Set<number> | undefined,
  ): Point | undefined {
    spend(meter, 1);
    this.#alive[depth] ??= new Int32Array(this.#owners.length);
    const alive = this.#alive[depth] as Int32Array;
    let count = 0;
    for (let i = 0; i < size; i++) {
      const piece = before[i] as number;
      if (this.#meets(part, piece)) alive[count++] = piece;
    }
    count = this.#drop(part, alive, count);
    if (count === 0) return this.#pointOf(part);
    let best = -1;
    let fewest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < count && fewest > 0; i++) {
      let restricts = 0;
      for (const lane of this.#lanes) if (this.#leaves(part, alive[i] as number, lane)) restricts += 1;
      if (restricts < fewest) {
        best = alive[i] as number;
        fewest = restricts;
      }
    }
    used?.add(this.#owners[best] as number);
    const masks = this.#masks;
    const start = (best + 1) * this.#words;
    for (const lane of this.#lanes) {
      if (!this.#leaves(part, best, lane)) continue;
      const child = part.slice();
      for (let word = lane.from; word < lane.to; word++) {
        child[word] = (part[word] as number) & ~(masks[start + word] as number);
        part[word] = (part[word] as number) & (masks[start + word] as number);
      }
      const free = this.#search(depth + 1, child, alive, count, meter, used);
      if (free !== undefined) return free;
    }
    return undefined;
  }

  #pointOf(part: Uint32Array): Point {
    const point = [...this.#start];
    for (const { axis, from, to, lows } of this.#lanes)
      for (let word = from; word < to; word++) {
        const bits = part[word] as number;
        if (bits === 0) continue;
        point[axis] = lows[(word - from) * 32 + 31 - Math.clz32(bits & -bits)] as number;
        break;
      }
    return point;
  }
}

/** Cuts the cells of an axis where a restricting piece begins or ends; classes ascend, cells outside of `own` have none. */
function classesOf(own: Cells, restrictors: readonly { readonly cells: Cells }[]) {
  const first = own[0] as number;
  const length = (own[own.length - 1] as number) - first + 1;
  const begins = new Uint8Array(length + 1);
  for (const { cells } of restrictors)
    for (let i = 0; i < cells.length; i += 2) {
      const low = (cells[i] as number) - first;
      const after = (cells[i + 1] as number) + 1 - first;
      if (low > 0 && low < length) begins[low] = 1;
      if (after > 0 && after < length) begins[after] = 1;
    }
  const classOf = new Int32Array(length);
  const lows: number[] = [];
  for (let i = 0; i < own.length; i += 2)
    for (let cell = own[i] as number; cell <= (own[i + 1] as number); cell++) {
      if (cell === own[i] || begins[cell - first] === 1) lows.push(cell);
      classOf[cell - first] = lows.length - 1;
    }
  return { classOf, lows };
}
