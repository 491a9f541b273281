import { parseWith } from '../../core/zod-problems.ts';
import { type Posture, posture } from '../contracts/outcome.ts';
import { logMove, movedPosture } from '../posture/move.ts';
import { changePosture, readPostureState } from '../posture/posture-store.ts';
import type { Runtime } from '../runtime.ts';

/** The skill's posture; `normal` where nobody ever set one. `critical` stops every publication. */
export async function readPosture(runtime: Pick<Runtime, 'table'>, skill: string): Promise<Posture> {
  const state = await readPostureState(runtime, skill);
  return parseWith(posture, state.posture, `The posture of ${skill}`);
}

/**
 * Sets the skill's posture, with who set it, when and why. What follows from it (the flag, the mail to oversight) is owed
 * from then on: `settleGovernance` does it, and the sweeper where nobody else did.
 * @param by a person's id, or `system`.
 */
export async function setPosture(
  runtime: Pick<Runtime, 'table' | 'clock'>,
  skill: string,
  value: Posture,
  by: string,
  because = 'Set by hand.',
): Promise<Posture> {
  const at = runtime.clock.now();
  let moved = false;
  const state = await changePosture(runtime, skill, (current) => {
    const next = movedPosture(current, value, { at, by, because });
    moved = next !== undefined;
    return next;
  });
  const move = state.moves.at(-1);
  if (moved && move !== undefined) logMove(skill, move);
  return state.posture;
}
