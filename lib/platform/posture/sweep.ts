import type { Instant } from '../../core/instant.ts';
import type { Runtime } from '../runtime.ts';
import { type AnySkill, postureThresholdsOf } from '../skill/define-skill.ts';
import { calmedPosture } from './evaluate.ts';
import { lastFailure } from './failures.ts';
import { logMove, movedPosture } from './move.ts';
import { changePosture, readPostureState } from './posture-store.ts';
import { settleGovernance } from './settle.ts';

/** What a sweep over postures did. */
export interface PostureSweep {
  readonly lowered: number;
  readonly failures: number;
}

/** Lowers a posture by one step after the quiet that the skill declares. */
async function calm(runtime: Runtime, skill: AnySkill, at: Instant): Promise<boolean> {
  const before = await readPostureState(runtime, skill.name);
  if (before.posture === 'normal') return false;
  const thresholds = postureThresholdsOf(skill);
  const last = await lastFailure(runtime, skill.name);
  let lowered = false;
  const state = await changePosture(runtime, skill.name, (current) => {
    const to = calmedPosture(thresholds, current, last?.at, at);
    lowered = to !== undefined;
    const because = `No failure within ${thresholds.calmAfterSeconds} seconds.`;
    return to === undefined ? undefined : movedPosture(current, to, { at, by: 'system', because });
  });
  const move = state.moves.at(-1);
  if (lowered && move !== undefined) logMove(skill.name, move);
  return lowered;
}

/** Lowers what has calmed down, and does what every skill still owes to the flag server and to oversight. */
export async function sweepPostures(runtime: Runtime, at: Instant): Promise<PostureSweep> {
  const sweep = { lowered: 0, failures: 0 };
  for (const skill of runtime.skills) {
    if (await calm(runtime, skill, at)) sweep.lowered += 1;
    sweep.failures += await settleGovernance(runtime, skill);
  }
  return sweep;
}
