import {
  type Box,
  boxesMeet,
  boxHas,
  firstPoint,
  intersectBoxes,
  type Point,
  type Sizes,
  subtractBox,
  wholeSpace,
} from './boxes.ts';
import { complementCells } from './cells.ts';
import { fewPieces, pieceOf, walk } from './cover.ts';
import { type Meter, spend } from './regions.ts';

/** What no rule owns: inputs that cannot be. It costs a set of rules nothing. */
export const NOBODY = -1;

/** A part of what violates a rule: with these facts, these terms do. */
export interface Denial {
  readonly owner: number;
  readonly facts: Box;
  readonly terms: Box;
}

/** Some facts, and rules that together deny all terms for each of them. */
export interface Cover {
  readonly facts: Box;
  readonly owners: readonly number[];
}

export interface Board {
  readonly sizes: Sizes;
  readonly isTerm: readonly boolean[];
  readonly meter: Meter;
}

export function denialOf(box: Box, owner: number, board: Board): Denial {
  return {
    owner,
    facts: box.map((cells, axis) => (board.isTerm[axis] === true ? undefined : cells)),
    terms: box.map((cells, axis) => (board.isTerm[axis] === true ? cells : undefined)),
  };
}

function lastPoint(box: Box, sizes: Sizes): Point {
  return box.map((cells, axis) => cells?.at(-1) ?? (sizes[axis] as number) - 1);
}

/** Terms that are still open, held by as few denials as a look at some corners finds; `free` when nothing denies them. */
function hardestTerms(open: readonly Box[], denials: readonly Denial[], sizes: Sizes): Point | 'free' {
  const pieces = denials.map(({ terms, owner }) => pieceOf(terms, owner));
  const { holding } = fewPieces(pieces);
  let [best, fewest] = [undefined as Point | undefined, Number.POSITIVE_INFINITY];
  for (const box of open.slice(0, 8)) {
    if (walk(box, holding, sizes) !== undefined) return 'free';
    for (const point of [firstPoint(box), lastPoint(box, sizes)]) {
      const count = pieces.filter((piece) => boxHas(piece.box, point)).length;
      if (count < fewest) [best, fewest] = [point, count];
    }
  }
  return best ?? 'free';
}

function withOwner(owners: readonly number[], owner: number): readonly number[] {
  if (owner === NOBODY || owners.includes(owner)) return owners;
  return [...owners, owner].sort((a, b) => a - b);
}

/**
 * All ways in which denials cover all terms for some facts: for terms that are still open, one of the denials that hold them
 * must be in the cover. Each minimal cover of any facts is among the answers, up to those that `skip` turns away.
 */
export function* covers(
  start: { readonly facts: Box; readonly open: readonly Box[]; readonly owners: readonly number[] },
  denials: readonly Denial[],
  board: Board,
  skip: (owners: readonly number[]) => boolean,
): Generator<Cover> {
  spend(board.meter, 1);
  if (skip(start.owners)) return;
  if (start.open.length === 0) {
    yield { facts: start.facts, owners: start.owners };
    return;
  }
  const near = denials.filter(({ facts }) => boxesMeet(facts, start.facts));
  const point = hardestTerms(start.open, near, board.sizes);
  if (point === 'free') return;
  for (const denial of near) {
    if (!boxHas(denial.terms, point)) continue;
    const facts = intersectBoxes(start.facts, denial.facts);
    if (facts === undefined) continue;
    const open = start.open.flatMap((box) => subtractBox(box, denial.terms, board.sizes));
    yield* covers({ facts, open, owners: withOwner(start.owners, denial.owner) }, near, board, skip);
  }
}

/** Everything is open, for all facts. */
export function nothingChosen(board: Board, facts: Box = wholeSpace(board.sizes.length)) {
  return { facts, open: [wholeSpace(board.sizes.length)], owners: [] as readonly number[] };
}

