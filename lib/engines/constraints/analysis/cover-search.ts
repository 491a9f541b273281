import type { Box, Point, Sizes } from './boxes.ts';
import type { Cells } from './cells.ts';
import { helpful, type Piece, scratchFor } from './helpful-pieces.ts';
import { type Meter, spend } from './regions.ts';

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

/** Sets the bits of a range, a word at a time. */
function setBits(masks: number[], at: number, first: number, last: number): void {
  for (let word = first >>> 5; word <= last >>> 5; word++) {
    const low = Math.max(first - word * 32, 0);
    const high = Math.min(last - word * 32, 31);
    masks[at + word] = (masks[at + word] as number) | ((0xffffffff >>> (31 - high + low)) << low);
  }
}

/**
 * The search for a point of one box that no piece holds. Within the box, each axis has only as many cells as the pieces
 * tell apart; sets of them are bits, so that a step of the search is a few words of arithmetic for each piece. Words are
 * signed numbers in plain arrays: searches are many and small, and typed arrays cost more to make than to use.
 */
export class CoverSearch {
  /** A point of the box; where the search says nothing about an axis, the point's cell will do. */
  readonly #start: readonly number[];
  readonly #owners: number[] = [];
  readonly #lanes: Lane[] = [];
  readonly #words: number;
  /** Bits of all lanes: the whole box, then each piece. */
  readonly #masks: number[] = [];
  /** For each piece, the lanes that it restricts. */
  readonly #restricted: number[] = [];
  readonly #alive: number[][] = [];
  /** By depth: the part of the box that is looked at. */
  readonly #parts: number[][] = [];
  /** What the pieces have of one lane; of use within one step only. */
  readonly #union: number[] = [];

