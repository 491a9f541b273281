import { digestOf } from '../../core/digest.ts';
import { loadDirectory } from '../../core/directory/load.ts';
import type { Json } from '../../core/json.ts';
import type { HandoffPacket } from '../contracts/outputs.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { References } from '../skill/reference.ts';
import type { Reason, SkillResult } from '../skill/skill-result.ts';
import { attempt } from './attempt.ts';
import { firstDifference } from './first-difference.ts';
import { inAnotherZone } from './other-zone.ts';
import { permuteArrays, permuteKeys } from './permute.ts';
import { type PodAnswers, wantsPods } from './pod-rounds.ts';
import { type Ingredients, runRound } from './run-skill.ts';

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

function rewrittenAnswers(answers: PodAnswers): PodAnswers {
  return new Map([...answers].map(([work, answer]) => [work, permuteKeys(answer) as Json]));
}

const notDeterministic = (message: string, pointer = ''): Reason => ({ code: 'NotDeterministic', message, pointer });

/**
 * Executes a second time, from rewritten ingredients, in another time zone and with what pods have answered, and compares digests.
 * @returns why the result is not deterministic, or `undefined` when both runs agree byte for byte.
 */
export async function determinismProblem(
  skill: AnySkill,
  ingredients: Ingredients,
  first: SkillResult,
  answers: PodAnswers = new Map(),
): Promise<Reason | undefined> {
  const again = () => runRound(skill, rewritten(skill, ingredients), rewrittenAnswers(answers));
  const second = await inAnotherZone(() => attempt(again));
  if (!second.ok)
    return notDeterministic(`The second execution did not end as the first one did: ${second.error.code}.`);
  if (wantsPods(second.value))
    return notDeterministic(`The second execution wants ${second.value.wants.length} pods that the first did not.`);
  if (digestOf(second.value) === digestOf(first)) return undefined;
  const at = firstDifference(first, second.value) ?? '';
  return notDeterministic(`Two executions of the same request differ, first at "${at}" of the result.`, at);
}
