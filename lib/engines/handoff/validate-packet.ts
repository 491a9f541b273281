import type { Digest } from '../../core/digest.ts';
import type { Problem } from '../../core/errors.ts';
import { epochMilliseconds, type Instant, instant } from '../../core/instant.ts';
import { pointer } from '../../core/json.ts';
import { checkPublication } from './claims.ts';
import { promiseChanges } from './clocks.ts';
import type { Contract } from './contract.ts';
import type { RequiredEvidence } from './contract-document.ts';
import { type CriteriaCheck, checkCriteria } from './criteria.ts';
import { type EvidenceReference, type Packet, packetDigest } from './packet.ts';
import type { Payload } from './payload.ts';
import { acceptsVersion } from './words.ts';

/** The gates of a packet. A packet passes them or is blocked; they are worth no points. */
export type PacketGate = 'schema' | 'policy' | 'declared-routing';

export interface GateResult {
  readonly gate: PacketGate;
  readonly passed: boolean;
  /**
   * Pointers lead into the packet; behind `/payload/value` into the payload.
   */
  readonly problems: readonly Problem[];
}

/** How the evidence that the contract requires stands in a packet. */
export interface EvidenceStanding {
  readonly type: string;
  /** `wrong-issuer`: some is there, but by nobody whom the contract accepts. */
  readonly standing: 'fresh' | 'stale' | 'wrong-issuer' | 'missing';
  /** Index in the packet's list of the evidence that was judged. */
  readonly index?: number;
}

export interface Validation {
  readonly passed: boolean;
  readonly gates: readonly GateResult[];
  readonly evidence: readonly EvidenceStanding[];
  /** The criteria of acceptance, as far as a machine can tell now. */
  readonly criteria: CriteriaCheck;
  readonly payload: Digest;
  readonly at: Instant;
}

/** What else a packet is judged by. */
export interface ValidationContext {
  /** The packet of the handoff that this one goes on from. */
  readonly parent?: Packet;
}

const VALUE = '/payload/value';

function problem(at: string, code: string, message: string, mend: string): Problem {
  return { pointer: at, code, message, mend };
}

function schemaProblems({ document, digest, checkPayload }: Contract, packet: Packet, payload: Payload): Problem[] {
  const found: Problem[] = [];
  const { id, version } = document;
  if (packet.contract.id !== id || packet.contract.version !== version || packet.contract.digest !== digest) {
    const message = `The packet was made for another contract than ${id} ${version} as it stands.`;
    found.push(
      problem('/contract', 'other-contract', message, 'Make it for the contract that is in force, by its digest.'),
    );
  }
  if (packet.payload.digest !== payload.digest || packet.payload.salted !== (payload.salt !== undefined)) {
    const message = 'The payload is not the one that the packet names.';
    found.push(problem('/payload/digest', 'other-payload', message, 'Hand over the payload of this digest.'));
  }
  if (payload.bytes > document.payload.maximumBytes) {
    const message = `The payload has ${payload.bytes} bytes; the contract allows ${document.payload.maximumBytes}.`;
    return [...found, problem(VALUE, 'payload-too-large', message, 'Refer to large parts by their digests.')];
  }
  return [...found, ...checkPayload(payload.value, VALUE)];
}

function routingProblems({ document }: Contract, { routing, sender }: Packet): Problem[] {
  const consumer = document.consumers.find(({ id }) => id === routing.consumer);
  if (consumer === undefined) {
    const message = `"${routing.consumer}" is no declared consumer of ${document.id}.`;
    const mend = `Route it to one of: ${document.consumers.map(({ id }) => id).join(', ')}.`;
    return [problem('/routing/consumer', 'undeclared-consumer', message, mend)];
  }
  if (!consumer.accepts.some((range) => acceptsVersion(range, document.version))) {
    const message = `"${consumer.id}" does not accept version ${document.version} of ${document.id}.`;
    return [
      problem('/contract/version', 'version-not-accepted', message, `Use one of: ${consumer.accepts.join(', ')}.`),
    ];
  }
  if (sender.party !== consumer.id) return [];
  return [
    problem('/routing/consumer', 'own-consumer', 'Sender and consumer are one party.', 'Hand it to somebody else.'),
  ];
}

const RANK = { fresh: 0, stale: 1, 'wrong-issuer': 2, missing: 3 } as const;

/** @param at normalised, as the instants of a packet are. */
function standingOf(required: RequiredEvidence, held: readonly EvidenceReference[], at: Instant): EvidenceStanding {
  const { type, issuers, maximumAgeMinutes } = required;
  const oldest = epochMilliseconds(at) - maximumAgeMinutes * 60_000;
  let best: EvidenceStanding = { type, standing: 'missing' };
  for (const [index, each] of held.entries()) {
    if (each.type !== type) continue;
    const stale = epochMilliseconds(each.issuedAt) < oldest || (each.expiresAt !== undefined && each.expiresAt <= at);
    const standing = issuers.includes(each.issuer) ? (stale ? 'stale' : 'fresh') : 'wrong-issuer';
    if (RANK[standing] < RANK[best.standing]) best = { type, standing, index };
  }
  return best;
}

/** How the evidence that a contract requires stands in a packet at an instant. */
export function evidenceStandings({ document }: Contract, { evidence }: Packet, at: Instant): EvidenceStanding[] {
  return document.evidence.map((required) => standingOf(required, evidence, at));
}

