import { digestOf } from '../../core/digest.ts';
import { loadDirectory } from '../../core/directory/load.ts';
import type { HandoffPacket } from '../contracts/outputs.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { References } from '../skill/reference.ts';
import type { Reason, SkillResult } from '../skill/skill-result.ts';
import { attempt } from './attempt.ts';
import { firstDifference } from './first-difference.ts';
import { permuteArrays, permuteKeys } from './permute.ts';
import { type Ingredients, runSkill } from './run-skill.ts';

/** Zones with quarter-hour offsets and opposite summers: what depends on the local zone shows in one of them. */
const ZONES = ['Pacific/Chatham', 'America/St_Johns'] as const;

async function inZone<T>(zone: string, work: () => Promise<T>): Promise<T> {
  const before = process.env.TZ;
  process.env.TZ = zone;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
}

let lastTurn: Promise<unknown> = Promise.resolve();

/**
 * Runs a piece of work in another local time zone than this process has, and puts the old one back. The zone belongs to the
 * whole process, so whoever else wants to change it waits for its turn.
 */
function inAnotherZone<T>(work: () => Promise<T>): Promise<T> {
  const takeTurn = () => {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return inZone(here === ZONES[0] ? ZONES[1] : ZONES[0], work);
  };
  const turn = lastTurn.then(takeTurn, takeTurn);
  lastTurn = turn;
  return turn;
}

/** The same ingredients, written differently: other key order everywhere, other order where order carries no meaning. */
function rewritten(skill: AnySkill, ingredients: Ingredients): Ingredients {
  return {
    ...ingredients,
    input: permuteKeys(permuteArrays(ingredients.input, skill.unorderedArrays)),
    configuration: permuteKeys(ingredients.configuration),
    directory: loadDirectory(permuteKeys(ingredients.directory.snapshot)),
    ...(ingredients.handedOver === undefined
      ? {}
      : { handedOver: permuteKeys(ingredients.handedOver) as HandoffPacket }),
    ...(ingredients.references === undefined ? {} : { references: permuteKeys(ingredients.references) as References }),
  };
}

/**
 * Executes a second time, from rewritten ingredients and in another time zone, and compares digests.
 * @returns why the result is not deterministic, or `undefined` when both runs agree byte for byte.
 */
export async function determinismProblem(
  skill: AnySkill,
  ingredients: Ingredients,
  first: SkillResult,
): Promise<Reason | undefined> {
  const second = await inAnotherZone(() => attempt(() => runSkill(skill, rewritten(skill, ingredients))));
  if (!second.ok) {
    const message = `The second execution did not end as the first one did: ${second.error.code}.`;
    return { code: 'NotDeterministic', message, pointer: '' };
  }
  if (digestOf(second.value) === digestOf(first)) return undefined;
  const at = firstDifference(first, second.value) ?? '';
  const message = `Two executions of the same request differ, first at "${at}" of the result.`;
  return { code: 'NotDeterministic', message, pointer: at };
}
