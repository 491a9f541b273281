import { holds } from '../evaluate/holds.ts';
import type { FindingCode } from '../findings.ts';
import type { Values } from '../model.ts';
import { NOBODY } from './box-conflicts.ts';
import type { Point } from './boxes.ts';
import { freePoint, pieceOf, withMore } from './cover.ts';
import type { Owned, Pool } from './pool.ts';
import { type Extent, isIn, type World } from './prepare.ts';
import { within } from './regions.ts';
import { inputAt } from './space.ts';

/** Whether each input of a set is in one of the sets of a pool, or cannot be at all. */
export interface Question {
  readonly code: FindingCode;
  /** The rules that it is about, for an `Unknown`. */
  readonly about: readonly number[];
  readonly region: Extent;
  readonly pool: Pool;
  /** The owner whose items do not count. */
  readonly except?: number;
  /** Asked about inputs as they come in, before defaults fill them. */
  readonly raw?: true;
}

export type Answer =
  /** This input is in none. */
  | { readonly is: 'free'; readonly by: 'intervals' | 'solver'; readonly values: Values }
  /** These owners hold all, and none of them can be spared. */
  | { readonly is: 'covered'; readonly by: 'intervals' | 'solver'; readonly owners: readonly number[] }
  | { readonly is: 'unknown'; readonly because: 'opaque' | 'budget'; readonly spent: number };

const NONE: readonly Extent[] = [];

function isFree(values: Values, boxless: readonly Owned[], except: number | undefined): boolean {
  return boxless.every(({ owner, extent }) => owner === except || !holds(extent.formula, values));
}

/** Most questions only ask whether there is such an input, so that it is written down when somebody looks. */
class FreeInput {
  readonly is = 'free';
  readonly by = 'intervals';
  readonly #world: World;
  readonly #point: Point;

  constructor(world: World, point: Point) {
    this.#world = world;
    this.#point = point;
  }

  get values(): Values {
    return inputAt(this.#world.space, this.#world.fields, this.#point);
  }
}

/**
 * Answers a question by boxes alone; none when it takes a solver. What boxes leave open is tried on the input that they find.
 */
export function answerByBoxes(world: World, { region, pool, except, raw }: Question): Answer | undefined {
  const { sizes } = world.space;
  const { meter } = world.cutter;
  const { boxes } = region;
  if (boxes === undefined) return undefined;
  if (boxes.length === 0) return { is: 'covered', by: 'intervals', owners: [] };
  const impossible = raw ? NONE : world.unreal;
  const unreal = impossible.flatMap((extent) => (extent.boxes ?? []).map((box) => pieceOf(box, NOBODY)));
  const boxlessUnreal = impossible.filter((extent) => extent.boxes === undefined);
  const pieces = withMore(unreal, pool.pieces(except));
  const found = within(meter, () => freePoint(boxes, pieces, sizes, meter, pool.hints));
  if (found === undefined) return undefined;
  if ('owners' in found) return { is: 'covered', by: 'intervals', owners: found.owners };
  const answer = new FreeInput(world, found.point);
  if (pool.boxless.length === 0 && boxlessUnreal.length === 0) return answer;
  const { values } = answer;
  if (!isFree(values, pool.boxless, except) || boxlessUnreal.some((extent) => isIn(extent, values))) return undefined;
  return answer;
}
