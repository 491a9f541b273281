import { indexBoxes } from './box-index.ts';
import type { Box } from './boxes.ts';
import type { Hints, Piece } from './cover.ts';
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
  /** Pieces that may meet a box. */
  readonly near: (box: Box) => readonly Piece[];
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
  if (pieces.length <= FEW) return { items: real, boxless, near: () => pieces, hints: [], only };
  const index = indexBoxes(
    pieces.map(({ box }) => box),
    world.space.sizes,
  );
  return { items: real, boxless, near: (box) => index.near(box).map((at) => pieces[at] as Piece), hints: [], only };
}

/** A pool without some owners. */
export function without(pool: Pool, ...owners: readonly number[]): Pool {
  const keep = ({ owner }: { readonly owner: number }): boolean => !owners.includes(owner);
  return {
    items: pool.items.filter(keep),
    boxless: pool.boxless.filter(keep),
    near: (box) => pool.near(box).filter(keep),
    hints: pool.hints,
    only: (kept) => pool.only(kept.filter((owner) => keep({ owner }))),
  };
}
