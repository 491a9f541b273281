import type { Json } from '../../lib/core/json.ts';
import { wantsPods } from '../../lib/platform/executions/pod-rounds.ts';
import type { SkillOutput } from '../../lib/platform/skill/define-skill.ts';
import type { SkillResult } from '../../lib/platform/skill/skill-result.ts';

/** For skills that want no pods: none is solved. */
export const NO_PODS = { solved: (): Json | undefined => undefined };

/**
 * The result among what a skill returned.
 * @throws Error when it waits for pods.
 */
export function resultIn(output: SkillOutput): SkillResult {
  if (wantsPods(output)) throw new Error(`The skill has no result; it wants ${output.wants.length} pods.`);
  return output;
}
