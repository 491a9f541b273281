import type { Box, Sizes } from './boxes.ts';
import { type Cells, lieOf } from './cells.ts';

/** A box of a set of inputs, and whose it is. */
export interface Piece {
  readonly box: Box;
  readonly owner: number;
  /**
   * The axes on which the box leaves something out, ascending: of each the axis, how many ranges of cells the box has there,
   * and first and last of each. One array, because boxes are read far more often than made.
   */
  readonly flat: readonly number[];
}

export function pieceOf(box: Box, owner: number): Piece {
  const flat: number[] = [];
  for (let axis = 0; axis < box.length; axis++) {
    const cells = box[axis];
    if (cells === undefined) continue;
    flat.push(axis, cells.length / 2);
    for (let i = 0; i < cells.length; i++) flat.push(cells[i] as number);
  }
  return { box, owner, flat };
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
  /** Pieces that meet the box, and for each of them where its restrictions begin. */
  readonly meeting: Piece[];
  readonly begins: number[];
  /** Restrictions, piece by piece: the axis of each, the place of its piece, and where its ranges stand in `flat`. */
  readonly axes: number[];
  readonly places: number[];
  readonly offsets: number[];
  /** The restrictions of an axis, how many of them are left, and how many a look at it saw. */
  readonly byAxis: readonly number[][];
  readonly left: Int32Array;
  readonly seen: Int32Array;
  /** By place: the piece cannot help; afterwards the new place of one that can. */
  readonly isDropped: boolean[];
  readonly kept: number[];
}

const scratches = new WeakMap<Sizes, Scratch>();

export function scratchFor(sizes: Sizes): Scratch {
  const known = scratches.get(sizes);
  if (known !== undefined) return known;
  const scratch: Scratch = {
    cells: new Int32Array(sizes.reduce((a, b) => Math.max(a, b), 0) + 1),
    whole: sizes.map((size): Cells => [0, size - 1]),
    meeting: [],
    begins: [],
    axes: [],
    places: [],
    offsets: [],
    byAxis: sizes.map(() => []),
    left: new Int32Array(sizes.length),
    seen: new Int32Array(sizes.length),
    isDropped: [],
    kept: [],
  };
  scratches.set(sizes, scratch);
  return scratch;
}

