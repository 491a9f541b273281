import type { Values } from '../model.ts';
import {
  type Board,
  covers,
  type Denial,
  denialOf,
  denialsOf,
  isComplex,
  NOBODY,
  needed,
  simplePairs,
  smallestWithin,
} from './box-conflicts.ts';
import { indexBoxes } from './box-index.ts';
import { type Box, boxHas, firstPoint, type Point, subtractBox, wholeSpace } from './boxes.ts';
import type { World } from './prepare.ts';
import { withoutProhibitions } from './prohibitions.ts';
import { within } from './regions.ts';
import { inputAt } from './space.ts';
import { suspects } from './suspects.ts';

/** Days of the decision, both included, as values of the day's field. */
export type Days = readonly [first: number, last: number];

/** One conflict, shown: facts, and for each rule terms that satisfy the others. */
export interface Shown {
  /** Facts and day; the terms are those of the first rule that is left out. */
  readonly witness: Values;
  readonly without: readonly { readonly position: number; readonly values: Values }[];
}

/** What one tier knows about conflicts. Positions are ranks by id. */
export interface ConflictTier {
  readonly by: 'intervals' | 'solver';
  /** Shows that a minimal set of rules leaves no terms on some of these days; none when it does leave some. */
  readonly show: (positions: readonly number[], days: Days) => Shown | undefined;
}

export interface BoxConflicts extends ConflictTier {
  readonly cores: readonly (readonly number[])[];
  /** There are more minimal sets than were asked for. */
  readonly truncated: boolean;
  /** Rules for which the search was not finished. */
  readonly unfinished: readonly number[];
}

/** Collects minimal sets; a set that holds another one is turned away. */
export class Antichain {
  readonly sets: (readonly number[])[] = [];

  has(owners: readonly number[]): boolean {
    return this.sets.some((set) => set.every((owner) => owners.includes(owner)));
  }

  add(owners: readonly number[]): void {
    if (!this.has(owners)) this.sets.push(owners);
  }
}

function boardOf(world: World): Board {
  const { space, cutter } = world;
  return { sizes: space.sizes, isTerm: space.axes.map(({ term }) => term), meter: cutter.meter };
}

function searchFrom(
  seed: Denial,
  denials: readonly Denial[],
  board: Board,
  known: Antichain,
  cap: number,
): boolean | undefined {
  return within(board.meter, () => {
    const start = {
      facts: seed.facts,
      open: subtractBox(wholeSpace(board.sizes.length), seed.terms, board.sizes),
      owners: seed.owner === NOBODY ? [] : [seed.owner],
    };
    for (const cover of covers(start, denials, board, (owners) => known.has(owners))) {
      const owners = needed(cover, denialsOf(cover.owners, denials), board.sizes);
      const least = owners.length > 2 ? smallerOf(owners, denials, board) : undefined;
      known.add(least ?? owners);
      if (known.sets.length > cap) return true;
    }
    return true;
  });
}

/** A smaller set that leaves no terms for other facts. */
function smallerOf(owners: readonly number[], denials: readonly Denial[], board: Board): readonly number[] | undefined {
  for (const owner of owners) {
    const rest = owners.filter((each) => each !== owner);
    const found = smallestWithin(rest, denials, board);
    if (found !== undefined) return found.owners;
  }
  return undefined;
}

function merged(facts: Point, terms: Point, isTerm: readonly boolean[]): Point {
  return facts.map((cell, axis) => (isTerm[axis] === true ? (terms[axis] as number) : cell));
}

function openAt(point: Point, denials: readonly Denial[], board: Board): Point | undefined {
  let open: readonly Box[] = [wholeSpace(board.sizes.length)];
  for (const { facts, terms } of denials)
    if (boxHas(facts, point)) open = open.flatMap((box) => subtractBox(box, terms, board.sizes));
  return open[0] === undefined ? undefined : firstPoint(open[0]);
}

/** More denials than this are worth an index, and a look at what has no part in any conflict. */
const FEW = 48;

function factsOf(denials: readonly Denial[]): Box[] {
  return denials.map(({ facts }) => facts);
}

/** All conflicts among rules that are made of boxes, smallest rules first. */
export function boxConflicts(world: World, cap: number): BoxConflicts {
  const board = boardOf(world);
  const known = new Antichain();
  const all = [
    ...world.unreal.flatMap(({ boxes }) => (boxes ?? []).map((box) => denialOf(box, NOBODY, board))),
    ...world.rules.flatMap(({ violates, position }) =>
      (violates.boxes ?? []).map((box) => denialOf(box, position, board)),
    ),
  ];
  const { denials, unfinished: prohibiting } = withoutProhibitions(all, board);
  const unfinished = new Set<number>(prohibiting);
  const suspected = denials.length > FEW ? suspects(denials, board) : denials;
  for (const { owners } of simplePairs(suspected, board)) {
    known.add(owners);
    if (known.sets.length > cap) break;
  }
  const index = suspected.length > FEW ? indexBoxes(factsOf(suspected), suspected, board.sizes) : undefined;
  const done = new Set<Denial>();
  for (const seed of suspected) {
    if (known.sets.length > cap) break;
    if (!isComplex(seed, board)) continue;
    // Sets with earlier seeds were found from those.
    done.add(seed);
    const near = index?.near(seed.facts) ?? suspected;
    const rest = near.filter((denial) => !done.has(denial));
    if (searchFrom(seed, [seed, ...rest], board, known, cap) === undefined) unfinished.add(seed.owner);
  }
  const [dayAxis] = world.space.ofField[world.day] as readonly number[];
  const show = (positions: readonly number[], days: Days): Shown | undefined => {
    const cellOf = world.space.axes[dayAxis as number]?.cellOf as (day: number) => number;
    const facts = [...wholeSpace(board.sizes.length)];
    facts[dayAxis as number] = [cellOf(days[0]), cellOf(days[1])];
    const own = denialsOf(positions, denials);
    const cover = smallestWithin(positions, own, board, facts);
    if (cover === undefined || cover.owners.length < positions.length) return undefined;
    const point = firstPoint(cover.facts);
    const without = positions.flatMap((position) => {
      const terms = openAt(
        point,
        own.filter(({ owner }) => owner !== position),
        board,
      );
      if (terms === undefined) return [];
      return [{ position, values: inputAt(world.space, world.fields, merged(point, terms, board.isTerm)) }];
    });
    const [first] = without;
    return first === undefined ? undefined : { witness: first.values, without };
  };
  return {
    by: 'intervals',
    cores: known.sets.slice(0, cap),
    truncated: known.sets.length > cap,
    unfinished: [...unfinished].filter((owner) => owner !== NOBODY).sort((a, b) => a - b),
    show,
  };
}
