import { InvalidInput } from '../core/errors.ts';
import { pointer } from '../core/json.ts';
import type { AnySkill } from '../platform/skill/define-skill.ts';
import type { Environment } from './environments.ts';

/**
 * Makes sure that an environment lets a skill solve as many pods at once as it may: Lambda refuses what is beyond, and a pod that
 * is refused for some seconds is a fault of its execution.
 * @throws InvalidInput when fewer copies of the function are set aside than all executions that compute at once may need.
 */
export function requirePodConcurrency({ name, settings }: Environment, { name: skill, pods, budget }: AnySkill): void {
  const allowed = settings.caps.concurrency?.['solve-pod'];
  if (pods === undefined || allowed === undefined) return;
  const needed = pods.atOnce * budget.computingExecutions;
  if (allowed >= needed) return;
  const message = `The skill ${skill} may solve ${needed} pods at once (${pods.atOnce} for each of ${budget.computingExecutions} executions), and ${allowed} are allowed.`;
  const mend = `Allow ${needed}, or lower "atOnce" or "computingExecutions" of the skill.`;
  const at = pointer('', 'caps', 'concurrency', 'solve-pod');
  throw new InvalidInput(`The environment ${name} allows too few functions at once for pods.`, [
    { pointer: at, code: 'too-few-functions', message, mend },
  ]);
}
