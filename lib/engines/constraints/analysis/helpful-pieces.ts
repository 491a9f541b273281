import type { Box, Sizes } from './boxes.ts';
import { type Cells, lieOf } from './cells.ts';

/** A box of a set of inputs, and whose it is. */
export interface Piece {
  readonly box: Box;
  readonly owner: number;
}

/** The pieces that can help to hold a box, and where to look for a point that the others leave out. */
export interface Helpful {
  readonly pieces: readonly Piece[];
  /** For each axis, the pieces that do not have all cells of the box on it, as places in `pieces`; ascending. */
  readonly restrictors: readonly (readonly number[])[];
  /** A point of the box; on axes that nothing restricts any more, none of the dropped pieces has its cell. */
  readonly start: readonly number[];
}

/** What setting up a search takes; one for each space, because searches are many, and set up one after the other. */
export interface Scratch {
  /** Zeros, one more than the largest axis has cells. Whoever uses them leaves zeros behind. */
  readonly cells: Int32Array;
  /** The whole of each axis. */
  readonly whole: readonly Cells[];
  /** Bits of the axes that a piece restricts, in so many words for each piece. */
  readonly restricted: number[];
  readonly isDropped: boolean[];
}

const scratches = new WeakMap<Sizes, Scratch>();

export function scratchFor(sizes: Sizes): Scratch {
  const known = scratches.get(sizes);
  if (known !== undefined) return known;
  const scratch = {
    cells: new Int32Array(sizes.reduce((a, b) => Math.max(a, b), 0) + 1),
    whole: sizes.map((size): Cells => [0, size - 1]),
    restricted: [],
    isDropped: [],
  };
  scratches.set(sizes, scratch);
  return scratch;
}

/** Adds what a set has of the cells from `low` to `high` to a count of depths: one more where it begins, one less behind. */
function addDepths(cells: Cells, low: number, high: number, depths: Int32Array): void {
  for (let i = 0; i < cells.length; i += 2) {
    const first = cells[i] as number;
    const last = cells[i + 1] as number;
    if (first > high || last < low) continue;
    const from = first < low ? low : first;
    const after = last > high ? high + 1 : last + 1;
    depths[from] = (depths[from] as number) + 1;
    depths[after] = (depths[after] as number) - 1;
  }
}

/** The lowest cell of `own` at which the depth is zero. Clears the depths. */
function firstAtZero(own: Cells, depths: Int32Array): number | undefined {
  const low = own[0] as number;
  let depth = 0;
  let next = low;
  let found: number | undefined;
  for (let i = 0; i < own.length && found === undefined; i += 2)
    for (const last = own[i + 1] as number; next <= last; next++) {
      depth += depths[next] as number;
      if (depth === 0 && next >= (own[i] as number)) {
        found = next;
        break;
      }
    }
  depths.fill(0, low, (own[own.length - 1] as number) + 2);
  return found;
}

/**
 * Drops the pieces that cannot help to hold a whole box. Where pieces that restrict an axis leave one of its cells out, none
 * of them can: each point has a neighbour in that cell, which only pieces that do not look at the axis can hold, and those
 * hold the point as well. A piece that holds the whole box is enough by itself.
 */
export function helpful(box: Box, given: readonly Piece[], sizes: Sizes, scratch: Scratch): Helpful {
  const { cells: depths, whole, restricted, isDropped } = scratch;
  const start = box.map((cells) => cells?.[0] ?? 0);
  const axes = sizes.length;
  const words = (axes + 31) >>> 5;
  const pieces: Piece[] = [];
  for (const piece of given) {
    const from = pieces.length * words;
    for (let word = 0; word < words; word++) restricted[from + word] = 0;
    let isMeeting = true;
    let isAround = true;
    for (let axis = 0; axis < axes && isMeeting; axis++) {
      const cells = piece.box[axis];
      if (cells === undefined) continue;
      const mine = box[axis];
      const lie = mine === undefined ? 'across' : lieOf(mine, cells);
      if (lie === 'apart') isMeeting = false;
      if (lie !== 'across') continue;
      isAround = false;
      restricted[from + (axis >>> 5)] = (restricted[from + (axis >>> 5)] as number) | (1 << (axis & 31));
    }
    if (!isMeeting) continue;
    if (isAround) return { pieces: [piece], restrictors: sizes.map(() => []), start };
    isDropped[pieces.length] = false;
    pieces.push(piece);
  }
  const restricts = (at: number, axis: number): boolean =>
    isDropped[at] === false && ((restricted[at * words + (axis >>> 5)] as number) & (1 << (axis & 31))) !== 0;
  let left = pieces.length;
  // How many pieces restricted an axis when it was last looked at, and had all of its cells together.
  const seen = sizes.map(() => 0);
  for (let axis = 0, settled = 0; settled < axes && left > 0; axis = (axis + 1) % axes) {
    settled += 1;
    const own = box[axis] ?? (whole[axis] as Cells);
    const low = own[0] as number;
    const high = own[own.length - 1] as number;
    let count = 0;
    for (let at = 0; at < pieces.length; at++) if (restricts(at, axis)) count += 1;
    if (count === 0 || count === seen[axis]) continue;
    seen[axis] = count;
    for (let at = 0; at < pieces.length; at++)
      if (restricts(at, axis)) addDepths((pieces[at] as Piece).box[axis] as Cells, low, high, depths);
    const cell = firstAtZero(own, depths);
    if (cell === undefined) continue;
    start[axis] = cell;
    for (let at = 0; at < pieces.length; at++) if (restricts(at, axis)) isDropped[at] = true;
    left -= count;
    settled = 0;
  }
  const restrictors: number[][] = sizes.map(() => []);
  const rest: Piece[] = [];
  for (let at = 0; at < pieces.length && left > 0; at++) {
    if (isDropped[at] === true) continue;
    for (let axis = 0; axis < axes; axis++) if (restricts(at, axis)) (restrictors[axis] as number[]).push(rest.length);
    rest.push(pieces[at] as Piece);
  }
  return { pieces: rest, restrictors, start };
}
