import { type Box, boxHas, boxWithin, firstPoint, type Point, type Sizes } from './boxes.ts';
import { type Cells, cellsWithin, complementCells, hasCell, intersectCells } from './cells.ts';
import { CoverSearch } from './cover-search.ts';
import type { Piece } from './helpful-pieces.ts';
import { type Meter, within } from './regions.ts';

export type { Piece } from './helpful-pieces.ts';

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
  for (let step = 0; step < steps; step++) {
    const inside = holding(point);
    if (inside === undefined) return point;
    const ways: number[] = [];
    for (let axis = 0; axis < inside.box.length; axis++) {
      const cells = inside.box[axis];
      const own = start[axis];
      if (cells !== undefined && (own === undefined || !cellsWithin(own, cells))) ways.push(axis);
    }
    const way = ways[step % Math.max(ways.length, 1)];
    if (way === undefined) return undefined;
    const outside = complementCells(inside.box[way] as Cells, sizes[way] as number);
    const own = start[way];
    const free = own === undefined ? outside : intersectCells(own, outside);
    const above = free.find((first, index) => index % 2 === 0 && first > (point[way] as number));
    point[way] = above ?? (free.at(-1) as number);
  }
  return undefined;
}

/** Points that earlier questions of the same kind found free; where they were, others often are free as well. */
export type Hints = Point[];

/** The point of a box that is most like one that was free. */
function likelyFree(box: Box, hints: Hints): Point {
  let best: Point | undefined;
  let most = -1;
  for (const hint of hints) {
    let inside = 0;
    for (let axis = 0; axis < box.length; axis++) {
      const cells = box[axis];
      if (cells === undefined || hasCell(cells, hint[axis] as number)) inside += 1;
    }
    if (inside > most) {
      best = hint;
      most = inside;
    }
  }
  const hint = best ?? firstPoint(box);
  return box.map((cells, axis) =>
    cells === undefined || hasCell(cells, hint[axis] as number) ? (hint[axis] as number) : (cells[0] as number),
  );
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
    const steps = pieces.isMany ? STEPS : FIRST_STEPS;
    const point = walk(box, pieces.holding, sizes, likelyFree(box, hints), steps);
    if (point !== undefined) {
      remember(hints, point);
      return { point };
    }
    const whole = pieces.around(box);
    hard.push([box, whole === undefined ? pieces.near(box) : [whole]]);
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
