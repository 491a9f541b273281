import { addSeconds, earliest, type Instant } from '../../core/instant.ts';
import { type HandoffMailView, renderHandoffMail } from '../../pages/mails/handoff-mails.ts';
import { linkKey, mintLink } from '../approvals/link.ts';
import { currentDirectory } from '../configuration/directory-store.ts';
import { log } from '../log.ts';
import { deliverAs } from '../mail/deliver-as.ts';
import type { Runtime } from '../runtime.ts';
import { contactOf, nameOf } from './file.ts';
import { type HandoffMail, type HandoffSeat, type OpenHandoff, seatOf, withEvent, withSeat } from './handoff.ts';
import { changeHandoff, findHandoff } from './handoff-store.ts';
import { HANDOFF_PATH, type HandoffLink } from './link.ts';
import { isOverBudget } from './mail-budget.ts';

type Directory = Awaited<ReturnType<typeof currentDirectory>>;
type Contact = NonNullable<ReturnType<typeof contactOf>>;

/** A mail that brings a link. */
type LinkMail = HandoffMail & { readonly kind: Exclude<HandoffMail['kind'], 'over'> };

const isLinkMail = (mail: HandoffMail): mail is LinkMail => mail.kind !== 'over';

/** A link works this long at most, and never beyond the clock of its wait. */
const LINK_LIFETIME_SECONDS = 7 * 24 * 3600;
const LIVE_LINKS = 2;
/** A sender that has not finished after so long has crashed; another may take its mail up. */
const LEASE_SECONDS = 120;
const LONGEST_BACKOFF_SECONDS = 3600;
/** A slow transport must not use up the time of the step that waits here: later mails are the sweeper's. */
const SENDING_SECONDS = 20;

function findMail(handoff: OpenHandoff, mailId: string): HandoffMail | undefined {
  return handoff.pendingMails.find((mail) => mail.mailId === mailId);
}

function withoutMail(handoff: OpenHandoff, mailId: string): OpenHandoff {
  return { ...handoff, pendingMails: handoff.pendingMails.filter((mail) => mail.mailId !== mailId) };
}

function withLease(handoff: OpenHandoff, mail: HandoffMail, now: Instant): OpenHandoff {
  const leased = { ...mail, attempts: mail.attempts + 1, notBefore: addSeconds(now, LEASE_SECONDS) };
  return { ...handoff, pendingMails: handoff.pendingMails.map((one) => (one.mailId === mail.mailId ? leased : one)) };
}

async function drop(runtime: Runtime, executionId: string, mail: HandoffMail, reason: string): Promise<void> {
  const { mailId, kind, personId, wait } = mail;
  await changeHandoff(runtime, executionId, (current) =>
    findMail(current, mailId) === undefined
      ? undefined
      : withEvent(withoutMail(current, mailId), {
          eventId: `${mailId}.not-mailed`,
          at: runtime.clock.now(),
          type: 'mail-not-sent',
          actor: 'system',
          data: { mailId, kind, personId, wait, reason },
        }),
  );
}

/** Strikes the intent: the transport has the mail. */
async function settle(runtime: Runtime, executionId: string, mail: HandoffMail): Promise<void> {
  const { mailId, kind, personId, wait } = mail;
  await changeHandoff(runtime, executionId, (current) =>
    withEvent(
      { ...withoutMail(current, mailId), mailsSent: current.mailsSent + 1 },
      {
        eventId: `${mailId}.mailed`,
        at: runtime.clock.now(),
        type: 'mail-sent',
        actor: 'system',
        data: { mailId, kind, personId, wait },
      },
    ),
  );
}

/** Leaves the intent for later, the longer the more often it failed. */
async function postpone(runtime: Runtime, executionId: string, { mailId }: HandoffMail, error: unknown): Promise<void> {
  const name = error instanceof Error ? error.name : 'unknown';
  log('warn', { event: 'handoff-mail-failed', executionId, mailId, error: name });
  await changeHandoff(runtime, executionId, (current) => {
    const failed = findMail(current, mailId);
    if (failed === undefined) return undefined;
    const seconds = Math.min(60 * 2 ** Math.min(failed.attempts, 10), LONGEST_BACKOFF_SECONDS);
    const later = { ...failed, notBefore: addSeconds(runtime.clock.now(), seconds) };
    return { ...current, pendingMails: current.pendingMails.map((one) => (one === failed ? later : one)) };
  });
}

async function send(
  runtime: Runtime,
  executionId: string,
  mail: HandoffMail,
  contact: Contact,
  view: HandoffMailView,
): Promise<void> {
  try {
    await deliverAs(runtime, { executionId, mailId: mail.mailId }, { to: contact.address, ...renderHandoffMail(view) });
  } catch (error) {
    await postpone(runtime, executionId, mail, error);
    return;
  }
  await settle(runtime, executionId, mail);
}