function evidenceProblems(
  contract: Contract,
  packet: Packet,
  standings: readonly EvidenceStanding[],
  at: Instant,
): Problem[] {
  const future = packet.evidence.flatMap(({ id, issuedAt }, index) =>
    issuedAt <= at
      ? []
      : [
          problem(
            pointer('/evidence', index, 'issuedAt'),
            'evidence-from-the-future',
            `The evidence "${id}" is dated later than now.`,
            'Correct its date.',
          ),
        ],
  );
  const double = packet.evidence.flatMap(({ id }, index) =>
    packet.evidence.findIndex((each) => each.id === id) === index
      ? []
      : [
          problem(
            pointer('/evidence', index, 'id'),
            'duplicate',
            `The evidence "${id}" stands twice.`,
            'Name each once.',
          ),
        ],
  );
  const missing = standings.flatMap(({ type, standing }, index) => {
    const required = contract.document.evidence[index];
    if (required?.onMissing !== 'block' || standing === 'fresh' || standing === 'stale') return [];
    const what = standing === 'missing' ? 'is missing' : 'is by nobody whom the contract accepts';
    const mend = `Add evidence of this type by one of: ${required.issuers.join(', ')}.`;
    return [problem('/evidence', 'evidence-missing', `The evidence "${type}" ${what}.`, mend)];
  });
  return [...future, ...double, ...missing];
}

/** Addresses and telephone numbers: what people paste into a note without thinking. */
const PERSONAL = /[^\s@]+@[^\s@]+\.[^\s@]+|\+?\d[\d ()/-]{7,}\d/;
const DATES = /\d{4}-\d\d-\d\d/g;

function personalProblems({ document }: Contract, packet: Packet): Problem[] {
  const found: Problem[] = [];
  const look = (text: string, at: () => string): void => {
    // A date alone looks like a number, so what holds one is looked at again without it.
    if (!PERSONAL.test(text) || !PERSONAL.test(text.replaceAll(DATES, ''))) return;
    const message = 'This looks like an address or a telephone number, and packets outlive an erasure.';
    found.push(problem(at(), 'personal-data-in-packet', message, 'Put it into the payload, and refer to it.'));
  };
  for (const [i, { says }] of packet.obligations.entries()) look(says, () => pointer('/obligations', i, 'says'));
  for (const [i, { if: when, do: then }] of packet.contingencies.entries()) {
    look(when, () => pointer('/contingencies', i, 'if'));
    look(then, () => pointer('/contingencies', i, 'do'));
  }
  if (!document.payload.personalData || packet.payload.salted) return found;
  const message = 'The contract says that payloads name people, and this one has no salt.';
  return [...found, problem('/payload/salted', 'salt-missing', message, 'Seal the payload with a salt.')];
}

function parentProblems({ parent: named, promise, thread }: Packet, parent: Packet | undefined): Problem[] {
  if (named === undefined && parent === undefined) return [];
  if (
    named === undefined ||
    parent === undefined ||
    named.handoff !== parent.handoff ||
    named.packet !== packetDigest(parent)
  ) {
    return [
      problem(
        '/parent',
        'other-parent',
        'The parent that the packet names is not the one it goes on from.',
        'Name it by handoff and digest.',
      ),
    ];
  }
  const strayed =
    thread === parent.thread
      ? []
      : [problem('/thread', 'other-thread', 'Parent and child stand in different threads.', `Use "${parent.thread}".`)];
  return [...strayed, ...promiseChanges(parent.promise, promise, '/promise')];
}

function policyProblems(
  contract: Contract,
  packet: Packet,
  payload: Payload,
  at: Instant,
  evidence: readonly EvidenceStanding[],
  criteria: CriteriaCheck,
  { parent }: ValidationContext,
): Problem[] {
  const { publication, acceptance } = contract.document;
  const failed = criteria.results.flatMap(({ id, verdict }) => {
    if (verdict !== 'fails') return [];
    const says = acceptance.find((each) => each.id === id)?.says ?? id;
    return [
      problem(VALUE, 'criterion-fails', `The receiver would have to refuse it: ${says}`, `Mend what "${id}" looks at.`),
    ];
  });
  return [
    ...evidenceProblems(contract, packet, evidence, at),
    ...failed,
    ...personalProblems(contract, packet),
    ...parentProblems(packet, parent),
    ...(publication === undefined
      ? []
      : checkPublication(publication, payload.value, packet.evidence, at).map((each) => ({
          ...each,
          pointer: VALUE + each.pointer,
        }))),
  ];
}

/**
 * Validates a packet against its contract. Gates only: `scoreReadiness` gives points to what passed. A payload that does not
 * fit its schema is looked at no further, since nothing about it can be relied upon.
 * @param packet as `parsePacket` gives it. @param payload as `sealPayload` gives it.
 * @param at when; ages are counted to it.
 */
export function validatePacket(
  contract: Contract,
  packet: Packet,
  payload: Payload,
  at: Instant,
  context: ValidationContext = {},
): Validation {
  const now = instant(at);
  const schema = schemaProblems(contract, packet, payload);
  const evidence = evidenceStandings(contract, packet, now);
  const fits = schema.length === 0;
  const { acceptance } = contract.document;
  const criteria: CriteriaCheck = fits
    ? checkCriteria(acceptance, contract.criteria, 'acceptance', payload.value)
    : { results: [], problems: [] };
  const policy = fits ? policyProblems(contract, packet, payload, now, evidence, criteria, context) : [];
  const routing = routingProblems(contract, packet);
  const gate = (name: PacketGate, problems: readonly Problem[], ran = true): GateResult => ({
    gate: name,
    passed: ran && problems.length === 0,
    problems,
  });
  const gates = [gate('schema', schema), gate('policy', policy, fits), gate('declared-routing', routing)];
  return { passed: gates.every(({ passed }) => passed), gates, evidence, criteria, payload: payload.digest, at: now };
}
