import { listFollowUps } from '../platform/api/follow-ups.ts';
import { closeFollowUp } from '../platform/follow-ups/follow-up-store.ts';
import { type EnvironmentOptions, openEnvironment, operator } from './environment.ts';

/** Options of `countersign follow-ups`. */
export interface FollowUpOptions extends EnvironmentOptions {
  readonly skill?: string;
  readonly status?: string;
  readonly json?: boolean;
}

/** `countersign follow-ups list`: what somebody has to look after, and by when. */
export async function list(options: FollowUpOptions): Promise<void> {
  const { runtime } = await openEnvironment(options);
  const { skill, status } = options;
  const { followUps } = await listFollowUps(runtime, {
    ...(skill === undefined ? {} : { skill }),
    ...(status === undefined ? {} : { status }),
  });
  if (options.json === true) return console.log(JSON.stringify({ followUps }));
  if (followUps.length === 0) console.log('There is nothing to follow up.');
  for (const { followUpId, due, owner, title, executionId, closedBy, status: stands } of followUps) {
    console.log(`${followUpId}  ${stands}  due ${due}  ${owner}`);
    console.log(`    ${title}${executionId === undefined ? '' : ` (${executionId})`}`);
    if (closedBy !== undefined) console.log(`    Done by ${closedBy}.`);
  }
}

/** `countersign follow-ups done`: marks one as done. */
export async function done(
  followUpId: string,
  options: FollowUpOptions & { readonly by?: string; readonly note: string },
): Promise<void> {
  const { runtime } = await openEnvironment(options);
  const closed = await closeFollowUp(runtime, followUpId, { by: operator(options.by), note: options.note });
  if (options.json === true) return console.log(JSON.stringify(closed));
  console.log(`${closed.followUpId} was done at ${closed.closedAt} by ${closed.closedBy}: ${closed.note}`);
}
