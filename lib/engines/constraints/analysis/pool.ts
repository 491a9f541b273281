import { indexBoxes } from './box-index.ts';
import { type Box, boxHas, boxWithin, type Point, type Sizes } from './boxes.ts';
import { type Cells, cellCount, hasCell } from './cells.ts';
import { fewPieces, type Hints, type Piece, type Pieces, pieceOf } from './cover.ts';
import { indexPoints } from './point-index.ts';
import { type Extent, NEVER, type World } from './prepare.ts';

/** A set of inputs that belongs to somebody: mostly to the rule at a position. */
export interface Owned {
  readonly owner: number;
  readonly extent: Extent;
}

/** Sets of inputs that a question is asked against, ready to be looked up. */
export interface Pool {
  readonly items: readonly Owned[];
  /** Items without boxes. */
  readonly boxless: readonly Owned[];
  /** The boxes of the items, all but those of one owner. */
  readonly pieces: (except: number | undefined) => Pieces;
  /** Points outside of it that questions found: where to look first. */
  readonly hints: Hints;
  /** The pool of these owners' items alone. */
  readonly only: (owners: readonly number[]) => Pool;
}

/** Fewer pieces than this are looked at one by one. */
const FEW = 48;

/** An axis of more cells than this is none to group pieces by. */
const MOST_GROUPS = 64;

export function poolOf(world: World, items: readonly Owned[]): Pool {
  const real = items.filter(({ extent }) => extent !== NEVER);
  const pieces = real.flatMap(({ owner, extent }) => (extent.boxes ?? []).map((box) => pieceOf(box, owner)));
  const boxless = real.filter(({ extent }) => extent.boxes === undefined);
  let byOwner: Map<number, Owned[]> | undefined;
  const only = (owners: readonly number[]): Pool => {
    byOwner ??= Map.groupBy(real, ({ owner }) => owner);
    return poolOf(
      world,
      owners.flatMap((owner) => byOwner?.get(owner) ?? []),
    );
  };
  return { items: real, boxless, pieces: piecesOf(pieces, world.space.sizes), hints: [], only };
}

/** Ways to look pieces up, all but those of one owner. */
interface Lookups {
  readonly near: (box: Box, except: number | undefined) => readonly Piece[];
  readonly holding: (point: Point, except: number | undefined) => Piece | undefined;
  readonly around: (box: Box, except: number | undefined) => Piece | undefined;
}

function lookupsOf(all: readonly Piece[], sizes: Sizes): Lookups {
  if (all.length <= FEW)
    return {
      near: (_, except) => all.filter(({ owner }) => owner !== except),
      holding: (point, except) => all.find(({ box, owner }) => owner !== except && boxHas(box, point)),
      around: (box, except) => all.find((each) => each.owner !== except && boxWithin(box, each.box)),
    };
  const boxes = all.map(({ box }) => box);
  const meeting = indexBoxes(boxes, all, sizes);
  const points = indexPoints(
    boxes,
    all.map(({ owner }) => owner),
    sizes,
  );
  const pieceAt = (index: number | undefined): Piece | undefined => (index === undefined ? undefined : all[index]);
  return {
    near: meeting.near,
    holding: (point, except) => pieceAt(points.holding(point, except)),
    around: (box, except) => pieceAt(points.around(box, except)),
  };
}

/** The axis of a few cells by which pieces come apart best; none when most pieces would stand in most groups. */
function groupingAxis(all: readonly Piece[], sizes: Sizes): number | undefined {
  let best: number | undefined;
  let least = all.length / 2;
  for (const [axis, size] of sizes.entries()) {
    if (size < 2 || size > MOST_GROUPS) continue;
    const share = all.reduce((sum, { box }) => sum + cellCount(box[axis], size), 0) / size;
    if (share < least) [best, least] = [axis, share];
  }
  return best;
}

/** Pieces to look up: when there are many, by the cell of one axis, and indexed within. */
function piecesOf(all: readonly Piece[], sizes: Sizes): Pool['pieces'] {
  if (all.length <= FEW)
    return (except) => fewPieces(except === undefined ? all : all.filter(({ owner }) => owner !== except));
  let whole: Lookups | undefined;
  const axis = groupingAxis(all, sizes);
  const groups: Lookups[] = [];
  const among = (cell: number): Lookups => {
    groups[cell] ??= lookupsOf(
      all.filter(({ box }) => box[axis as number] === undefined || hasCell(box[axis as number] as Cells, cell)),
      sizes,
    );
    return groups[cell];
  };
  const forBox = (box: Box): Lookups => {
    const cells = axis === undefined ? undefined : box[axis];
    if (cells !== undefined && cells.length === 2 && cells[0] === cells[1]) return among(cells[0] as number);
    whole ??= lookupsOf(all, sizes);
    return whole;
  };
  const forPoint = (point: Point): Lookups => {
    if (axis !== undefined) return among(point[axis] as number);
    whole ??= lookupsOf(all, sizes);
    return whole;
  };
  return (except) => ({
    isMany: true,
    near: (box) => forBox(box).near(box, except),
    holding: (point) => forPoint(point).holding(point, except),
    around: (box) => forBox(box).around(box, except),
  });
}
