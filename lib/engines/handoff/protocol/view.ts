import type { Instant } from '../../../core/instant.ts';
import type { Json } from '../../../core/json.ts';
import { PUBLICATION, publicationStatement } from '../claims.ts';
import { readClock, readPromise } from '../clocks.ts';
import type { Contract } from '../contract.ts';
import { checkCriteria } from '../criteria.ts';
import { valueAt } from '../payload.ts';
import { clip } from '../request/result.ts';
import { evidenceStandings } from '../validate-packet.ts';
import { contractOf, type HandoffFile, handOverOf, type Note, packetIn, payloadIn } from './document.ts';
import type { ProtocolCase } from './shapes.ts';

/** Lines of a payload that a page shows; the rest is told by its number. */
const MOST_LINES = 40;

interface Labelled {
  readonly label: string;
  readonly value: string;
}

function flattened(value: Json, at: string): Labelled[] {
  if (typeof value !== 'object' || value === null) return [{ label: at, value: clip(String(value), 400) }];
  if (Array.isArray(value)) {
    if (value.every((each) => typeof each !== 'object' || each === null))
      return [{ label: at, value: clip(value.join(', '), 400) }];
    return value.flatMap((each, index) => flattened(each, `${at} ${index + 1}`));
  }
  return Object.entries(value as { readonly [name: string]: Json }).flatMap(([name, each]) =>
    flattened(each, at === '' ? name : `${at}, ${name}`),
  );
}

const SAID: Readonly<Record<Note['kind'], string>> = {
  question: 'Question',
  message: 'Message of the customer',
  answer: 'Answer',
  delivery: 'Delivered',
  rework: 'To be done again',
  escalation: 'For oversight',
  judgement: 'Oversight decided',
};

/** What was said, the latest first: whoever answers has to see what was asked. */
function noteLines({ notes }: HandoffFile): Labelled[] {
  return notes
    .toReversed()
    .flatMap(({ kind, text, by }) =>
      text === undefined || text === '' ? [] : [{ label: `${SAID[kind]} (${by})`, value: clip(text, 2_000) }],
    );
}

function payloadLines(file: ProtocolCase): Labelled[] {
  const { payload: sent } = handOverOf(file);
  if (!('value' in sent))
    return [
      { label: 'Payload', value: `Erased on ${sent.at.slice(0, 10)}: ${sent.reason}. Its digest is ${sent.digest}.` },
    ];
  const lines = flattened(sent.value, '');
  const hidden = lines.length - MOST_LINES;
  return [
    ...lines.slice(0, MOST_LINES),
    ...(hidden > 0 ? [{ label: 'More', value: `${hidden} more lines, in the request` }] : []),
  ];
}

function assetsOf(file: ProtocolCase): { label: string; url?: string; digest: string }[] {
  const payload = payloadIn(file);
  const parsed = publicationStatement.safeParse(
    payload === undefined ? undefined : valueAt(payload.value, PUBLICATION),
  );
  if (!parsed.success) return [];
  return parsed.data.assets.map(({ id, url, digest }) => ({
    label: id,
    digest,
    ...(url === undefined ? {} : { url }),
  }));
}

function criteriaOf(
  file: ProtocolCase,
  contract: Contract,
  { handoff, delivery }: HandoffFile,
): { says: string; standing: 'holds' | 'fails' | 'open' }[] {
  const payload = payloadIn(file);
  const accepted = handoff.history.findLast(({ event }) => event.type === 'accept')?.event;
  const verified = handoff.history.findLast(({ event }) => event.type === 'verify')?.event;
  const said = [accepted, verified].flatMap((event) =>
    event?.type === 'accept' || event?.type === 'verify' ? event.criteria : [],
  );
  const machine =
    payload === undefined
      ? []
      : checkCriteria(contract.document.acceptance, contract.criteria, 'acceptance', payload.value).results;
  return contract.document.acceptance.map(({ id, says }) => {
    const known = said.find((each) => each.id === id) ?? delivery?.criteria.find((each) => each.id === id);
    if (known !== undefined) return { says, standing: known.holds ? 'holds' : 'fails' };
    const verdict = machine.find((each) => each.id === id)?.verdict;
    return { says, standing: verdict === 'holds' ? 'holds' : verdict === 'fails' ? 'fails' : 'open' };
  });
}

/** Where a handoff stands, as pages, queues and the API show it. */
export function viewOf(file: ProtocolCase, document: HandoffFile, at: Instant) {
  const { handoff, ledger } = document;
  const contract = contractOf(file, handoff.contract);
  const packet = packetIn(document);
  const nameOf = (party: string): string => file.configuration.party(party)?.name ?? party;
  const standings = evidenceStandings(contract, packet, at);
  const now = at < handoff.updatedAt ? handoff.updatedAt : at;
  const { promise } = handoff;
  const due = promise === undefined ? undefined : readPromise(promise, now).due;
  return {
    handoff: handoff.id,
    thread: handoff.thread,
    contract: { ...handoff.contract, name: contract.document.name },
    state: handoff.state,
    sender: nameOf(handoff.sender),
    receiver: nameOf(handoff.receiver),
    ...(handoff.recipient === undefined ? {} : { recipient: handoff.recipient }),
    payload: [...noteLines(document), ...payloadLines(file)],
    assets: assetsOf(file),
    evidence: packet.evidence.map(({ type, issuer, issuedAt, digest }, index) => ({
      label: `${type} of ${issuer}, ${issuedAt.slice(0, 10)}`,
      standing: standings.find((each) => each.index === index)?.standing ?? 'held',
      digest,
    })),
    criteria: criteriaOf(file, contract, document),
    obligations: ledger.obligations.map(({ says, owner, due: until, standing }) => ({
      says,
      owner: nameOf(owner),
      due: until,
      standing: standing.is,
    })),
    contingencies: packet.contingencies.map(({ if: when, do: then }) => ({ if: when, do: then })),
    readiness: { score: handoff.readiness?.score ?? 0, threshold: handoff.readiness?.threshold ?? 0 },
    clocks: handoff.clocks.map((run) => {
      const reading = readClock(run, handoff.terms.working, now);
      const isOver = reading.state !== 'stopped' && reading.due !== undefined && reading.due <= now;
      return {
        clock: run.clock,
        ...(reading.due === undefined ? {} : { dueAt: reading.due }),
        standing: isOver ? ('run-out' as const) : reading.state,
      };
    }),
    ...(due === undefined ? {} : { promise: { dueAt: due } }),
    history: handoff.history.map(({ event, to }) => ({ at: event.at, event: event.type, by: event.by.id, to })),
  };
}
