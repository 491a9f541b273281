import { addSeconds, earliest, type Instant } from '../../core/instant.ts';
import { renderMail } from '../../pages/mails/render-mail.ts';
import { log } from '../log.ts';
import { deliverAs } from '../mail/deliver-as.ts';
import type { Runtime } from '../runtime.ts';
import { changeAggregate } from '../store/aggregate.ts';
import { type Case, type Contact, contactOf } from './case.ts';
import { hashSecret, type Link, linkKey, type MailCode, randomText } from './link.ts';
import { linkStanding } from './link-standing.ts';
import {
  CODE_SECONDS,
  countedAskings,
  drawCode,
  hashCode,
  livingCode,
  nextCodeAt,
  type Possession,
} from './mail-code.ts';
import { requestView } from './mail-views.ts';
import { type Seat, type Stage, stageName, withEvent, withSeat } from './stage.ts';
import { changeStage, readStage } from './stage-store.ts';

const SALT_BYTES = 16;
const CODE_ID_BYTES = 8;

/** What came of asking for a code. `until`: a code that was mailed to this browser's seat works until then. */
export type AskedCode =
  | { readonly asked: 'mailed'; readonly until: Instant }
  /** One that was mailed before still works, so no other was. */
  | { readonly asked: 'still-works'; readonly until: Instant }
  /** No more are mailed until `from`. */
  | { readonly asked: 'capped'; readonly from: Instant; readonly until?: Instant }
  /** The transport did not take the mail; it does not count. */
  | { readonly asked: 'not-mailed' }
  /** The seat cannot decide any more. */
  | { readonly asked: 'closed' };

/** Reserves one of the seat's mails by a conditional write, so that no number of concurrent posts exceeds the cap. */
async function reserve(runtime: Runtime, link: Link, now: Instant): Promise<boolean> {
  let reserved = false;
  await changeStage(runtime, link.executionId, link.stage, (current) => {
    const { standing, seat } = linkStanding(current, link, now);
    reserved = standing === 'open' && nextCodeAt(seat.codesAskedAt, now) === undefined;
    if (!reserved) return undefined;
    const codesAskedAt = [...countedAskings(seat.codesAskedAt, now), now];
    return withSeat(current, seat.seatId, (one) => ({ ...one, codesAskedAt }));
  });
  return reserved;
}

/** Gives a reservation back: nothing was mailed. */
async function release(runtime: Runtime, link: Link, reservedAt: Instant): Promise<void> {
  await changeStage(runtime, link.executionId, link.stage, (current) =>
    withSeat(current, link.seatId, (seat) => {
      const asked = seat.codesAskedAt ?? [];
      const place = asked.lastIndexOf(reservedAt);
      return place < 0 ? seat : { ...seat, codesAskedAt: asked.toSpliced(place, 1) };
    }),
  );
}

/** Keeps a code in its link's item; the one that the same browser held before is dead. */
async function keep(runtime: Runtime, link: Link, code: MailCode, now: Instant): Promise<void> {
  await changeAggregate<Link>(runtime.table, linkKey(link.linkId), (current) => ({
    ...current,
    codes: [...(current.codes ?? []).filter((one) => now < one.expiresAt && one.cookieHash !== code.cookieHash), code],
  }));
}

async function forget(runtime: Runtime, link: Link, codeId: string): Promise<void> {
  await changeAggregate<Link>(runtime.table, linkKey(link.linkId), (current) => ({
    ...current,
    codes: (current.codes ?? []).filter((one) => one.codeId !== codeId),
  }));
}

interface Recipient {
  readonly stage: Stage;
  readonly seat: Seat;
  readonly contact: Contact;
}

/** Mints a code and mails it. The code itself exists in this call and in the mail, nowhere else. */
async function mintAndMail(
  runtime: Runtime,
  file: Case,
  link: Link,
  possession: Possession,
  { stage, seat, contact }: Recipient,
): Promise<AskedCode> {
  const now = runtime.clock.now();
  const digits = drawCode(runtime);
  const salt = randomText(runtime, SALT_BYTES);
  const codeId = randomText(runtime, CODE_ID_BYTES);
  const expiresAt = earliest([addSeconds(now, CODE_SECONDS), link.expiresAt]) ?? link.expiresAt;
  const hash = await hashCode(digits, possession, salt);
  const cookieHash = hashSecret(possession.cookie);
  await keep(runtime, link, { codeId, cookieHash, salt, hash, mintedAt: now, expiresAt, attempts: 0 }, now);
  const mailId = `${stageName(stage)}.r${stage.round}.code.${seat.seatId}.${codeId}`;
  const rendered = renderMail({
    mail: 'code',
    request: requestView(file),
    approverName: contact.name,
    code: digits,
    until: { instant: expiresAt, timeZone: contact.timeZone },
  });
  const { executionId } = link;
  try {
    await deliverAs(runtime, { executionId, mailId }, { to: contact.address, ...rendered });
  } catch (error) {
    log('warn', { event: 'code-mail-failed', executionId, error: error instanceof Error ? error.name : 'unknown' });
    await forget(runtime, link, codeId);
    return { asked: 'not-mailed' };
  }
  await changeStage(runtime, executionId, link.stage, (current) =>
    withEvent(current, {
      eventId: `${mailId}.mailed`,
      at: now,
      type: 'code-mailed',
      actor: 'system',
      data: { mailId, seatId: seat.seatId, round: stage.round },
    }),
  );
  return { asked: 'mailed', until: expiresAt };
}

/**
 * Mails a one-time code to the registered address of a seat's approver, by the directory in force: whoever holds only the
 * link has it mailed to the approver, not to themselves. The code works for the browser that asked (its cookie) and for this
 * link alone. Capped per seat; it does not count against the skill's mail budget, for nobody with a link may use that up.
 * @param again mails another although one still works; the earlier one dies.
 * @throws Conflict when too many write the stage or the link at once.
 */
export async function askCode(
  runtime: Runtime,
  file: Case,
  link: Link,
  possession: Possession,
  again: boolean,
): Promise<AskedCode> {
  const now = runtime.clock.now();
  const [current, stage] = await Promise.all([
    runtime.table.get<Link>(linkKey(link.linkId)),
    readStage(runtime, link.executionId, link.stage),
  ]);
  const { standing, seat } = linkStanding(stage, link, now);
  const contact = contactOf(runtime, file.directory, seat);
  if (standing !== 'open' || contact === undefined) return { asked: 'closed' };
  const until = livingCode(current?.codes, possession.cookie, now)?.expiresAt;
  if (until !== undefined && !again) return { asked: 'still-works', until };
  if (!(await reserve(runtime, link, now))) {
    const after = linkStanding(await readStage(runtime, link.executionId, link.stage), link, now);
    const from = nextCodeAt(after.seat.codesAskedAt, now);
    if (after.standing !== 'open' || from === undefined) return { asked: 'closed' };
    return { asked: 'capped', from, ...(until === undefined ? {} : { until }) };
  }
  const asked = await mintAndMail(runtime, file, link, possession, { stage, seat, contact });
  if (asked.asked === 'not-mailed') await release(runtime, link, now);
  return asked;
}
