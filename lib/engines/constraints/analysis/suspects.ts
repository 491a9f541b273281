import type { Board, Denial } from './box-conflicts.ts';
import { wholeSpace } from './boxes.ts';
import { CoverSearch } from './cover-search.ts';
import { type Piece, pieceOf } from './helpful-pieces.ts';
import { within } from './regions.ts';

/** So many steps are spent on the terms of one part of the facts. */
const MOST_STEPS = 256;

/** Parts with no more denials than this are not split any further. */
const FEW = 8;

/** Denials are looked at so often, on average: for facts that do not come apart, splitting them would never end. */
const MOST_LOOKS = 48;

/** The facts of a box hull, and the denials that meet it. */
interface Part {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly members: Int32Array;
}

/** Halves of facts, on the axis where the halves have the fewest denials in common. */
class Halves {
  readonly #axes: readonly number[];
  readonly #first: readonly Int32Array[];
  readonly #last: readonly Int32Array[];

  constructor(denials: readonly Denial[], { sizes, isTerm }: Board) {
    this.#axes = sizes.flatMap((size, axis) => (size > 1 && isTerm[axis] !== true ? [axis] : []));
    this.#first = this.#axes.map((axis) => Int32Array.from(denials, ({ facts }) => facts[axis]?.[0] ?? 0));
    this.#last = this.#axes.map((axis) =>
      Int32Array.from(denials, ({ facts }) => facts[axis]?.at(-1) ?? (sizes[axis] as number) - 1),
    );
  }

  whole(count: number, { sizes }: Board): Part {
    return {
      low: new Int32Array(this.#axes.length),
      high: Int32Array.from(this.#axes, (axis) => (sizes[axis] as number) - 1),
      members: Int32Array.from({ length: count }, (_, index) => index),
    };
  }

  /** The two halves; none where each axis leaves one of them all denials. */
  of({ low, high, members }: Part): readonly Part[] {
    let best: { readonly at: number; readonly middle: number } | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (let at = 0; at < this.#axes.length; at++) {
      if (low[at] === high[at]) continue;
      const middle = ((low[at] as number) + (high[at] as number)) >> 1;
      const [first, last] = [this.#first[at] as Int32Array, this.#last[at] as Int32Array];
      let [below, above] = [0, 0];
      for (const member of members) {
        if ((first[member] as number) <= middle) below += 1;
        if ((last[member] as number) > middle) above += 1;
      }
      if (Math.max(below, above) === members.length || below + above >= fewest) continue;
      fewest = below + above;
      best = { at, middle };
    }
    if (best === undefined) return [];
    const { at, middle } = best;
    const [first, last] = [this.#first[at] as Int32Array, this.#last[at] as Int32Array];
    return [
      { low, high: high.with(at, middle), members: members.filter((member) => (first[member] as number) <= middle) },
      { low: low.with(at, middle + 1), high, members: members.filter((member) => (last[member] as number) > middle) },
    ];
  }
}

/**
 * The denials that may have a part in leaving no terms. Where some terms meet none of the denials that any of these facts
 * meet, nothing is covered; other facts are halved until that is seen, or little is left to halve. What takes too long to
 * see stays under suspicion, so that no conflict is lost.
 */
export function suspects(denials: readonly Denial[], board: Board): readonly Denial[] {
  const { sizes } = board;
  const halves = new Halves(denials, board);
  const all = wholeSpace(sizes.length);
  const pieces = denials.map(({ terms }, owner) => pieceOf(terms, owner));
  const leavesTerms = (members: Int32Array): boolean => {
    const meter = { spent: 0, began: 0, limit: MOST_STEPS };
    const search = new CoverSearch(
      all,
      Array.from(members, (member) => pieces[member] as Piece),
      sizes,
    );
    return within(meter, () => search.free(() => true, meter)) !== undefined;
  };
  const isSuspected = new Uint8Array(denials.length);
  let looks = denials.length * MOST_LOOKS;
  // Breadth first, so that the looks are spread over all facts.
  let parts = [halves.whole(denials.length, board)];
  while (parts.length > 0) {
    const next: Part[] = [];
    for (const part of parts) {
      looks -= part.members.length;
      if (looks > 0 && leavesTerms(part.members)) continue;
      const parted = looks > 0 && part.members.length > FEW ? halves.of(part) : [];
      next.push(...parted);
      if (parted.length === 0) for (const member of part.members) isSuspected[member] = 1;
    }
    parts = next;
  }
  return denials.filter((_, index) => isSuspected[index] === 1);
}
