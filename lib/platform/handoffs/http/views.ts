import type { Instant } from '../../../core/instant.ts';
import type { HandoffPageView } from '../../../pages/handoff-page.ts';
import type { HandoffLinkState, HandoffNow, HandoffStateView, WaitOver } from '../../../pages/handoff-state-page.ts';
import { maskAddress } from '../../../pages/link-state-page.ts';
import type { HandoffView, HandoffWait } from '../../skill/handoff-protocol.ts';
import { contactOf, type HandoffFile, nameOf } from '../file.ts';
import { documentOf, type OpenHandoff, type PastWait } from '../handoff.ts';
import { type HandoffLink, type HandoffLinkStanding, isCapped } from '../link.ts';
import type { Refill } from './posted-answer.ts';

/** A link with everything that its pages are written from, at one instant. */
export interface ReadLink {
  readonly file: HandoffFile;
  readonly handoff: OpenHandoff;
  readonly standing: HandoffLinkStanding;
  readonly now: Instant;
}

/** What a form is posted with. */
export interface FormSecrets {
  readonly action: string;
  readonly nonce: string;
}

const FAR = { name: '', address: '', timeZone: 'UTC' } as const;

function contact({ file, now }: ReadLink, link: HandoffLink) {
  return contactOf(file.directory, link.personId, now) ?? FAR;
}

/** The history with names in place of ids. */
function named(file: HandoffFile, view: HandoffView): HandoffView {
  return { ...view, history: view.history.map((entry) => ({ ...entry, by: nameOf(file.directory, entry.by) })) };
}

/** The page with the form. */
export function handoffPageView(
  read: ReadLink,
  wait: HandoffWait,
  link: HandoffLink,
  form: FormSecrets & Partial<Refill>,
): HandoffPageView {
  const { file, handoff, now } = read;
  const { name, timeZone } = contact(read, link);
  return {
    executionId: handoff.executionId,
    skillTitle: file.skill.title,
    facts: named(file, file.protocol.view(file.case, documentOf(handoff), now)),
    title: wait.title,
    personName: name,
    part: wait.part,
    party: wait.party,
    due: { instant: wait.dueAt, timeZone },
    clock: wait.clock,
    form: { choices: wait.choices, fields: wait.fields, ...form },
  };
}

function waitOver(file: HandoffFile, { by, did, at }: PastWait, timeZone: string): WaitOver {
  return { by: nameOf(file.directory, by), did, at: { instant: at, timeZone } };
}

function nowOf({ wait, end, summary }: OpenHandoff, timeZone: string): HandoffNow {
  return {
    state: end?.state ?? summary.state,
    ...(wait === undefined
      ? {}
      : { waits: { title: wait.title, party: wait.party, due: { instant: wait.dueAt, timeZone } } }),
    ...(end === undefined ? {} : { ended: { outcome: end.outcome, at: { instant: end.at, timeZone } } }),
  };
}

function linkStateOf(read: ReadLink, link: HandoffLink, form: FormSecrets, recorded: boolean): HandoffLinkState {
  const { standing, file, handoff, now } = read;
  const { address, timeZone } = contact(read, link);
  const maskedAddress = maskAddress(address);
  const due = { instant: handoff.wait?.dueAt ?? now, timeZone };
  switch (standing.standing) {
    case 'over': {
      const { past } = standing;
      if (past === undefined) return { state: 'over', own: false };
      const over = waitOver(file, past, timeZone);
      const own = past.by === link.personId;
      return own && recorded
        ? { state: 'recorded', title: past.title, over }
        : { state: 'over', title: past.title, over, own };
    }
    case 'too-late':
      return { state: 'too-late', title: handoff.wait?.title ?? '', due };
    case 'superseded':
      return { state: 'superseded', mailedAt: { instant: standing.mailedAt, timeZone }, maskedAddress };
    case 'being-mailed':
      return { state: 'being-mailed', maskedAddress };
    case 'expired':
      return isCapped(standing.seat.freshLinksAskedAt, now)
        ? { state: 'fresh-link-cap', maskedAddress, due }
        : { state: 'expired', maskedAddress, due, form };
    default:
      return { state: 'not-eligible' };
  }
}

/**
 * The page that tells what became of a link.
 * @param recorded whether the answer that ended its wait came with this very request.
 */
export function handoffStateView(
  read: ReadLink,
  link: HandoffLink,
  form: FormSecrets,
  recorded: boolean,
): HandoffStateView {
  const { handoff } = read;
  return {
    executionId: handoff.executionId,
    handoff: handoff.summary.handoff,
    contract: handoff.summary.contract,
    link: linkStateOf(read, link, form, recorded),
    now: nowOf(handoff, contact(read, link).timeZone),
  };
}
