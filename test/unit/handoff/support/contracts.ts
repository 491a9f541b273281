import type { Json } from '../../../../lib/core/json.ts';
import { type Contract, loadContract } from '../../../../lib/engines/handoff/contract.ts';
import { type Packet, parsePacket } from '../../../../lib/engines/handoff/packet.ts';
import { type Payload, sealPayload } from '../../../../lib/engines/handoff/payload.ts';

export const SALT = 'c2FsdC1mb3ItdGVzdHMtMDE';
/** A Wednesday, 10:00 in Berlin. */
export const NOW = '2026-11-18T09:00:00.000Z';

type Draftable = { [name: string]: Json };

/** Tier 1 to tier 2 of a support desk: clocks in minutes, personal data, a pause for the customer. */
export function supportContract(changes: Draftable = {}): Draftable {
  return {
    schema: 'countersign/handoff-contract/1',
    id: 'incident-to-tier-2',
    version: '1.2.0',
    name: 'Incident from tier 1 to tier 2',
    domain: 'support',
    payload: {
      personalData: true,
      schema: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        additionalProperties: false,
        required: ['ticket', 'severity', 'customer', 'steps'],
        properties: {
          ticket: { type: 'string', pattern: '^INC-[0-9]{6}$' },
          severity: { enum: ['low', 'normal', 'high', 'critical'] },
          customer: {
            type: 'object',
            additionalProperties: false,
            required: ['id', 'email'],
            properties: { id: { type: 'string' }, email: { type: 'string', format: 'email' } },
          },
          steps: { type: 'integer', minimum: 0, maximum: 50 },
          refund: {
            type: 'object',
            additionalProperties: false,
            required: ['currency', 'minorUnits'],
            properties: { currency: { const: 'EUR' }, minorUnits: { type: 'integer', minimum: 0 } },
          },
          reportedOn: { type: 'string', format: 'date' },
          symptom: { type: 'string', maxLength: 2000 },
        },
      },
    },
    evidence: [
      { type: 'diagnostics', maximumAgeMinutes: 240, issuers: ['tier-1', 'monitoring'] },
      { type: 'customer-consent', maximumAgeMinutes: 43_200, issuers: ['tier-1'], onMissing: 'points' },
    ],
    facts: {
      severity: { type: 'enum', values: ['low', 'normal', 'high', 'critical'] },
      steps: { type: 'integer', minimum: 0, maximum: 50 },
      'delivery.cause': { type: 'enum', values: ['found', 'not-found'] },
    },
    acceptance: [
      {
        by: 'machine',
        id: 'tried-before',
        at: 'acceptance',
        says: 'Tier 1 tried at least two steps, but for critical incidents.',
        when: 'request.severity != "critical"',
        condition: 'request.steps >= 2',
      },
      {
        by: 'machine',
        id: 'cause-found',
        at: 'delivery',
        says: 'The cause was found.',
        condition: 'request.delivery.cause == "found"',
      },
    ],
    obligations: [
      {
        id: 'tell-customer',
        says: 'Tell the customer what was found.',
        owner: 'receiver',
        due: { clockMinutes: 1_440 },
      },
    ],
    times: {
      acknowledgement: { businessMinutes: 15 },
      acceptance: { businessMinutes: 30 },
      delivery: { businessMinutes: 240 },
      clarification: { businessMinutes: 60 },
      escalation: { clockMinutes: 120 },
    },
    calendar: {
      timeZone: 'Europe/Berlin',
      shifts: {
        id: 'tier-2-shifts',
        name: 'Tier 2',
        shifts: [
          { days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'], from: '06:00', to: '14:30' },
          { days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'], from: '14:00', to: '22:00' },
        ],
      },
    },
    consumers: [
      { id: 'tier-2', name: 'Tier 2', accepts: ['1.x'] },
      { id: 'engineering', name: 'Engineering', accepts: ['1.1.x'] },
    ],
    oversight: 'support-lead',
    scorer: { version: 'countersign/readiness/1' },
    bounceBudget: 2,
    pauses: [
      {
        code: 'waiting-for-customer',
        waitsFor: 'customer',
        stops: ['delivery', 'customer-promise'],
        maximumClockMinutes: 2_880,
      },
      { code: 'waiting-for-parts', waitsFor: 'third-party', stops: ['delivery'], maximumClockMinutes: 1_440 },
    ],
    readback: {
      attempts: 3,
      facts: [
        { pointer: '/ticket', label: 'Ticket', kind: 'identifier' },
        { pointer: '/refund', label: 'Refund', kind: 'amount' },
        { pointer: '/reportedOn', label: 'Reported on', kind: 'date' },
        { pointer: '/symptom', label: 'Symptom', kind: 'text' },
      ],
    },
    rejectionCodes: [
      { code: 'wrong-team', says: 'Another team works on this.' },
      { code: 'evidence-insufficient', says: 'The evidence does not show the fault.' },
    ],
    ...changes,
  };
}

/** Creative to publication: claims, rights, disclosures, approval always. */
export function marketingContract(changes: Draftable = {}): Draftable {
  return {
    schema: 'countersign/handoff-contract/1',
    id: 'campaign-to-publication',
    version: '2.0.0',
    name: 'Campaign from creative to publication',
    domain: 'marketing',
    payload: {
      schema: {
        type: 'object',
        required: ['headline', 'body', 'publication'],
        properties: {
          headline: { type: 'string', minLength: 1, maxLength: 120 },
          body: { type: 'array', items: { type: 'string' } },
          layout: { type: 'object' },
          publication: { type: 'object' },
        },
        additionalProperties: false,
      },
    },
    evidence: [{ type: 'study', maximumAgeMinutes: 1_051_200, issuers: ['research'] }],
    acceptance: [{ by: 'role', id: 'on-brand', at: 'acceptance', says: 'It sounds like us.', role: 'brand' }],
    times: {
      acknowledgement: { businessMinutes: 240 },
      acceptance: { businessMinutes: 480 },
      delivery: { businessMinutes: 960 },
      clarification: { businessMinutes: 480 },
      escalation: { businessMinutes: 480 },
    },
    calendar: { calendar: 'office', timeZone: 'Europe/Berlin' },
    consumers: [{ id: 'publisher', name: 'Publishing desk', accepts: ['2.0.0'] }],
    approval: { policy: 'campaign-approval', always: true },
    oversight: 'marketing-lead',
    scorer: { version: 'countersign/readiness/1', threshold: 60 },
    rejectionCodes: [{ code: 'off-brand', says: 'It does not sound like us.' }],
    publication: { content: ['/headline', '/body'], disclosures: { influencer: ['paid-partnership'] } },
    ...changes,
  };
}

export function supportPayload(changes: Draftable = {}): Draftable {
  return {
    ticket: 'INC-203914',
    severity: 'high',
    customer: { id: 'c-88', email: 'kim@customer.example' },
    steps: 3,
    refund: { currency: 'EUR', minorUnits: 12_50 },
    reportedOn: '2026-11-17',
    symptom: 'Printer  offline, after the Update.',
    ...changes,
  };
}

const digestOfLetter = (letter: string): string => `sha256:${letter.repeat(64)}`;
export const EVIDENCE = digestOfLetter('e');

/** The value of a packet that fits a contract; changes replace members. */
export function packetValue(contract: Contract, payload: Payload, changes: Draftable = {}): Draftable {
  return {
    schema: 'countersign/contract-packet/1',
    handoff: 'h-1',
    thread: 't-1',
    contract: { id: contract.document.id, version: contract.document.version, digest: contract.digest },
    sender: { party: 'tier-1', by: 'ana' },
    routing: { consumer: contract.document.consumers[0]?.id ?? '', recipient: 'ben' },
    payload: { digest: payload.digest, salted: payload.salt !== undefined },
    evidence: [
      { id: 'e-1', type: 'diagnostics', issuer: 'monitoring', digest: EVIDENCE, issuedAt: '2026-11-18T08:00:00Z' },
      { id: 'e-2', type: 'customer-consent', issuer: 'tier-1', digest: EVIDENCE, issuedAt: '2026-11-17T08:00:00Z' },
    ],
    risk: 20,
    confidenceBasisPoints: 9_000,
    obligations: [{ id: 'call-back', says: 'Call the customer back.', owner: 'tier-1', due: '2026-11-19T09:00:00Z' }],
    contingencies: [{ if: 'The log is empty', do: 'Ask for a trace', owner: 'tier-2' }],
    createdAt: NOW,
    ...changes,
  };
}

export interface Case {
  readonly contract: Contract;
  readonly payload: Payload;
  readonly packet: Packet;
}

/** A support packet that passes every gate and has every point. */
export function supportCase(changes: { contract?: Draftable; payload?: Draftable; packet?: Draftable } = {}): Case {
  const contract = loadContract(supportContract(changes.contract));
  const payload = sealPayload(supportPayload(changes.payload), SALT);
  return { contract, payload, packet: parsePacket(packetValue(contract, payload, changes.packet)) };
}

export function publicationValue(changes: Draftable = {}): Draftable {
  return {
    channel: 'influencer',
    publishAt: '2026-12-01T09:00:00Z',
    claims: [{ id: 'faster', says: 'Twice as fast.', substantiation: ['s-1'] }],
    assets: [
      {
        id: 'hero',
        digest: digestOfLetter('a'),
        rights: [{ evidence: 'licence', until: '2027-01-01T00:00:00Z', channels: ['influencer'] }],
      },
    ],
    disclosures: ['paid-partnership'],
    ...changes,
  };
}

export function marketingEvidence(): Json[] {
  return [
    { id: 's-1', type: 'study', issuer: 'research', digest: EVIDENCE, issuedAt: '2026-06-01T00:00:00Z' },
    {
      id: 'licence',
      type: 'licence',
      issuer: 'agency',
      digest: EVIDENCE,
      issuedAt: '2026-10-01T00:00:00Z',
      expiresAt: '2027-06-01T00:00:00Z',
    },
  ];
}

/** A campaign that passes every gate. */
export function marketingCase(changes: { contract?: Draftable; payload?: Draftable; packet?: Draftable } = {}): Case {
  const contract = loadContract(marketingContract(changes.contract));
  const payload = sealPayload({
    headline: 'Faster printing',
    body: ['Twice as fast.', 'Ask us.'],
    layout: { columns: 2 },
    publication: publicationValue(),
    ...changes.payload,
  });
  const packet = parsePacket(
    packetValue(contract, payload, {
      evidence: marketingEvidence(),
      sender: { party: 'creative', by: 'ana' },
      ...changes.packet,
    }),
  );
  return { contract, payload, packet };
}
