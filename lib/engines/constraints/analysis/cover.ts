import { type Box, boxesMeet, boxHas, firstPoint, type Point, type Sizes, subtractBox } from './boxes.ts';
import { cellsWithin, complementCells, intersectCells } from './cells.ts';
import { type Meter, spend } from './regions.ts';

/** A box of a set of inputs, and whose it is. */
export interface Piece {
  readonly box: Box;
  readonly owner: number;
}

/** So many steps are walked in the hope of a free point, before the exact search. */
const STEPS = 24;

/**
 * Walks from the lowest corner out of each piece that it stands in, to the next cell beyond it. Finds most free points;
 * says nothing when it finds none.
 */
export function walk(start: Box, pieces: readonly Piece[], sizes: Sizes): Point | undefined {
  const point = [...firstPoint(start)];
  for (let step = 0; step < STEPS; step++) {
    const inside = pieces.find(({ box }) => boxHas(box, point));
    if (inside === undefined) return point;
    const ways: [axis: number, cell: number][] = [];
    inside.box.forEach((cells, axis) => {
      if (cells === undefined) return;
      const outside = complementCells(cells, sizes[axis] as number);
      const own = start[axis];
      const free = own === undefined ? outside : intersectCells(own, outside);
      const above = free.find((first, index) => index % 2 === 0 && first > (point[axis] as number));
      const cell = above ?? free.at(-1);
      if (cell !== undefined) ways.push([axis, cell]);
    });
    const way = ways[step % Math.max(ways.length, 1)];
    if (way === undefined) return undefined;
    point[way[0]] = way[1];
  }
  return undefined;
}

function restricts(piece: Box, box: Box): number {
  let count = 0;
  for (let axis = 0; axis < box.length; axis++) {
    const cells = piece[axis];
    if (cells === undefined) continue;
    const own = box[axis];
    if (own === undefined || !cellsWithin(own, cells)) count += 1;
  }
  return count;
}

function search(box: Box, pieces: readonly Piece[], sizes: Sizes, meter: Meter, used: Set<number>): Point | undefined {
  spend(meter, 1);
  const meeting = pieces.filter((piece) => boxesMeet(piece.box, box));
  let [best, fewest] = [undefined as Piece | undefined, Number.POSITIVE_INFINITY];
  for (const piece of meeting) {
    const count = restricts(piece.box, box);
    if (count >= fewest) continue;
    [best, fewest] = [piece, count];
    if (count === 0) break;
  }
  if (best === undefined) return firstPoint(box);
  used.add(best.owner);
  const rest = meeting.filter((piece) => piece !== best);
  for (const part of subtractBox(box, best.box, sizes)) {
    const free = search(part, rest, sizes, meter, used);
    if (free !== undefined) return free;
  }
  return undefined;
}

/**
 * A point of a region that no piece holds.
 * @returns the point, or the owners of pieces that together hold the whole region.
 * @throws MeterSpent when it takes more boxes than the meter allows.
 */
export function freePoint(
  region: readonly Box[],
  near: (box: Box) => readonly Piece[],
  sizes: Sizes,
  meter: Meter,
): { readonly point: Point } | { readonly owners: readonly number[] } {
  const used = new Set<number>();
  const hard: [Box, readonly Piece[]][] = [];
  for (const box of region) {
    const pieces = near(box);
    const point = walk(box, pieces, sizes);
    if (point !== undefined) return { point };
    hard.push([box, pieces]);
  }
  for (const [box, pieces] of hard) {
    const point = search(box, pieces, sizes, meter, used);
    if (point !== undefined) return { point };
  }
  return { owners: [...used].sort((a, b) => a - b) };
}
