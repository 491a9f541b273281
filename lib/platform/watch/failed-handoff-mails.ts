import { appendAudit } from '../audit/append.ts';
import { readChain } from '../audit/chain.ts';
import { type OpenHandoff, withEvent } from '../handoffs/handoff.ts';
import { changeHandoff, findHandoff } from '../handoffs/handoff-store.ts';
import type { MailFailure } from '../mail/mail-failures.ts';
import type { Runtime } from '../runtime.ts';

/** Whom a mail about a handoff was for. */
export interface HandoffAddressee {
  readonly personId: string;
  /** Whether the wait that it was about is still in force. */
  readonly waits: boolean;
}

/** The person and the wait of a mail: it is owed still, or the chain tells of its sending. */
async function askedBy(runtime: Runtime, handoff: OpenHandoff, mailId: string) {
  const owed = handoff.pendingMails.find((mail) => mail.mailId === mailId);
  if (owed !== undefined) return { personId: owed.personId, wait: owed.wait };
  const chain = await readChain(runtime, handoff.executionId);
  const { personId, wait } = chain.find(({ eventId }) => eventId === `${mailId}.mailed`)?.data ?? {};
  return typeof personId === 'string' ? { personId, wait } : undefined;
}

/**
 * Strikes a mail that failed for good from what a handoff owes, and records in the chain whom it did not reach. The wait goes on:
 * others may answer, and its clock says what follows.
 * @returns whom it was for; `undefined` when it was about no handoff.
 */
export async function recordHandoffMailFailure(
  runtime: Runtime,
  executionId: string,
  mailId: string,
  failure: MailFailure,
): Promise<HandoffAddressee | undefined> {
  const handoff = await findHandoff(runtime, executionId);
  const asked = handoff === undefined ? undefined : await askedBy(runtime, handoff, mailId);
  if (asked === undefined) return undefined;
  const { personId, wait } = asked;
  const after = await changeHandoff(runtime, executionId, (current) => {
    const pendingMails = current.pendingMails.filter((mail) => mail.mailId !== mailId);
    const event = { eventId: `${mailId}.undeliverable`, at: failure.at, type: 'mail-undeliverable', actor: 'system' };
    return withEvent(
      { ...current, pendingMails },
      { ...event, data: { mailId, personId, wait, reason: failure.kind } },
    );
  });
  await appendAudit(runtime, executionId);
  return { personId, waits: after.wait !== undefined && after.number === wait };
}
