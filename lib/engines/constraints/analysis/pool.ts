import { indexBoxes } from './box-index.ts';
import type { Box } from './boxes.ts';
import type { Piece } from './cover.ts';
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
}

/** Fewer pieces than this are looked at one by one. */
const FEW = 48;

export function poolOf(world: World, items: readonly Owned[]): Pool {
  const real = items.filter(({ extent }) => extent !== NEVER);
  const pieces = real.flatMap(({ owner, extent }) => (extent.boxes ?? []).map((box): Piece => ({ box, owner })));
  const boxless = real.filter(({ extent }) => extent.boxes === undefined);
  if (pieces.length <= FEW) return { items: real, boxless, near: () => pieces };
  const index = indexBoxes(
    pieces.map(({ box }) => box),
    world.space.sizes,
  );
  return { items: real, boxless, near: (box) => index.near(box).map((at) => pieces[at] as Piece) };
}

/** A pool without some owners. */
export function without(pool: Pool, ...owners: readonly number[]): Pool {
  const keep = ({ owner }: { readonly owner: number }): boolean => !owners.includes(owner);
  return {
    items: pool.items.filter(keep),
    boxless: pool.boxless.filter(keep),
    near: (box) => pool.near(box).filter(keep),
  };
}
