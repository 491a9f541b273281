import * as z from 'zod';
import type { WorkingTime } from '../../core/calendar/business-time.ts';
import type { Digest } from '../../core/digest.ts';
import { InvalidInput, type Problem } from '../../core/errors.ts';
import { type Instant, instant } from '../../core/instant.ts';
import { type CalendarBook, resolveCalendar } from './calendars.ts';
import { promiseChanges } from './clocks.ts';
import type { Contract } from './contract.ts';
import { clockNames } from './contract-document.ts';
import { handoffEvent } from './events.ts';
import { customerPromise, type Packet, packetDigest, pauseSpan } from './packet.ts';
import { states } from './states.ts';
import { code, digest, duration, id, instantText, semanticVersion, workingTime } from './words.ts';

export const HANDOFF_SCHEMA = 'countersign/handoff/1';

/** One run of one of the contract's clocks. A clock that is started anew has a further run; the earlier one stays. */
export const clockRun = z.strictObject({
  clock: z.enum(clockNames),
  duration,
  startedAt: instantText,
  stoppedAt: instantText.optional(),
  pauses: z.array(pauseSpan),
});
export type ClockRun = z.infer<typeof clockRun>;

const times = z.strictObject(
  Object.fromEntries(clockNames.map((name) => [name, duration])) as Record<
    (typeof clockNames)[number],
    typeof duration
  >,
);

/**
 * What both sides were bound to when the handoff was drafted: taken from the contract and the calendar as they stood, so that no later
 * change of either moves a clock or a rule of a handoff under way.
 */
const terms = z.strictObject({
  times,
  working: workingTime,
  approvalAlways: z.boolean(),
  bounceBudget: z.int().min(0),
  readbackAttempts: z.int().min(1),
  pauses: z.array(
    z.strictObject({
      code,
      stops: z.array(z.enum([...clockNames, 'customer-promise'])),
      maximumClockMinutes: z.int().min(0),
    }),
  ),
  rejectionCodes: z.array(code),
  criteria: z.strictObject({ acceptance: z.array(id), delivery: z.array(id) }),
  oversight: id,
});

/** A handoff as it stands, with everything that happened to it. A plain JSON document: `advance` makes the next one of it. */
export const handoff = z.strictObject({
  schema: z.literal(HANDOFF_SCHEMA),
  id,
  thread: id,
  parent: id.optional(),
  contract: z.strictObject({ id, version: semanticVersion, digest }),
  sender: id,
  receiver: id,
  recipient: id.optional(),
  terms,
  state: z.enum(states),
  /** Where it returns to from where it stands aside, the nearest last. */
  back: z.array(z.enum(states)),
  /** The packet that counts now, and the digest of its payload. */
  packet: digest,
  payload: digest,
  /** How often the packet was replaced. */
  round: z.int().min(0),
  readiness: z.strictObject({ score: z.int(), threshold: z.int(), digest }).optional(),
  bounces: z.strictObject({
    /** Returns that the thread had when this handoff was drafted. */
    before: z.int().min(0),
    here: z.int().min(0),
    /** Returns that a person granted beyond the budget. */
    granted: z.int().min(0),
  }),
  misreadings: z.int().min(0),
  /** Whether any packet of it was ever accepted. */
  accepted: z.boolean(),
  obligations: z.array(id),
  clocks: z.array(clockRun),
  promise: customerPromise.optional(),
  createdAt: instantText,
  updatedAt: instantText,
  history: z.array(
    z.strictObject({ seq: z.int().min(1), from: z.enum(states), to: z.enum(states), event: handoffEvent }),
  ),
});
export type Handoff = z.infer<typeof handoff>;

/** What a handoff is drafted from. */
export interface Draft {
  readonly contract: Contract;
  /** Parsed; it need not be valid yet. */
  readonly packet: Packet;
  /** Calendars, when the contract names one. */
  readonly calendars: CalendarBook;
  readonly at: Instant;
  /** Returns that the thread has had (`bouncesOf`). */
  readonly bouncesBefore?: number;
}

