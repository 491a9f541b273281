import { composeMail, paragraph } from '../../pages/mails/compose.ts';
import { isSettled, type Stage, withEvent } from '../approvals/stage.ts';
import { changeStage, readStages } from '../approvals/stage-store.ts';
import { appendAudit } from '../audit/append.ts';
import { readChain } from '../audit/chain.ts';
import { readDirectory } from '../configuration/directory-store.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import { findExecution } from '../executions/execution-store.ts';
import { log } from '../log.ts';
import { deliverAs } from '../mail/deliver-as.ts';
import { type MailFailure, readMailFailures, strikeMailFailure } from '../mail/mail-failures.ts';
import { MailNotAccepted } from '../mail/mail-not-accepted.ts';
import { executionLink } from '../mail/status-link.ts';
import type { Runtime } from '../runtime.ts';
import { recordHandoffMailFailure } from './failed-handoff-mails.ts';

/** What acting on failed mails came to. */
export interface FailedMails {
  readonly mailsGivenUp: number;
  readonly failures: number;
}

/** The seat that a mail was for, and the stage that it belongs to. */
interface Addressee {
  readonly stage: Stage;
  readonly seatId: string;
}

const OWN_PREFIX = 'undeliverable.';

/** An execution's id holds no full stop, so the first one ends it: `<execution>.<mail>@<domain>`. */
function nameIn(messageId: string): { executionId: string; mailId: string } | undefined {
  const [, executionId, mailId] = /^([^.@]+)\.(.+)@[^@]+$/.exec(messageId) ?? [];
  return executionId === undefined || mailId === undefined ? undefined : { executionId, mailId };
}

/** Whom a mail was for: it is owed still, or the chain tells of its sending. */
async function addresseeOf(runtime: Runtime, executionId: string, mailId: string): Promise<Addressee | undefined> {
  await appendAudit(runtime, executionId);
  const [stages, chain] = await Promise.all([readStages(runtime, executionId), readChain(runtime, executionId)]);
  const owed = stages.flatMap(({ pendingMails }) => pendingMails).find((mail) => mail.mailId === mailId)?.seatId;
  const sent = chain.find(({ eventId }) => eventId === `${mailId}.mailed`)?.data.seatId;
  const seatId = owed ?? (typeof sent === 'string' ? sent : undefined);
  const stage = stages.find(({ levels }) => levels.some(({ seats }) => seats.some((seat) => seat.seatId === seatId)));
  return stage === undefined || seatId === undefined ? undefined : { stage, seatId };
}

/** The mail is owed no more, and the chain says of which seat nobody was reached. What is settled stays as it is. */
async function recordFailure(
  runtime: Runtime,
  { stage, seatId }: Addressee,
  mailId: string,
  failure: MailFailure,
): Promise<void> {
  await changeStage(runtime, stage.executionId, stage.stage, (current) => {
    const pendingMails = current.pendingMails.filter((mail) => mail.mailId !== mailId);
    if (isSettled(current))
      return pendingMails.length === current.pendingMails.length ? undefined : { ...current, pendingMails };
    const data = { mailId, seatId, reason: failure.kind };
    const event = { eventId: `${mailId}.undeliverable`, at: failure.at, type: 'mail-undeliverable', actor: 'system' };
    return withEvent({ ...current, pendingMails }, { ...event, data });
  });
  await appendAudit(runtime, stage.executionId);
}

/** Whom oversight is told of: the reader, the place that they were asked at, and whether that still waits for them. */
interface Reader {
  readonly personId: string | undefined;
  readonly seat: string;
  readonly waits: boolean;
}

function readerAt({ stage, seatId }: Addressee): Reader {
  const seats = stage.levels.flatMap((level) => level.seats);
  const personId = seats.find((seat) => seat.seatId === seatId)?.approver;
  return { personId, seat: seatId, waits: !isSettled(stage) };
}

