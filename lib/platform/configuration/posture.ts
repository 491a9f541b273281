import { parseWith } from '../../core/zod-problems.ts';
import { type Posture, posture } from '../contracts/outcome.ts';
import type { Runtime } from '../runtime.ts';

const key = (skill: string) => ({ pk: `SKILL#${skill}`, sk: 'POSTURE' });

/** The skill's posture; `normal` where nobody ever set one. `critical` stops every publication. */
export async function readPosture(runtime: Pick<Runtime, 'table'>, skill: string): Promise<Posture> {
  const item = await runtime.table.get<{ posture: unknown }>(key(skill));
  return item === undefined ? 'normal' : parseWith(posture, item.posture, `The posture of ${skill}`);
}

/** Sets the skill's posture, with who set it and when. */
export async function setPosture(
  runtime: Pick<Runtime, 'table' | 'clock'>,
  skill: string,
  value: Posture,
  by: string,
): Promise<void> {
  await runtime.table.put({ ...key(skill), posture: value, by, since: runtime.clock.now() });
}
