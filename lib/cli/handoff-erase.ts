import { type GovernanceOptions, openGovernance } from './governance.ts';
import { say, sayJson } from './say.ts';

/** Options of `countersign handoff erase`. */
export interface EraseOptions extends GovernanceOptions {
  readonly because: string;
  readonly reason?: string;
  readonly json?: boolean;
}

/** `countersign handoff erase`: erases the payload of a handoff, and what quotes it, on record. */
export async function erase(executionId: string, options: EraseOptions): Promise<void> {
  const { because, reason } = options;
  const governance = await openGovernance(options);
  const answer = await governance.eraseHandoff(executionId, { because, ...(reason === undefined ? {} : { reason }) });
  if (options.json === true) return sayJson(answer);
  say(
    answer.repeated ? 'Everything was erased on record before.' : `The payload of ${executionId} is erased on record.`,
  );
  for (const { at, by, record, erased, repeatedIn, finished } of answer.erasures) {
    say(`${at}  by ${by}, ${erased.length} ${erased.length === 1 ? 'document' : 'documents'}`, `  record ${record}`);
    for (const { role, digest } of repeatedIn)
      say(`  The ${role} repeats texts of the payload and was kept, since people decided by it: ${digest}`);
    if (!finished) say('  Not finished: order it again, or leave it to the sweeper.');
  }
}
