import { canonicalJson, type Digest, digestOf } from '../../core/digest.ts';
import { BudgetExceeded } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { AnySkill, SkillOutput } from '../skill/define-skill.ts';
import { MOST_PODS_A_ROUND, type PodsWanted } from '../skill/pods.ts';

/** What pods answered, by the digest of the work. */
export type PodAnswers = ReadonlyMap<Digest, Json>;

/** Whether a skill waits for pods, and has no result yet. */
export function wantsPods(output: SkillOutput): output is PodsWanted {
  return 'wants' in output;
}

/** A JSON value as it is once it was stored: members in canonical order, and nothing that JSON does not hold. */
export function asStored(value: unknown): Json {
  return JSON.parse(canonicalJson(value)) as Json;
}

/**
 * The works among those wanted that nobody has solved, each once, as they are stored.
 * @throws BudgetExceeded when they are more than a round may have; RangeError when the skill declares no pods, or waits for none
 * that is missing, and so for ever.
 */
export function missingWorks(skill: AnySkill, { wants }: PodsWanted, answers: PodAnswers): readonly Json[] {
  if (skill.pods === undefined) throw new RangeError(`The skill ${skill.name} wants pods, and declares none.`);
  const works = new Map(wants.map((work) => [digestOf(work), work]));
  const missing = [...works].flatMap(([digest, work]) => (answers.has(digest) ? [] : [asStored(work)]));
  if (missing.length === 0) throw new RangeError(`The skill ${skill.name} waits for pods that are all solved.`);
  if (missing.length > MOST_PODS_A_ROUND)
    throw new BudgetExceeded(`The execution wants ${missing.length} pods at once; ${MOST_PODS_A_ROUND} are allowed.`);
  return missing;
}

/**
 * Holds one more wish for pods against what the skill declares.
 * @param rounds rounds of pods that were solved before.
 * @throws BudgetExceeded when those were all that the skill may want.
 */
export function checkRounds({ pods }: Pick<AnySkill, 'pods'>, rounds: number): void {
  const most = pods?.mostRounds ?? 0;
  if (rounds >= most)
    throw new BudgetExceeded(`The execution wants ${rounds + 1} rounds of pods; the skill allows ${most}.`);
}
