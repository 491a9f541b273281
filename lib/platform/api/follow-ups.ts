import type * as z from 'zod';
import { NotFound } from '../../core/errors.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { type FollowUp, followUpClosing, type followUpList, followUpParameters } from '../contracts/follow-up.ts';
import { closeFollowUp, followUpsOf } from '../follow-ups/follow-up-store.ts';
import type { Runtime } from '../runtime.ts';
import { findSkill } from '../skill/define-skill.ts';
import { requireAdministrator } from './operator.ts';

/**
 * Lists follow-ups, what is due first in front.
 * @throws InvalidInput when a parameter does not fit, NotFound for an unknown skill.
 */
export async function listFollowUps(runtime: Runtime, parameters: unknown): Promise<z.infer<typeof followUpList>> {
  const ask = parseWith(followUpParameters, parameters, 'The query');
  const named = ask.skill === undefined ? undefined : findSkill(runtime.skills, ask.skill);
  if (ask.skill !== undefined && named === undefined) throw new NotFound('There is no skill under this name.');
  const skills = named === undefined ? runtime.skills : [named];
  const filter = ask.status === undefined ? {} : { status: ask.status };
  const found = await Promise.all(skills.map(({ name }) => followUpsOf(runtime, name, filter)));
  return { followUps: found.flat().toSorted((a, b) => (a.due < b.due ? -1 : a.due > b.due ? 1 : 0)) };
}

/**
 * Marks a follow-up as done on an administrator's word.
 * @throws InvalidInput when the body does not fit, NotFound when there is none of this id, Forbidden for anybody else.
 */
export async function finishFollowUp(
  runtime: Runtime,
  followUpId: string,
  body: unknown,
  caller: string,
): Promise<FollowUp> {
  const by = await requireAdministrator(runtime, caller);
  const { note } = parseWith(followUpClosing, body, 'The body');
  return closeFollowUp(runtime, followUpId, { by, note });
}