async function nameOf(runtime: Runtime, record: ExecutionRecord, personId: string | undefined) {
  if (personId === undefined) return undefined;
  return (await readDirectory(runtime, record.directory)).person(personId)?.name ?? personId;
}

async function tellOversight(
  runtime: Runtime,
  record: ExecutionRecord,
  mailId: string,
  failure: MailFailure,
  reader: Reader | undefined,
): Promise<void> {
  const { executionId } = record;
  const name = await nameOf(runtime, record, reader?.personId);
  const mail = composeMail({
    subject: `A mail did not reach its reader: ${record.skill}`,
    heading: 'A mail did not reach its reader',
    blocks: [
      paragraph(
        reader?.waits === true
          ? 'Somebody who is asked to decide may not know of it. The other seats can still decide; what nobody decides in time escalates at its deadline. Correct the address in the directory, or have the principal name a delegate.'
          : 'Nothing waits for it. Correct the address in the directory, so that the next one arrives.',
      ),
      {
        block: 'facts',
        rows: [
          ['Skill', record.skill],
          ['Reader', name ?? record.requester.personId],
          ['Seat', reader?.seat ?? 'none'],
          ['What became of it', failure.kind],
        ],
      },
      executionLink(runtime.settings, executionId),
    ],
    executionId,
  });
  try {
    const own = { executionId, mailId: `${OWN_PREFIX}${mailId}` };
    await deliverAs(runtime, own, { to: runtime.settings.oversightAddress, ...mail });
  } catch (error) {
    // Oversight itself cannot be reached, ever: saying it again would turn in circles. The figure rings an alarm.
    if (!(error instanceof MailNotAccepted && error.permanent)) throw error;
    log('error', { event: 'oversight-out-of-reach', executionId });
  }
}

/** Whether the mail was for oversight itself: then only the log, the metric and its alarm are left to tell. */
function wasForOversight(mailId: string, addressee: Addressee | undefined): boolean {
  return mailId === 'incident' || mailId.startsWith(OWN_PREFIX) || addressee?.stage.kind === 'oversight';
}

async function actOn(runtime: Runtime, failure: MailFailure): Promise<void> {
  const name = nameIn(failure.messageId);
  const record = name === undefined ? undefined : await findExecution(runtime, name.executionId);
  if (name === undefined || record === undefined) {
    log('warn', { event: 'foreign-mail-failed', kind: failure.kind });
  } else {
    const { executionId, mailId } = name;
    log('error', { event: 'mail-given-up', executionId, mailId, kind: failure.kind });
    const addressee = await addresseeOf(runtime, executionId, mailId);
    if (addressee !== undefined) await recordFailure(runtime, addressee, mailId, failure);
    const handoff =
      addressee === undefined ? await recordHandoffMailFailure(runtime, executionId, mailId, failure) : undefined;
    const asked = handoff === undefined ? undefined : { ...handoff, seat: 'handoff' };
    const reader = addressee === undefined ? asked : readerAt(addressee);
    if (!wasForOversight(mailId, addressee)) await tellOversight(runtime, record, mailId, failure, reader);
  }
  await strikeMailFailure(runtime, failure);
}

/**
 * Acts on mails that failed for good: each is struck from what its stage owes, recorded in the chain with its seat, and told
 * to oversight. The stage itself goes on: others may decide, and its deadline escalates. What cannot be finished now is
 * taken up by the next sweep, so oversight is told at least once.
 */
export async function handleFailedMails(runtime: Runtime): Promise<FailedMails> {
  const sum = { mailsGivenUp: 0, failures: 0 };
  for (const failure of await readMailFailures(runtime)) {
    try {
      await actOn(runtime, failure);
      sum.mailsGivenUp += 1;
    } catch (error) {
      sum.failures += 1;
      log('error', { event: 'mail-failure-stays', error: error instanceof Error ? error.name : 'unknown' });
    }
  }
  return sum;
}
