import { addSeconds, earliest, type Instant } from '../../core/instant.ts';
import { renderMail } from '../../pages/mails/render-mail.ts';
import { log } from '../log.ts';
import { deliverAs } from '../mail/deliver-as.ts';
import type { Runtime } from '../runtime.ts';
import { type Case, contactOf, OVERSIGHT, readCase } from './case.ts';
import { linkKey, mintLink } from './link.ts';
import { closedMailView, linkMailView } from './mail-views.ts';
import { eligibilityOf } from './seat-holder.ts';
import { findSeat, type LiveLink, type Seat, type Stage, type StageMail, withEvent, withSeat } from './stage.ts';
import { changeStage, findStage } from './stage-store.ts';

/** A link works this long at most, and never beyond its level's deadline. */
const LINK_LIFETIME_SECONDS = 7 * 24 * 3600;
const LIVE_LINKS = 2;

/** A sender that has not finished after so long has crashed; another may take its mail up. */
const LEASE_SECONDS = 120;
const LONGEST_BACKOFF_SECONDS = 3600;

/** A slow transport must not use up the time of the step that waits here: later mails are the sweeper's. */
const SENDING_SECONDS = 20;

/** How the path of an approval link begins. */
export const LINK_PATH = '/approvals/';

function findMail(stage: Stage, mailId: string): StageMail | undefined {
  return stage.pendingMails.find((mail) => mail.mailId === mailId);
}

function withoutMail(stage: Stage, mailId: string): Stage {
  return { ...stage, pendingMails: stage.pendingMails.filter((mail) => mail.mailId !== mailId) };
}

function withLease(stage: Stage, mail: StageMail, now: Instant): Stage {
  const leased = { ...mail, attempts: mail.attempts + 1, notBefore: addSeconds(now, LEASE_SECONDS) };
  return { ...stage, pendingMails: stage.pendingMails.map((one) => (one.mailId === mail.mailId ? leased : one)) };
}

/** A fresh link takes the place of every earlier one; any other leaves the newest of them alive beside it. */
function withLiveLink(seat: Seat, link: LiveLink, mail: StageMail): Seat {
  const kept = mail.kind === 'fresh-link' ? [] : seat.liveLinks;
  return { ...seat, asked: true, liveLinks: [...kept, link].slice(-LIVE_LINKS) };
}

async function drop(runtime: Runtime, stage: Stage, mail: StageMail, reason: string): Promise<void> {
  await changeStage(runtime, stage.executionId, stage.stage, (current) =>
    findMail(current, mail.mailId) === undefined
      ? undefined
      : withEvent(withoutMail(current, mail.mailId), {
          eventId: `${mail.mailId}.not-mailed`,
          at: runtime.clock.now(),
          type: 'mail-not-sent',
          actor: 'system',
          data: { mailId: mail.mailId, kind: mail.kind, seatId: mail.seatId, reason },
        }),
  );
}

/** Strikes the intent: the transport has the mail. */
async function settle(runtime: Runtime, stage: Stage, mail: StageMail): Promise<void> {
  await changeStage(runtime, stage.executionId, stage.stage, (current) =>
    withEvent(
      { ...withoutMail(current, mail.mailId), mailsSent: current.mailsSent + 1 },
      {
        eventId: `${mail.mailId}.mailed`,
        at: runtime.clock.now(),
        type: 'mail-sent',
        actor: 'system',
        data: { mailId: mail.mailId, kind: mail.kind, seatId: mail.seatId, round: stage.round },
      },
    ),
  );
}

/** Leaves the intent for later, the longer the more often it failed. */
async function postpone(runtime: Runtime, stage: Stage, mail: StageMail, error: unknown): Promise<void> {
  log('warn', {
    event: 'approval-mail-failed',
    executionId: stage.executionId,
    mailId: mail.mailId,
    error: error instanceof Error ? error.name : 'unknown',
  });
  await changeStage(runtime, stage.executionId, stage.stage, (current) => {
    const failed = findMail(current, mail.mailId);
    if (failed === undefined) return undefined;
    const seconds = Math.min(60 * 2 ** Math.min(failed.attempts, 10), LONGEST_BACKOFF_SECONDS);
    const later = { ...failed, notBefore: addSeconds(runtime.clock.now(), seconds) };
    return { ...current, pendingMails: current.pendingMails.map((one) => (one === failed ? later : one)) };
  });
}

type Rendered = ReturnType<typeof renderMail>;

async function send(runtime: Runtime, stage: Stage, mail: StageMail, to: string, rendered: Rendered): Promise<void> {
  const { executionId } = stage;
  try {
    await deliverAs(runtime, { executionId, mailId: mail.mailId }, { to, ...rendered });
  } catch (error) {
    await postpone(runtime, stage, mail, error);
    return;
  }
  await settle(runtime, stage, mail);
}

