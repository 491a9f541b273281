import { skills } from '#skills';
import { loadDirectory } from '../../../lib/core/directory/load.ts';
import type { LoadedDirectory } from '../../../lib/core/directory/loaded.ts';
import type { JsonObject } from '../../../lib/core/json.ts';
import type { Contract } from '../../../lib/engines/handoff/contract.ts';
import { type Packet, parsePacket } from '../../../lib/engines/handoff/packet.ts';
import { type Payload, sealPayload } from '../../../lib/engines/handoff/payload.ts';
import { type HandoffPolicy, loadHandoffPolicy } from '../../../lib/engines/handoff/policy/policy.ts';
import type { Random } from '../support/random.ts';

export const AT = '2026-11-18T10:00:00.000Z';

const COMPONENTS = ['booking', 'payments', 'calendar-sync', 'reporting'];
const RESULTS = ['no-change', 'worse', 'better'];
const WORDS = 'the guest booked twice after sync of calendar stalled and refund was not sent by night audit'.split(' ');

const ticket = { type: 'string', pattern: '^INC-[0-9]{6}$' };
const minute = { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z$' };
const closed = (properties: JsonObject): JsonObject => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});

/** What tier 2 knows of a fault when engineering takes it: plain keywords only, so that the validator's own speed is measured. */
export const payloadSchema: JsonObject = closed({
  ticket,
  severity: { enum: ['low', 'normal', 'high', 'critical'] },
  component: { enum: COMPONENTS },
  customer: closed({
    id: { type: 'string', pattern: '^c-[0-9]{1,8}$' },
    rooms: { type: 'integer', minimum: 1, maximum: 5000 },
  }),
  steps: { type: 'integer', minimum: 0, maximum: 50 },
  attempts: {
    type: 'array',
    minItems: 1,
    maxItems: 50,
    items: closed({
      at: minute,
      by: { type: 'string', pattern: '^[a-z]{2,12}[.][a-z]{2,12}$' },
      did: { type: 'string', minLength: 1, maxLength: 300 },
      result: { enum: RESULTS },
      minutes: { type: 'integer', minimum: 0, maximum: 600 },
    }),
  },
  related: { type: 'array', maxItems: 30, uniqueItems: true, items: ticket },
});

