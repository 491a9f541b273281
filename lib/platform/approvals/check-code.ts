import type { Instant } from '../../core/instant.ts';
import type { Runtime } from '../runtime.ts';
import { changeAggregate } from '../store/aggregate.ts';
import { type Link, linkKey, type MailCode } from './link.ts';
import { CODE_ATTEMPTS, livingCode, matchesCode, type Possession } from './mail-code.ts';
import { withEvent } from './stage.ts';
import { changeStage } from './stage-store.ts';

/** A code as it was entered, by a browser that holds a link. */
export interface EnteredCode extends Possession {
  /** Six digits. */
  readonly code: string;
}

/** What became of an entered code. */
export type CodeCheck =
  | { readonly code: 'right' }
  | { readonly code: 'wrong'; readonly attemptsLeft: number; readonly until: Instant }
  /** This browser was mailed none for this link, or it is too old, or was tried too often. */
  | { readonly code: 'none' };

/** Counts an entry before it is looked at, so that no number of concurrent guesses gets more than the cap allows. */
async function countAttempt(runtime: Runtime, link: Link, cookie: string, now: Instant): Promise<MailCode | undefined> {
  let counted: MailCode | undefined;
  await changeAggregate<Link>(runtime.table, linkKey(link.linkId), (current) => {
    const living = livingCode(current.codes, cookie, now);
    counted = living && { ...living, attempts: living.attempts + 1 };
    if (counted === undefined) return undefined;
    const after = counted;
    return { ...current, codes: (current.codes ?? []).map((one) => (one === living ? after : one)) };
  });
  return counted;
}

async function recordExhaustion(runtime: Runtime, link: Link, { codeId }: MailCode, at: Instant): Promise<void> {
  const { executionId, seatId, round } = link;
  await changeStage(runtime, executionId, link.stage, (current) =>
    withEvent(current, {
      eventId: `code.${codeId}.exhausted`,
      at,
      type: 'code-attempts-exhausted',
      actor: 'system',
      data: { seatId, round, attempts: CODE_ATTEMPTS },
    }),
  );
}

/**
 * Checks a code that was entered. It is right only together with the secret of the link and the cookie of the browser it was
 * mailed for. A right code is not struck: it is worth one decision, because its seat takes one; until then a write that lost
 * its race can be tried again with it.
 * @throws Conflict when too many enter codes at once.
 */
export async function checkCode(runtime: Runtime, link: Link, entered: EnteredCode): Promise<CodeCheck> {
  const now = runtime.clock.now();
  const counted = await countAttempt(runtime, link, entered.cookie, now);
  if (counted === undefined) return { code: 'none' };
  if (await matchesCode(entered.code, entered, counted)) return { code: 'right' };
  const attemptsLeft = CODE_ATTEMPTS - counted.attempts;
  if (attemptsLeft <= 0) await recordExhaustion(runtime, link, counted, now);
  return { code: 'wrong', attemptsLeft, until: counted.expiresAt };
}