/** The axes on which a box leaves something out. */
export function restrictedAxes(box: Box): number[] {
  return box.flatMap((cells, axis) => (cells === undefined ? [] : [axis]));
}

/** The one term axis that a denial looks at, and the range of it that is allowed; none when it is not that simple. */
function simpleTerm(denial: Denial, sizes: Sizes): { axis: number; low: number; high: number } | undefined {
  const [axis, ...others] = restrictedAxes(denial.terms);
  if (axis === undefined || others.length > 0) return undefined;
  const allowed = complementCells(denial.terms[axis] ?? [], sizes[axis] as number);
  return allowed.length === 2 ? { axis, low: allowed[0] as number, high: allowed[1] as number } : undefined;
}

/** Pairs of simple denials that leave no terms: by Helly's theorem, ranges with no common point have two that are apart. */
export function* simplePairs(denials: readonly Denial[], board: Board): Generator<Cover> {
  const simple = denials.flatMap((denial) => {
    const term = simpleTerm(denial, board.sizes);
    return term === undefined || denial.owner === NOBODY ? [] : [{ denial, ...term }];
  });
  const byAxis = Map.groupBy(simple, ({ axis }) => axis);
  for (const axis of [...byAxis.keys()].sort((a, b) => a - b)) {
    const sorted = (byAxis.get(axis) ?? []).sort((a, b) => b.low - a.low);
    for (const below of [...sorted].sort((a, b) => a.denial.owner - b.denial.owner))
      for (const above of sorted) {
        if (above.low <= below.high) break;
        if (above.denial.owner === below.denial.owner || !boxesMeet(above.denial.facts, below.denial.facts)) continue;
        const facts = intersectBoxes(above.denial.facts, below.denial.facts);
        if (facts !== undefined) yield { facts, owners: withOwner([below.denial.owner], above.denial.owner) };
      }
  }
}

/** Denials that pairs do not settle. */
export function isComplex(denial: Denial, board: Board): boolean {
  return denial.owner === NOBODY || simpleTerm(denial, board.sizes) === undefined;
}

/** Whether these denials leave no terms for one facts' point. */
function coversAt(point: Point, denials: readonly Denial[], sizes: Sizes): boolean {
  let open: readonly Box[] = [wholeSpace(sizes.length)];
  for (const { facts, terms } of denials) {
    if (!boxHas(facts, point)) continue;
    open = open.flatMap((box) => subtractBox(box, terms, sizes));
    if (open.length === 0) return true;
  }
  return false;
}

/** Owners of a cover without those that its first facts do not need. */
export function needed(cover: Cover, denials: readonly Denial[], sizes: Sizes): readonly number[] {
  const point = firstPoint(cover.facts);
  let owners = cover.owners;
  for (const owner of cover.owners.toReversed()) {
    const rest = owners.filter((each) => each !== owner);
    const left = denials.filter((denial) => denial.owner === NOBODY || rest.includes(denial.owner));
    if (coversAt(point, left, sizes)) owners = rest;
  }
  return owners;
}

/** Denials of some owners, and of nobody. */
export function denialsOf(owners: readonly number[], denials: readonly Denial[]): readonly Denial[] {
  return denials.filter(({ owner }) => owner === NOBODY || owners.includes(owner));
}

/** A minimal set of owners within these that leaves no terms for some facts; none when there is no such set. */
export function smallestWithin(
  owners: readonly number[],
  denials: readonly Denial[],
  board: Board,
  facts: Box = wholeSpace(board.sizes.length),
): Cover | undefined {
  const own = denialsOf(owners, denials);
  const first = covers(nothingChosen(board, facts), own, board, () => false).next();
  if (first.done === true) return undefined;
  const cover = first.value;
  const enough = needed(cover, own, board.sizes);
  if (enough.length > 2)
    for (const owner of enough) {
      const smaller = smallestWithin(
        enough.filter((each) => each !== owner),
        own,
        board,
        facts,
      );
      if (smaller !== undefined) return smaller;
    }
  return { facts: cover.facts, owners: enough };
}
