import { describeValues } from '../describe.ts';
import type { Values } from '../model.ts';
import type { Box } from './boxes.ts';
import type { Confirmation } from './check.ts';
import type { Inquiry } from './inquiry.ts';
import { isIn, type World } from './prepare.ts';
import { answerByBoxes, type Question } from './question.ts';
import { inputAt } from './space.ts';

/** So many boxes of a region are looked at, each at its lowest and its highest corner. */
const MOST_BOXES = 4;

/** So many inputs are sampled where a region has none. */
const SAMPLES = 8;

/** What an independent evaluator can say about a question that was answered with "covered". */
export interface Evidence {
  readonly question: Question;
  readonly owners: readonly number[];
  /** Whether the question is about this input. */
  readonly isMeant: (values: Values, day: number) => boolean;
  /** Whether this owner holds the input. */
  readonly isHeld: (owner: number, values: Values, day: number) => boolean;
}

function cornersOf(world: World, boxes: readonly Box[]): Values[] {
  return boxes
    .slice(0, MOST_BOXES)
    .flatMap((box) => [
      box.map((cells) => cells?.[0] ?? 0),
      box.map((cells, axis) => cells?.at(-1) ?? (world.space.sizes[axis] as number) - 1),
    ])
    .map((point) => inputAt(world.space, world.fields, point))
    .filter((values) => !world.unreal.some((extent) => isIn(extent, values)));
}

/** Inputs spread over the whole space, always the same ones. */
export function samplesOf({ space, fields }: World): Values[] {
  return Array.from({ length: SAMPLES }, (_, index) => {
    const share = index / (SAMPLES - 1);
    const point = space.sizes.map((size, axis) =>
      axis % 2 === 0 ? Math.round(share * (size - 1)) : (index * 7 + axis * 3) % size,
    );
    return inputAt(space, fields, point);
  });
}

/** Asks the evaluator at boundary inputs whether a claim about all inputs of a question holds there. */
export function confirmAt(
  world: World,
  confirmation: Confirmation,
  inputs: readonly Values[],
  claim: string,
  isTrue: (values: Values, day: number) => boolean,
): void {
  if (inputs.length === 0) return;
  confirmation.confirm(
    `At ${inputs.length} boundary inputs: ${claim}`,
    inputs.every((values) => isTrue(values, values[world.day] ?? 0)),
  );
}

/**
 * Lets the evaluator confirm that owners hold a region: at its corners, and that none of them can be spared, by an input
 * for each that the others leave out.
 * @throws AnalysisContradicted when the evaluator sees it otherwise
 */
export function confirmCovered({ world }: Inquiry, confirmation: Confirmation, evidence: Evidence): void {
  const { question, owners, isMeant, isHeld } = evidence;
  const corners = cornersOf(world, question.region.boxes ?? []);
  const claim = 'one of the rules named holds each of them.';
  if (owners.length > 0)
    confirmAt(
      world,
      confirmation,
      corners,
      claim,
      (values, day) => isMeant(values, day) && owners.some((owner) => isHeld(owner, values, day)),
    );
  for (const owner of owners) {
    const rest = owners.filter((each) => each !== owner);
    const { except: _, ...asked } = question;
    const answer = answerByBoxes(world, { ...asked, pool: question.pool.only(rest) });
    if (answer?.is !== 'free') continue;
    const { values } = answer;
    const day = values[world.day] ?? 0;
    const input = describeValues(world.set.fields.keys(), values, world.set.fields);
    confirmation.confirm(
      `Without "${world.rules[owner]?.rule.id ?? ''}" it is not so: ${input}.`,
      isMeant(values, day) && isHeld(owner, values, day) && !rest.some((each) => isHeld(each, values, day)),
    );
  }
}

/** The corners of a rule's region, for claims about all of it. */
export function boundaryOf(world: World, question: Question): Values[] {
  return cornersOf(world, question.region.boxes ?? []);
}