  constructor(box: Box, pieces: readonly Piece[], sizes: Sizes) {
    const scratch = scratchFor(sizes);
    const { pieces: meeting, restrictors, start } = helpful(box, pieces, sizes, scratch);
    this.#start = start;
    for (const { owner } of meeting) {
      this.#owners.push(owner);
      this.#restricted.push(0);
    }
    let words = 0;
    // Which lane, which piece, the ranges of classes that the piece has: their count, then first and last of each.
    const sets: number[] = [];
    for (let axis = 0; axis < sizes.length; axis++) {
      const restricting = restrictors[axis] as readonly number[];
      if (restricting.length === 0) continue;
      const own = box[axis] ?? (scratch.whole[axis] as Cells);
      const classOf = scratch.cells;
      const lows = classesOf(own, axis, restricting, meeting, classOf);
      for (const at of restricting) addRanges(sets, this.#lanes.length, at, own, axis, meeting, classOf);
      const from = words;
      words += (lows.length + 31) >>> 5;
      this.#lanes.push({ axis, from, to: words, lows });
      classOf.fill(0, own[0], (own[own.length - 1] as number) + 2);
    }
    this.#words = words;
    this.#fill(sets);
  }

  #fill(sets: readonly number[]): void {
    const masks = this.#masks;
    const words = this.#words;
    for (let word = 0; word < words; word++) masks.push(0);
    for (const { from, lows } of this.#lanes) setBits(masks, from, 0, lows.length - 1);
    for (let at = words; at < (this.#owners.length + 1) * words; at++) masks.push(masks[at - words] as number);
    for (let i = 0; i < sets.length; ) {
      const lane = sets[i] as number;
      const at = sets[i + 1] as number;
      const { from, to } = this.#lanes[lane] as Lane;
      const begin = (at + 1) * words;
      for (let word = from; word < to; word++) masks[begin + word] = 0;
      const end = i + 3 + 2 * (sets[i + 2] as number);
      for (i += 3; i < end; i += 2) setBits(masks, begin + from, sets[i] as number, sets[i + 1] as number);
      this.#restricted[at] = (this.#restricted[at] as number) | (1 << Math.min(lane, MOST_LANES));
    }
  }

  /**
   * A point that none of the kept owners' pieces holds; none when they hold the whole box.
   * @param used takes the owners whose pieces were needed to see that
   * @throws MeterSpent when it takes more steps than the meter allows
   */
  free(keep: (owner: number) => boolean, meter: Meter, used?: Set<number>): Point | undefined {
    const alive: number[] = [];
    for (let at = 0; at < this.#owners.length; at++) if (keep(this.#owners[at] as number)) alive.push(at);
    const part = this.#partAt(0);
    for (let word = 0; word < this.#words; word++) part[word] = this.#masks[word] as number;
    return this.#search(0, part, alive, alive.length, meter, used);
  }

  #partAt(depth: number): number[] {
    this.#parts[depth] ??= [];
    return this.#parts[depth];
  }

  #meets(part: readonly number[], piece: number): boolean {
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
  #leaves(part: readonly number[], piece: number, { from, to }: Lane): boolean {
    const start = (piece + 1) * this.#words;
    for (let word = from; word < to; word++)
      if (((part[word] as number) & ~(this.#masks[start + word] as number)) !== 0) return true;
    return false;
  }

  /** Drops the pieces that cannot help, as `helpful` does, and narrows the part to what they leave out. */
  #drop(part: number[], alive: number[], size: number): number {
    const masks = this.#masks;
    const lanes = this.#lanes;
    if (lanes.length > MOST_LANES) return size;
    let count = size;
    for (let at = 0, settled = 0; settled < lanes.length && count > 0; at = (at + 1) % lanes.length) {
      settled += 1;
      const lane = lanes[at] as Lane;
      const union = this.#union;
      for (let word = lane.from; word < lane.to; word++) union[word] = 0;
      let restrictors = 0;
      for (let i = 0; i < count; i++) {
        const piece = alive[i] as number;
        if (((this.#restricted[piece] as number) & (1 << at)) === 0 || !this.#leaves(part, piece, lane)) continue;
        restrictors += 1;
        const start = (piece + 1) * this.#words;
        for (let word = lane.from; word < lane.to; word++)
          union[word] = (union[word] as number) | (masks[start + word] as number);
      }
      if (restrictors === 0) continue;
      let left = 0;
      for (let word = lane.from; word < lane.to; word++) left |= (part[word] as number) & ~(union[word] as number);
      if (left === 0) continue;
      let kept = 0;
      for (let i = 0; i < count; i++) {
        const piece = alive[i] as number;
        if (!this.#leaves(part, piece, lane)) alive[kept++] = piece;
      }
      count = kept;
      for (let word = lane.from; word < lane.to; word++) part[word] = (part[word] as number) & ~(union[word] as number);
      settled = 0;
    }
    return count;
  }

  #search(
    depth: number,
    part: number[],
    before: readonly number[],
    size: number,
    meter: Meter,
    used: Set<number> | undefined,
  ): Point | undefined {
    spend(meter, 1);
    this.#alive[depth] ??= [];
    const alive = this.#alive[depth] as number[];
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
      const child = this.#partAt(depth + 1);
      for (let word = 0; word < this.#words; word++) child[word] = part[word] as number;
      for (let word = lane.from; word < lane.to; word++) {
        child[word] = (part[word] as number) & ~(masks[start + word] as number);
        part[word] = (part[word] as number) & (masks[start + word] as number);
      }
      const free = this.#search(depth + 1, child, alive, count, meter, used);
      if (free !== undefined) return free;
    }
    return undefined;
  }

  #pointOf(part: readonly number[]): Point {
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

/**
 * Cuts the cells of an axis where a restricting piece begins or ends; classes ascend.
 * @param classOf zeros, which take the class of each cell of `own`
 * @returns the lowest cell of each class
 */
function classesOf(
  own: Cells,
  axis: number,
  restricting: readonly number[],
  pieces: readonly Piece[],
  classOf: Int32Array,
): readonly number[] {
  const [first, last] = [own[0] as number, own[own.length - 1] as number];
  for (const at of restricting) {
    const cells = (pieces[at] as Piece).box[axis] as Cells;
    for (let i = 0; i < cells.length; i += 2) {
      const low = cells[i] as number;
      const after = (cells[i + 1] as number) + 1;
      if (low > first && low <= last) classOf[low] = 1;
      if (after > first && after <= last) classOf[after] = 1;
    }
  }
  const lows: number[] = [];
  for (let i = 0; i < own.length; i += 2)
    for (let cell = own[i] as number; cell <= (own[i + 1] as number); cell++) {
      if (cell === own[i] || classOf[cell] === 1) lows.push(cell);
      classOf[cell] = lows.length - 1;
    }
  return lows;
}

/** Adds what a piece has of an axis of the box, as ranges of classes. */
function addRanges(
  sets: number[],
  lane: number,
  at: number,
  own: Cells,
  axis: number,
  pieces: readonly Piece[],
  classOf: Int32Array,
): void {
  const head = sets.push(lane, at, 0) - 1;
  const cells = (pieces[at] as Piece).box[axis] as Cells;
  for (let i = 0, j = 0; i < own.length && j < cells.length; ) {
    const first = Math.max(own[i] as number, cells[j] as number);
    const last = Math.min(own[i + 1] as number, cells[j + 1] as number);
    if (first <= last) {
      sets.push(classOf[first] as number, classOf[last] as number);
      sets[head] = (sets[head] as number) + 1;
    }
    if ((own[i + 1] as number) < (cells[j + 1] as number)) i += 2;
    else j += 2;
  }
}
