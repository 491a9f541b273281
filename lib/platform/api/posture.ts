import type * as z from 'zod';
import { parseWith } from '../../core/zod-problems.ts';
import { setPosture } from '../configuration/posture.ts';
import { postureOrder, type postureView } from '../contracts/posture.ts';
import { readPostureState } from '../posture/posture-store.ts';
import { settleGovernance } from '../posture/settle.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import { requireAdministrator } from './operator.ts';

/** The posture of a skill, how it came to it, and what the flag server was told. */
export async function viewPosture(runtime: Runtime, skill: AnySkill): Promise<z.infer<typeof postureView>> {
  const { posture, since, moves, flagDuty } = await readPostureState(runtime, skill.name);
  return { skill: skill.name, posture, since, moves, ...(flagDuty === undefined ? {} : { flagServer: flagDuty }) };
}

/**
 * Sets the posture of a skill on an administrator's word, and tells the flag server and oversight what follows from it.
 * @throws InvalidInput when the body does not fit, Forbidden for anybody but an administrator.
 */
export async function orderPosture(
  runtime: Runtime,
  skill: AnySkill,
  body: unknown,
  caller: string,
): Promise<z.infer<typeof postureView>> {
  const by = await requireAdministrator(runtime, caller);
  const order = parseWith(postureOrder, body, 'The body');
  await setPosture(runtime, skill.name, order.posture, by, order.because);
  await settleGovernance(runtime, skill);
  return viewPosture(runtime, skill);
}
