import { type Box, boxHas, boxWithin, firstPoint, type Point, type Sizes } from './boxes.ts';
import { type Cells, cellsWithin, hasCell, lastOutside, nextOutside } from './cells.ts';
import { CoverSearch } from './cover-search.ts';
import type { Piece } from './helpful-pieces.ts';
import { type Meter, within } from './regions.ts';

export { type Piece, pieceOf } from './helpful-pieces.ts';

/** So many steps are walked in the hope of a free point, before the exact search. */
const STEPS = 24;

/** So many of them from a likely point, before a search that is worth its while early. */
const FIRST_STEPS = 6;

/** So many free points are remembered for the questions that follow. */
const MOST_HINTS = 16;

/** Pieces to look up, in a fixed order. */
export interface Pieces {
  /** Whether there are so many that walking is cheaper than an exact search. */
  readonly isMany: boolean;
  /** Those that may meet a box. */
  readonly near: (box: Box) => readonly Piece[];
  /** The first one that has a point. */
  readonly holding: (point: Point) => Piece | undefined;
  /** The first one in which all of a box lies. Few pieces do not tell: the search sees it soon enough. */
  readonly around: (box: Box) => Piece | undefined;
}

export function fewPieces(all: readonly Piece[]): Pieces {
  return {
    isMany: false,
    near: () => all,
    holding: (point) => all.find(({ box }) => boxHas(box, point)),
    around: () => undefined,
  };
}

/** Pieces behind a few others. */
export function withMore(first: readonly Piece[], pieces: Pieces): Pieces {
  if (first.length === 0) return pieces;
  return {
    isMany: pieces.isMany,
    near: (box) => [...first, ...pieces.near(box)],
    holding: (point) => first.find(({ box }) => boxHas(box, point)) ?? pieces.holding(point),
    around: (box) => (pieces.isMany ? first.find((each) => boxWithin(box, each.box)) : undefined) ?? pieces.around(box),
  };
}

/**
 * Walks from a point of a box, its lowest corner unless told, out of each piece that it stands in, to the next cell beyond
 * it. Finds most free points; says nothing when it finds none.
 */
export function walk(
  start: Box,
  holding: Pieces['holding'],
  sizes: Sizes,
  from: Point = firstPoint(start),
  steps = STEPS,
): Point | undefined {
  const point = [...from];
  const ways: number[] = [];
  for (let step = 0; step < steps; step++) {
    const inside = holding(point);
    if (inside === undefined) return point;
    let count = 0;
    const { flat } = inside;
    for (let i = 0; i < flat.length; i += 2 + 2 * (flat[i + 1] as number)) {
      const axis = flat[i] as number;
      const own = start[axis];
      if (own === undefined || !cellsWithin(own, inside.box[axis] as Cells)) ways[count++] = axis;
    }
    if (count === 0) return undefined;
    const way = ways[step % count] as number;
    const [own, taken, size] = [start[way], inside.box[way] as Cells, sizes[way] as number];
    point[way] = nextOutside(own, taken, size, point[way] as number) ?? (lastOutside(own, taken, size) as number);
  }
  return undefined;
}

/** Points that earlier questions of the same kind found free; where they were, others often are free as well. */
export type Hints = Point[];

/** The point of a box that is most like one that was free. */
function likelyFree(box: Box, hints: Hints): Point {
  const axes: number[] = [];
  for (let axis = 0; axis < box.length; axis++) if (box[axis] !== undefined) axes.push(axis);
  let best: Point | undefined;
  let most = -1;
  for (let at = 0; at < hints.length && most < axes.length; at++) {
    const hint = hints[at] as Point;
    let inside = 0;
    for (const axis of axes) if (hasCell(box[axis] as Cells, hint[axis] as number)) inside += 1;
    if (inside > most) {
      best = hint;
      most = inside;
    }
  }
  if (best === undefined) return firstPoint(box);
  const point = [...best];
  for (const axis of axes) {
    const cells = box[axis] as Cells;
    if (!hasCell(cells, point[axis] as number)) point[axis] = cells[0] as number;
  }
  return point;
}

function remember(hints: Hints, point: Point): void {
  hints.unshift(point);
  if (hints.length > MOST_HINTS) hints.pop();
}

/**
 * A point of a region that no piece holds.
 * @param pieces owners below zero are nobody's, which costs nothing
 * @param hints free points of earlier questions, and afterwards of this one
 * @returns the point, or the owners of pieces that together hold the whole region: none of them can be spared.
 * @throws MeterSpent when it takes more boxes than the meter allows.
 */
export function freePoint(
  region: readonly Box[],
  pieces: Pieces,
  sizes: Sizes,
  meter: Meter,
  hints: Hints = [],
): { readonly point: Point } | { readonly owners: readonly number[] } {
  const hard: [Box, readonly Piece[]][] = [];
  for (const box of region) {
    // Where one piece holds the whole box, a walk would lead nowhere.
    const whole = pieces.around(box);
    if (whole !== undefined) {
      hard.push([box, [whole]]);
      continue;
    }
    const steps = pieces.isMany ? STEPS : FIRST_STEPS;
    const point = walk(box, pieces.holding, sizes, likelyFree(box, hints), steps);
    if (point !== undefined) {
      remember(hints, point);
      return { point };
    }
    hard.push([box, pieces.near(box)]);
  }
  const used = new Set<number>();
  const searches: CoverSearch[] = [];
  for (const [box, near] of hard) {
    const search = new CoverSearch(box, near, sizes);
    const point = search.free(() => true, meter, used);
    if (point !== undefined) {
      remember(hints, point);
      return { point };
    }
    searches.push(search);
  }
  return {
    owners: spared(
      [...used].filter((owner) => owner >= 0).sort((a, b) => a - b),
      searches,
      meter,
    ),
  };
}

/** Owners of a covering without those that can be spared. What is too much work to spare stays. */
function spared(owners: readonly number[], searches: readonly CoverSearch[], meter: Meter): readonly number[] {
  let left = owners;
  for (const owner of owners.toReversed()) {
    const rest = new Set(left.filter((each) => each !== owner));
    const keep = (each: number): boolean => each < 0 || rest.has(each);
    const isCovered = within(meter, () => searches.every((search) => search.free(keep, meter) === undefined));
    if (isCovered === true) left = [...rest];
  }
  return left;
}
