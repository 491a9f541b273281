import { given } from './api/countersign-api.ts';
import { type GovernanceOptions, openGovernance } from './governance.ts';
import { say, sayJson } from './say.ts';

/** Options of `countersign follow-ups`. */
export interface FollowUpOptions extends GovernanceOptions {
  readonly skill?: string;
  readonly status?: string;
  readonly json?: boolean;
}

/** `countersign follow-ups list`: what somebody has to look after, and by when. */
export async function list(options: FollowUpOptions): Promise<void> {
  const governance = await openGovernance(options);
  const followUps = await governance.followUps(given({ skill: options.skill, status: options.status }));
  if (options.json === true) return sayJson({ followUps });
  if (followUps.length === 0) say('There is nothing to follow up.');
  for (const { followUpId, due, owner, title, executionId, closedBy, status: stands } of followUps) {
    say(`${followUpId}  ${stands}  due ${due}  ${owner}`);
    say(`    ${title}${executionId === undefined ? '' : ` (${executionId})`}`);
    if (closedBy !== undefined) say(`    Done by ${closedBy}.`);
  }
}

/** `countersign follow-ups done`: marks one as done. */
export async function done(followUpId: string, options: FollowUpOptions & { readonly note: string }): Promise<void> {
  const governance = await openGovernance(options);
  const closed = await governance.closeFollowUp(followUpId, options.note);
  if (options.json === true) return sayJson(closed);
  say(`${closed.followUpId} was done at ${closed.closedAt} by ${closed.closedBy}: ${closed.note}`);
}
