import { parseWith } from '../core/zod-problems.ts';
import { viewPosture } from '../platform/api/posture.ts';
import { setPosture } from '../platform/configuration/posture.ts';
import { postureOrder } from '../platform/contracts/posture.ts';
import { settleGovernance } from '../platform/posture/settle.ts';
import type { Runtime } from '../platform/runtime.ts';
import type { AnySkill } from '../platform/skill/define-skill.ts';
import { type EnvironmentOptions, openEnvironment, operator, skillOf } from './environment.ts';

/** Options of `countersign posture`. */
export interface PostureOptions extends EnvironmentOptions {
  readonly json?: boolean;
}

async function print(runtime: Runtime, skill: AnySkill, json: boolean | undefined): Promise<void> {
  const view = await viewPosture(runtime, skill);
  if (json === true) return console.log(JSON.stringify(view));
  console.log(`${skill.title}: ${view.posture} since ${view.since}`);
  for (const { at, from, to, by, because } of view.moves)
    console.log(`  ${at}  ${from} -> ${to}, by ${by}: ${because}`);
  const { flagServer } = view;
  if (flagServer !== undefined)
    console.log(`  The flag server is to have the flag ${flagServer.enabled ? 'on' : 'off'}: ${flagServer.result}.`);
}

/** `countersign posture show`: the posture of a skill, and how it came to it. */
export async function show(named: string, options: PostureOptions): Promise<void> {
  const { runtime } = await openEnvironment(options);
  await print(runtime, skillOf(runtime.skills, named), options.json);
}

/** `countersign posture set`: moves the posture of a skill by hand. */
export async function set(
  named: string,
  posture: string,
  options: PostureOptions & { readonly by?: string; readonly because: string },
): Promise<void> {
  const { runtime } = await openEnvironment(options);
  const skill = skillOf(runtime.skills, named);
  const order = parseWith(postureOrder, { posture, because: options.because }, 'The order');
  await setPosture(runtime, skill.name, order.posture, operator(options.by), order.because);
  await settleGovernance(runtime, skill);
  await print(runtime, skill, options.json);
}