/** What every mail about a handoff says. */
function commonView(handoff: OpenHandoff, contact: Contact) {
  const { executionId, summary } = handoff;
  const { contract, sender, receiver, handoff: id } = summary;
  return { executionId, handoff: id, contract, sender, receiver, personName: contact.name };
}

/** A fresh link takes the place of every earlier one; any other leaves the newest of them alive beside it. */
function withLiveLink(seat: HandoffSeat, link: HandoffLink, kind: HandoffMail['kind']): HandoffSeat {
  const { linkId, mintedAt, expiresAt } = link;
  const kept = kind === 'fresh-link' ? [] : seat.liveLinks;
  return { ...seat, asked: true, liveLinks: [...kept, { linkId, mintedAt, expiresAt }].slice(-LIVE_LINKS) };
}

/**
 * Mails a person their link. The secret is minted here, for this mail alone; what is stored of it is a digest. The intent is taken
 * on lease and the link made live by one conditional write, so two senders cannot both mail it.
 */
async function sendLinkMail(runtime: Runtime, directory: Directory, handoff: OpenHandoff, mail: LinkMail) {
  const now = runtime.clock.now();
  const { executionId, wait } = handoff;
  const { personId } = mail;
  if (wait === undefined || mail.wait !== handoff.number || now >= wait.dueAt || !seatOf(handoff, personId))
    return drop(runtime, executionId, mail, 'not-asked-any-more');
  const contact = contactOf(directory, personId, now);
  if (contact === undefined) return drop(runtime, executionId, mail, 'unknown-person');
  const expiresAt = earliest([addSeconds(now, LINK_LIFETIME_SECONDS), wait.dueAt]) ?? wait.dueAt;
  const { link, address } = await mintLink<HandoffLink>(runtime, {
    opens: 'handoff',
    executionId,
    wait: mail.wait,
    personId,
    mintedAt: now,
    expiresAt,
  });
  const leased = await changeHandoff(runtime, executionId, (current) => {
    const pending = findMail(current, mail.mailId);
    if (pending === undefined || pending.notBefore > now || current.number !== mail.wait) return undefined;
    return withSeat(withLease(current, pending, now), personId, (seat) => withLiveLink(seat, link, mail.kind));
  });
  if (!seatOf(leased, personId)?.liveLinks.some(({ linkId }) => linkId === link.linkId)) {
    await runtime.table.delete(linkKey(link.linkId));
    return;
  }
  await send(runtime, executionId, mail, contact, {
    mail: mail.kind,
    ...commonView(handoff, contact),
    title: wait.title,
    due: { instant: wait.dueAt, timeZone: contact.timeZone },
    link: `${runtime.settings.baseUrl}${HANDOFF_PATH}${address}`,
  });
}

/** Mails a person that nothing is asked of them any more. */
async function sendOverMail(runtime: Runtime, directory: Directory, handoff: OpenHandoff, mail: HandoffMail) {
  const now = runtime.clock.now();
  const { executionId } = handoff;
  const past = handoff.past.find(({ number }) => number === mail.wait);
  const contact = contactOf(directory, mail.personId, now);
  if (contact === undefined || past === undefined) return drop(runtime, executionId, mail, 'unknown-person');
  let leased = false;
  await changeHandoff(runtime, executionId, (current) => {
    const pending = findMail(current, mail.mailId);
    leased = pending !== undefined && pending.notBefore <= now;
    return pending !== undefined && leased ? withLease(current, pending, now) : undefined;
  });
  if (!leased) return;
  await send(runtime, executionId, mail, contact, {
    mail: 'over',
    ...commonView(handoff, contact),
    title: past.title,
    by: nameOf(directory, past.by),
    did: past.did,
    at: { instant: past.at, timeZone: contact.timeZone },
  });
}

/**
 * Sends the mails that a handoff owes and that are due. A mail that the transport refuses stays owed. Safe to run at any time,
 * twice and at once: each mail is sent at least once, and twice only when a sender crashed between transport and record. No mail
 * is begun after 20 seconds.
 * @returns how many mails were due.
 */
export async function sendHandoffMails(runtime: Runtime, executionId: string): Promise<number> {
  const handoff = await findHandoff(runtime, executionId);
  const now = runtime.clock.now();
  const due = handoff?.pendingMails.filter((mail) => mail.notBefore <= now) ?? [];
  if (handoff === undefined || due.length === 0) return 0;
  const directory = await currentDirectory(runtime);
  for (const mail of due) {
    if (runtime.clock.now() > addSeconds(now, SENDING_SECONDS)) break;
    const latest = (await findHandoff(runtime, executionId)) ?? handoff;
    if (await isOverBudget(runtime, latest, mail)) await drop(runtime, executionId, mail, 'budget-used-up');
    else if (isLinkMail(mail)) await sendLinkMail(runtime, directory, latest, mail);
    else await sendOverMail(runtime, directory, latest, mail);
  }
  return due.length;
}