const contract: JsonObject = {
  schema: 'countersign/handoff-contract/1',
  id: 'fault-to-engineering',
  version: '1.0.0',
  name: 'Fault from tier 2 to engineering',
  domain: 'support',
  payload: { schema: payloadSchema },
  evidence: [
    { type: 'reproduction', maximumAgeMinutes: 1440, issuers: ['tier-2'] },
    { type: 'log-bundle', maximumAgeMinutes: 1440, issuers: ['tier-2', 'monitoring'], onMissing: 'points' },
  ],
  facts: {
    severity: { type: 'enum', values: ['low', 'normal', 'high', 'critical'] },
    component: { type: 'enum', values: COMPONENTS },
    steps: { type: 'integer', minimum: 0, maximum: 50 },
  },
  acceptance: [
    {
      by: 'machine',
      id: 'tried-before',
      at: 'acceptance',
      says: 'Tier 2 tried at least two steps, but for critical incidents.',
      when: 'request.severity != "critical"',
      condition: 'request.steps >= 2',
    },
    {
      by: 'machine',
      id: 'component-known',
      at: 'acceptance',
      says: 'Engineering runs the component.',
      condition: 'request.component in ["booking", "payments", "calendar-sync", "reporting"]',
    },
  ],
  times: {
    acknowledgement: { businessMinutes: 15 },
    acceptance: { businessMinutes: 15 },
    delivery: { businessMinutes: 120 },
    clarification: { businessMinutes: 30 },
    escalation: { clockMinutes: 60 },
  },
  calendar: {
    timeZone: 'Europe/Lisbon',
    shifts: {
      id: 'on-call',
      name: 'On call',
      shifts: [{ days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'], from: '06:00', to: '22:00' }],
      holidays: [{ date: '2026-12-25', name: 'Christmas Day' }],
    },
  },
  consumers: [{ id: 'engineering', name: 'Engineering', accepts: ['1.x'] }],
  approval: { policy: 'defect-approval', always: false },
  oversight: 'incident-manager',
  scorer: { version: 'countersign/readiness/1', threshold: 70 },
  bounceBudget: 2,
  rejectionCodes: [{ code: 'wrong-team', says: 'Another team runs this component.' }],
};

function sentence(random: Random): string {
  return Array.from({ length: random.whole(5, 11) }, () => random.oneOf(WORDS)).join(' ');
}

/** A payload of 4 KB, a few bytes more or less, that fits the schema. */
function payloadValue(random: Random): JsonObject {
  const two = (value: number): string => String(value).padStart(2, '0');
  const attempts: JsonObject[] = [];
  const value = {
    ticket: `INC-${random.whole(100_000, 999_999)}`,
    severity: random.oneOf(['low', 'normal', 'high', 'critical']),
    component: random.oneOf(COMPONENTS),
    customer: { id: `c-${random.whole(1, 99_999)}`, rooms: random.whole(1, 900) },
    steps: random.whole(2, 50),
    attempts,
    related: Array.from({ length: 12 }, (_, index) => `INC-${100_000 + index * 7 + random.whole(0, 6)}`),
  };
  for (let n = 0; JSON.stringify(value).length < 4_000; n += 1)
    attempts.push({
      at: `2026-11-18T${two(n % 10)}:${two(random.whole(0, 59))}Z`,
      by: random.oneOf(['ana.sousa', 'rui.costa', 'ines.dias']),
      did: sentence(random),
      result: random.oneOf(RESULTS),
      minutes: random.whole(1, 90),
    });
  return value;
}

/** A packet with its payload, as `parsePacket` and `sealPayload` give them once when it comes in. */
export interface Subject {
  readonly packet: Packet;
  readonly payload: Payload;
}

export interface Setting {
  readonly contract: Contract;
  readonly policy: HandoffPolicy;
  readonly directory: LoadedDirectory;
  readonly requester: string;
  readonly recipient: string;
}

/** The support skill's own policy and directory, with a contract more whose payloads have 4 KB. */
export function setting(): Setting {
  const skill = skills.find(({ id }) => id === 'u01994');
  if (skill === undefined) throw new RangeError('The support skill is not among the skills.');
  const directory = loadDirectory(skill.referenceDirectory());
  const document = skill.baselineConfiguration() as { readonly contracts: readonly JsonObject[] };
  const policy = loadHandoffPolicy({ ...document, contracts: [...document.contracts, contract] }, directory);
  const loaded = policy.contract('fault-to-engineering', '1.0.0');
  const [requester, recipient] = ['tier-2', 'engineering'].map((party) => {
    const role = policy.party(party)?.role;
    return role === undefined ? undefined : directory.membersOf(role)[0];
  });
  if (loaded === undefined || requester === undefined || recipient === undefined)
    throw new RangeError('The policy has no such contract or party.');
  return { contract: loaded, policy, directory, requester: requester.id, recipient: recipient.id };
}

/** Distinct packets, each with a payload of its own. */
export function subjects(
  random: Random,
  { contract: loaded, requester, recipient }: Setting,
  count: number,
): Subject[] {
  return Array.from({ length: count }, (_, n) => {
    const payload = sealPayload(payloadValue(random));
    const evidence = (id: string, type: string, issuedAt: string) => ({
      id,
      type,
      issuer: 'tier-2',
      digest: `sha256:${String(random.whole(0, 9)).repeat(64)}`,
      issuedAt,
    });
    const packet = parsePacket({
      schema: 'countersign/contract-packet/1',
      handoff: `h-${n}`,
      thread: `t-${n}`,
      contract: { id: 'fault-to-engineering', version: '1.0.0', digest: loaded.digest },
      sender: { party: 'tier-2', by: requester },
      routing: { consumer: 'engineering', recipient },
      payload: { digest: payload.digest, salted: false },
      evidence: [
        evidence('e-1', 'reproduction', '2026-11-18T09:00:00.000Z'),
        evidence('e-2', 'log-bundle', random.oneOf(['2026-11-18T08:00:00.000Z', '2026-11-10T08:00:00.000Z'])),
      ],
      risk: random.whole(0, 69),
      confidenceBasisPoints: random.whole(6_000, 10_000),
      obligations: [
        { id: 'call-back', says: 'Call the customer back.', owner: 'tier-2', due: '2026-11-19T09:00:00.000Z' },
      ],
      contingencies: [{ if: 'The log is empty', do: 'Ask for a trace', owner: 'engineering' }],
      createdAt: AT,
    });
    return { packet, payload };
  });
}