/**
 * Mails a seat its link. The secret is minted here, for this mail alone; what is stored of it is a digest. The intent is
 * taken on lease and the link made live by one conditional write, so two senders cannot both mail it.
 */
async function sendLinkMail(runtime: Runtime, file: Case, stage: Stage, mail: StageMail): Promise<void> {
  const now = runtime.clock.now();
  const place = findSeat(stage, mail.seatId);
  if (place === undefined || place.seat.standing !== 'open' || now >= place.level.dueAt)
    return drop(runtime, stage, mail, 'not-asked-any-more');
  const { level, seat } = place;
  const contact = contactOf(runtime, file.directory, seat);
  if (contact === undefined) return drop(runtime, stage, mail, 'unknown-person');
  if (seat.approver !== OVERSIGHT) {
    const eligibility = eligibilityOf(file.directory, stage, level, seat, now);
    if (!eligibility.eligible) return drop(runtime, stage, mail, eligibility.code);
  }
  const lifeEnd = addSeconds(now, LINK_LIFETIME_SECONDS);
  const { executionId, round, termsDigest } = stage;
  const { link, address } = await mintLink(runtime, {
    executionId,
    stage: stage.stage,
    round,
    seatId: seat.seatId,
    approver: seat.approver,
    termsDigest,
    mintedAt: now,
    expiresAt: earliest([lifeEnd, level.dueAt]) ?? level.dueAt,
  });
  const { linkId, mintedAt, expiresAt } = link;
  const leased = await changeStage(runtime, executionId, stage.stage, (current) => {
    const pending = findMail(current, mail.mailId);
    const held = findSeat(current, mail.seatId)?.seat;
    const owed = pending !== undefined && pending.notBefore <= now && current.round === round;
    if (!owed || held?.standing !== 'open' || held.approver !== seat.approver) return undefined;
    return withSeat(withLease(current, pending, now), seat.seatId, (one) =>
      withLiveLink(one, { linkId, mintedAt, expiresAt }, mail),
    );
  });
  const mine = findSeat(leased, mail.seatId)?.seat;
  if (mine === undefined || !mine.liveLinks.some((one) => one.linkId === linkId)) {
    await runtime.table.delete(linkKey(linkId));
    return;
  }
  const replacesEarlierLink = seat.liveLinks.some((one) => !mine.liveLinks.some((live) => live.linkId === one.linkId));
  const url = `${runtime.settings.baseUrl}${LINK_PATH}${address}`;
  const view = linkMailView(file, {
    mail,
    stage: leased,
    level,
    seat: mine,
    timeZone: contact.timeZone,
    url,
    replacesEarlierLink,
  });
  await send(runtime, stage, mail, contact.address, renderMail(view));
}

/** Mails a seat that it is no longer asked. */
async function sendClosedMail(runtime: Runtime, file: Case, stage: Stage, mail: StageMail): Promise<void> {
  const now = runtime.clock.now();
  const place = findSeat(stage, mail.seatId);
  const contact = place && contactOf(runtime, file.directory, place.seat);
  if (place === undefined || contact === undefined) return drop(runtime, stage, mail, 'unknown-person');
  let leased = false;
  await changeStage(runtime, stage.executionId, stage.stage, (current) => {
    const pending = findMail(current, mail.mailId);
    leased = pending !== undefined && pending.notBefore <= now;
    return pending !== undefined && leased ? withLease(current, pending, now) : undefined;
  });
  if (!leased) return;
  const view = closedMailView(file, stage, place.level, place.seat, contact.timeZone);
  await send(runtime, stage, mail, contact.address, renderMail(view));
}

/**
 * Sends the mails that a stage owes and that are due. A mail that the transport refuses stays owed. Safe to run at any time,
 * twice and at once: each mail is sent at least once, and twice only when a sender crashed between transport and record.
 * No mail is begun after 20 seconds.
 * @returns how many mails were due.
 */
export async function sendStageMails(runtime: Runtime, executionId: string, stageNumber: number): Promise<number> {
  const stage = await findStage(runtime, executionId, stageNumber);
  const now = runtime.clock.now();
  const due = stage?.pendingMails.filter((mail) => mail.notBefore <= now) ?? [];
  if (stage === undefined || due.length === 0) return 0;
  const file = await readCase(runtime, executionId);
  for (const mail of due) {
    if (runtime.clock.now() > addSeconds(now, SENDING_SECONDS)) break;
    const latest = (await findStage(runtime, executionId, stageNumber)) ?? stage;
    if (mail.kind === 'link-closed') await sendClosedMail(runtime, file, latest, mail);
    else await sendLinkMail(runtime, file, latest, mail);
  }
  return due.length;
}