/**
 * Drafts a handoff: the state from which events take it on.
 * @throws InvalidInput (`unknown-calendar`, `unknown-time-zone`, `other-contract`).
 */
export function draftHandoff({ contract, packet, calendars, at, bouncesBefore = 0 }: Draft): Handoff {
  const { document } = contract;
  if (packet.contract.digest !== contract.digest) {
    const message = 'The packet names another contract.';
    const mend = 'Draft with the contract of the packet.';
    throw new InvalidInput(message, [{ pointer: '/contract', code: 'other-contract', message, mend }]);
  }
  const working: WorkingTime = resolveCalendar(document.calendar, calendars);
  const criteriaAt = (when: 'acceptance' | 'delivery'): string[] =>
    document.acceptance.filter((each) => each.at === when).map((each) => each.id);
  const { parent, promise, routing } = packet;
  const now = instant(at);
  return {
    schema: HANDOFF_SCHEMA,
    id: packet.handoff,
    thread: packet.thread,
    ...(parent === undefined ? {} : { parent: parent.handoff }),
    contract: packet.contract,
    sender: packet.sender.party,
    receiver: routing.consumer,
    ...(routing.recipient === undefined ? {} : { recipient: routing.recipient }),
    terms: {
      times: document.times,
      working: structuredClone(working),
      approvalAlways: document.approval?.always ?? false,
      bounceBudget: document.bounceBudget,
      readbackAttempts: document.readback.attempts,
      pauses: document.pauses.map(({ code: reason, stops, maximumClockMinutes }) => ({
        code: reason,
        stops,
        maximumClockMinutes,
      })),
      rejectionCodes: document.rejectionCodes.map((each) => each.code),
      criteria: { acceptance: criteriaAt('acceptance'), delivery: criteriaAt('delivery') },
      oversight: document.oversight,
    },
    state: 'draft',
    back: [],
    packet: packetDigest(packet),
    payload: packet.payload.digest as Digest,
    round: 0,
    bounces: { before: bouncesBefore, here: 0, granted: 0 },
    misreadings: 0,
    accepted: false,
    obligations: [
      ...packet.obligations.map((each) => each.id),
      ...document.obligations.map((each) => `${packet.handoff}.${each.id}`),
    ],
    clocks: [],
    ...(promise === undefined ? {} : { promise }),
    createdAt: now,
    updatedAt: now,
    history: [],
  };
}

/**
 * What an `amend` event says of a packet that takes the place of the one that counts now.
 * @throws InvalidInput when the packet belongs to another handoff, contract or consumer, or bends the promise: that needs a handoff
 *   of its own, which supersedes this one.
 */
export function amendmentOf(
  handoff: Handoff,
  packet: Packet,
): { packet: Digest; payload: Digest; obligations: string[] } {
  const other = (at: string): Problem => ({
    pointer: at,
    code: 'other-handoff',
    message: 'An amended packet stays with its handoff, thread, contract, sender and consumer.',
    mend: 'Let another handoff supersede this one.',
  });
  const problems = [
    ...(packet.handoff === handoff.id ? [] : [other('/handoff')]),
    ...(packet.thread === handoff.thread ? [] : [other('/thread')]),
    ...(packet.contract.digest === handoff.contract.digest ? [] : [other('/contract')]),
    ...(packet.sender.party === handoff.sender ? [] : [other('/sender/party')]),
    ...(packet.routing.consumer === handoff.receiver ? [] : [other('/routing/consumer')]),
    ...promiseChanges(handoff.promise, packet.promise, '/promise'),
  ];
  if (problems.length > 0) throw new InvalidInput('The packet cannot take the place of the one before.', problems);
  return {
    packet: packetDigest(packet),
    payload: packet.payload.digest,
    obligations: packet.obligations.map((each) => each.id),
  };
}
