import { skills } from '#skills';
import { findSkill } from '../platform/skill/define-skill.ts';
import { type GovernanceOptions, openGovernance, type PostureView } from './governance.ts';
import { say, sayJson } from './say.ts';

/** Options of `countersign posture`. */
export interface PostureOptions extends GovernanceOptions {
  readonly json?: boolean;
}

function print(view: PostureView, json: boolean | undefined): void {
  if (json === true) {
    sayJson(view);
    return;
  }
  say(`${findSkill(skills, view.skill)?.title ?? view.skill}: ${view.posture} since ${view.since}`);
  for (const { at, from, to, by, because } of view.moves) say(`  ${at}  ${from} -> ${to}, by ${by}: ${because}`);
  const { flagServer } = view;
  if (flagServer !== undefined)
    say(`  The flag server is to have the flag ${flagServer.enabled ? 'on' : 'off'}: ${flagServer.result}.`);
}

/** `countersign posture show`: the posture of a skill, and how it came to it. */
export async function show(named: string, options: PostureOptions): Promise<void> {
  const governance = await openGovernance(options);
  print(await governance.posture(named), options.json);
}

/** `countersign posture set`: moves the posture of a skill by hand. */
export async function set(
  named: string,
  posture: string,
  options: PostureOptions & { readonly because: string },
): Promise<void> {
  const governance = await openGovernance(options);
  print(await governance.setPosture(named, { posture, because: options.because }), options.json);
}
