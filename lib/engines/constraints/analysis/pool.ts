import { indexBoxes } from './box-index.ts';
import type { Sizes } from './boxes.ts';
import { fewPieces, type Hints, type Piece, type Pieces } from './cover.ts';
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

export function poolOf(world: World, items: readonly Owned[]): Pool {
  const real = items.filter(({ extent }) => extent !== NEVER);
  const pieces = real.flatMap(({ owner, extent }) => (extent.boxes ?? []).map((box): Piece => ({ box, owner })));
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

/** Pieces to look up, indexed when there are many of them. */
function piecesOf(all: readonly Piece[], sizes: Sizes): Pool['pieces'] {
  if (all.length <= FEW)
    return (except) => fewPieces(except === undefined ? all : all.filter(({ owner }) => owner !== except));
  const boxes = all.map(({ box }) => box);
  const meeting = indexBoxes(boxes, sizes);
  const points = indexPoints(boxes, sizes);
  return (except) => {
    const counts = (index: number): boolean => all[index]?.owner !== except;
    return {
      isMany: true,
      near: (box) =>
        meeting
          .near(box)
          .filter(counts)
          .map((at) => all[at] as Piece),
      holding: (point) => all[points.holding(point, counts) ?? -1],
      around: (box) => all[points.around(box, counts) ?? -1],
    };
  };
}