/** Adds what a piece has of the cells from `low` to `high` to a count of depths: one more where it begins, one less behind. */
function addDepths(flat: readonly number[], at: number, low: number, high: number, depths: Int32Array): void {
  const end = at + 2 * (flat[at - 1] as number);
  for (let i = at; i < end; i += 2) {
    const first = flat[i] as number;
    const last = flat[i + 1] as number;
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

/** The lowest cell of `own` that the pieces of none of these restrictions have. */
function firstByDepths(own: Cells, restrictions: readonly number[], count: number, scratch: Scratch) {
  const { meeting, places, offsets, cells: depths } = scratch;
  const low = own[0] as number;
  const high = own[own.length - 1] as number;
  for (let i = 0; i < count; i++) {
    const each = restrictions[i] as number;
    const { flat } = meeting[places[each] as number] as Piece;
    addDepths(flat, offsets[each] as number, low, high, depths);
  }
  return firstAtZero(own, depths);
}

/** Up to so many pieces are looked through again for each cell that one of them holds, instead of counting depths. */
const FEW = 24;

/** As `firstByDepths`. */
function firstHeldByNone(own: Cells, restrictions: readonly number[], count: number, scratch: Scratch) {
  const { meeting, places, offsets } = scratch;
  let cell = own[0] as number;
  for (let range = 0; ; ) {
    let isHeld = false;
    for (let i = 0; i < count; i++) {
      const each = restrictions[i] as number;
      const { flat } = meeting[places[each] as number] as Piece;
      const from = offsets[each] as number;
      const end = from + 2 * (flat[from - 1] as number);
      for (let at = from; at < end && (flat[at] as number) <= cell; at += 2)
        if ((flat[at + 1] as number) >= cell) {
          cell = (flat[at + 1] as number) + 1;
          isHeld = true;
        }
    }
    while (cell > (own[range + 1] as number)) {
      range += 2;
      if (range >= own.length) return undefined;
      isHeld ||= cell < (own[range] as number);
      cell = Math.max(cell, own[range] as number);
    }
    if (!isHeld) return cell;
  }
}

/** Takes those of dropped pieces out of restrictions. @returns how many are left */
function withoutDropped(restrictions: number[], count: number, { places, isDropped }: Scratch): number {
  let left = 0;
  for (let i = 0; i < count; i++) {
    const each = restrictions[i] as number;
    if (isDropped[places[each] as number] === false) restrictions[left++] = each;
  }
  return left;
}

/** How a range lies to ranges of a piece, as `lieOf` says it. */
function lieOfRange(first: number, last: number, flat: readonly number[], from: number, end: number) {
  let lie: 'apart' | 'across' = 'apart';
  for (let at = from; at < end; at += 2) {
    const low = flat[at] as number;
    const high = flat[at + 1] as number;
    if (high < first || low > last) continue;
    if (low <= first && last <= high) return 'within';
    lie = 'across';
  }
  return lie;
}

/** Notes the pieces that meet a box, and their restrictions. @returns how many there are, or the piece that holds all of it */
function note(box: Box, given: readonly Piece[], scratch: Scratch): number | Piece {
  const { meeting, begins, axes, places, offsets } = scratch;
  let count = 0;
  let found = 0;
  for (let at = 0; at < given.length; at++) {
    const piece = given[at] as Piece;
    const { flat } = piece;
    const begin = found;
    let isMeeting = true;
    for (let i = 0; i < flat.length; ) {
      const axis = flat[i] as number;
      const from = i + 2;
      i = from + 2 * (flat[i + 1] as number);
      const mine = box[axis];
      if (mine !== undefined) {
        const lie =
          mine.length === 2
            ? lieOfRange(mine[0] as number, mine[1] as number, flat, from, i)
            : lieOf(mine, piece.box[axis] as Cells);
        if (lie === 'apart') {
          isMeeting = false;
          break;
        }
        if (lie === 'within') continue;
      }
      axes[found] = axis;
      offsets[found] = from;
      places[found++] = count;
    }
    if (!isMeeting) {
      found = begin;
      continue;
    }
    if (found === begin) return piece;
    begins[count] = begin;
    meeting[count++] = piece;
  }
  begins[count] = found;
  return count;
}

/**
 * Drops the pieces that cannot help to hold a whole box. Where pieces that restrict an axis leave one of its cells out, none
 * of them can: each point has a neighbour in that cell, which only pieces that do not look at the axis can hold, and those
 * hold the point as well. A piece that holds the whole box is enough by itself.
 */
export function helpful(box: Box, given: readonly Piece[], sizes: Sizes, scratch: Scratch): Helpful {
  const { whole, meeting, begins, axes, places, byAxis, left, seen, isDropped, kept } = scratch;
  const start: number[] = [];
  for (let axis = 0; axis < box.length; axis++) start.push(box[axis]?.[0] ?? 0);
  const count = note(box, given, scratch);
  const restrictors: number[][] = [];
  for (let axis = 0; axis < sizes.length; axis++) restrictors.push([]);
  if (typeof count !== 'number') return { pieces: [count], restrictors, start };
  left.fill(0);
  seen.fill(0);
  for (let at = 0; at < (begins[count] as number); at++) {
    const axis = axes[at] as number;
    const on = left[axis] as number;
    (byAxis[axis] as number[])[on] = at;
    left[axis] = on + 1;
  }
  for (let at = 0; at < count; at++) isDropped[at] = false;
  const listed = left.slice();
  let rest = count;
  for (let axis = 0, settled = 0; settled < sizes.length && rest > 0; axis = (axis + 1) % sizes.length) {
    settled += 1;
    const restricting = left[axis] as number;
    if (restricting === 0 || restricting === seen[axis]) continue;
    // How many pieces restricted the axis when it was last looked at, and had all of its cells together.
    seen[axis] = restricting;
    const own = box[axis] ?? (whole[axis] as Cells);
    const all = byAxis[axis] as number[];
    listed[axis] = withoutDropped(all, listed[axis] as number, scratch);
    const first = restricting <= FEW ? firstHeldByNone : firstByDepths;
    const cell = first(own, all, restricting, scratch);
    if (cell === undefined) continue;
    start[axis] = cell;
    for (let i = 0; i < restricting; i++) {
      const at = places[all[i] as number] as number;
      isDropped[at] = true;
      for (let each = begins[at] as number; each < (begins[at + 1] as number); each++) {
        const other = axes[each] as number;
        left[other] = (left[other] as number) - 1;
      }
    }
    rest -= restricting;
    settled = 0;
  }
  const pieces: Piece[] = [];
  for (let at = 0; at < count && rest > 0; at++) {
    if (isDropped[at] === true) continue;
    kept[at] = pieces.length;
    pieces.push(meeting[at] as Piece);
  }
  for (let axis = 0; axis < sizes.length && rest > 0; axis++) {
    const all = byAxis[axis] as number[];
    for (let i = 0; i < (listed[axis] as number); i++) {
      const at = places[all[i] as number] as number;
      if (isDropped[at] === false) (restrictors[axis] as number[]).push(kept[at] as number);
    }
  }
  return { pieces, restrictors, start };
}
