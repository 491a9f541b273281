import * as z from 'zod';
import { CountersignError, InvalidInput } from '../../lib/core/errors.ts';
import { addSeconds, type Instant } from '../../lib/core/instant.ts';
import type { Json } from '../../lib/core/json.ts';
import { defineSkill } from '../../lib/platform/skill/define-skill.ts';
import type {
  HandoffActed,
  HandoffAction,
  HandoffCase,
  HandoffDocument,
  HandoffEnd,
  HandoffEvent,
  HandoffProtocol,
  HandoffView,
  HandoffWait,
} from '../../lib/platform/skill/handoff-protocol.ts';

/**
 * The smallest protocol that has everything a wait can need: a readback that can be wrong, a clock that escalates, a delivery by a
 * system, a verification by a person, and an end by withdrawal or rollback.
 */

/** What happens after each answer that is not legal. */
export class NotLegal extends CountersignError {
  readonly code = 'IllegalTransition';
}

const entry = z.strictObject({ at: z.string(), event: z.string(), by: z.string(), to: z.string() });
const document = z.strictObject({
  state: z.enum([
    'offered',
    'in-delivery',
    'delivered',
    'escalated',
    'closed',
    'rejected',
    'expired',
    'withdrawn',
    'rolled-back',
  ]),
  ticket: z.string(),
  attempts: z.int(),
  since: z.string(),
  delivered: z.string().optional(),
  history: z.array(entry),
  padding: z.string().optional(),
});
type Doc = z.infer<typeof document>;

export const input = z.strictObject({
  accountId: z.string(),
  ticket: z.string(),
  handsOver: z.boolean().default(true),
  /** Seconds that each clock gives. */
  seconds: z.int().default(3600),
  receivers: z.array(z.string()).default(['bob']),
  padding: z.int().default(0),
});
type Input = z.infer<typeof input>;

const SYSTEM = 'tracker';
const ENDS: Readonly<Record<string, HandoffEnd['outcome']>> = {
  closed: 'published',
  rejected: 'rejected',
  expired: 'expired',
  withdrawn: 'withdrawn',
  'rolled-back': 'rolled-back',
};

const read = (value: HandoffDocument): Doc => document.parse(value);

function step(
  doc: Doc,
  to: Doc['state'],
  event: string,
  by: string,
  at: Instant,
  more: Partial<Doc> = {},
): HandoffDocument {
  const history = [...doc.history, { at, event, by, to }];
  return { ...doc, state: to, since: at, ...more, history } as Json;
}

const done = (value: HandoffDocument, ...artifacts: Json[]): HandoffActed => ({ document: value, artifacts });

type File = HandoffCase<Input, unknown>;

function waitOf({ input: asked }: File, doc: Doc): HandoffWait {
  const dueAt = addSeconds(doc.since, asked.seconds);
  const common = { state: doc.state, dueAt };
  switch (doc.state) {
    case 'offered':
      return {
        ...common,
        awaits: 'receipt',
        title: 'Read back and accept',
        part: 'receiver',
        party: 'tier-2',
        people: asked.receivers,
        clock: 'acceptance',
        choices: [
          { choice: 'accept', label: 'Accept', says: 'You take the work over.', fields: ['ticket', 'seen'] },
          { choice: 'reject', label: 'Reject', says: 'The work goes back for good.', fields: ['reason', 'code'] },
        ],
        fields: [
          {
            name: 'ticket',
            label: 'Ticket',
            hint: 'As it is shown, character by character.',
            kind: 'line',
            maximum: 20,
          },
          { name: 'seen', label: 'I have read all of it', kind: 'check', maximum: 3 },
          { name: 'reason', label: 'Reason', kind: 'text', maximum: 200 },
          {
            name: 'code',
            label: 'Code',
            kind: 'choice',
            options: [
              { value: 'wrong-team', label: 'Another team works on this' },
              { value: 'unclear', label: 'It cannot be understood' },
            ],
            maximum: 20,
          },
        ],
      };
    case 'in-delivery':
      return {
        ...common,
        awaits: 'delivery',
        title: 'Deliver',
        part: 'receiver',
        party: 'tier-2',
        people: [],
        clock: 'delivery',
        choices: [],
        fields: [],
      };
    case 'delivered':
      return {
        ...common,
        awaits: 'verification',
        title: 'Verify the delivery',
        part: 'sender',
        party: 'tier-1',
        people: ['rita'],
        clock: 'verification',
        choices: [{ choice: 'verify', label: 'Verify', says: 'Everything promised is there.', fields: [] }],
        fields: [],
      };
    default:
      return {
        ...common,
        awaits: 'judgement',
        title: 'Decide what follows',
        part: 'oversight',
        party: 'leads',
        people: ['olga'],
        clock: 'escalation',
        choices: [{ choice: 'resume', label: 'Go on', says: 'The clock starts anew.', fields: [] }],
        fields: [],
      };
  }
}

function act(_file: File, value: HandoffDocument, action: HandoffAction): HandoffActed {
  const doc = read(value);
  const { choice, values, by, at } = action;
  if (choice === 'accept' && doc.state === 'offered') {
    if (values.ticket === doc.ticket && values.seen === 'yes')
      return done(step(doc, 'in-delivery', 'accept', by.id, at), { readback: values.ticket });
    const attempts = doc.attempts + 1;
    if (attempts >= 3) {
      const escalated = step(doc, 'escalated', 'misread', by.id, at, { attempts });
      return {
        document: escalated,
        refused: { message: 'Read back wrongly for the third time.', fields: {} },
        artifacts: [],
      };
    }
    const fields =
      values.ticket === doc.ticket ? { seen: 'Say that you have read it.' } : { ticket: 'That is not the ticket.' };
    return {
      document: { ...doc, attempts } as Json,
      refused: { message: 'The readback does not match.', fields },
      artifacts: [],
    };
  }
  if (choice === 'reject' && doc.state === 'offered') return done(step(doc, 'rejected', 'reject', by.id, at));
  if (choice === 'verify' && doc.state === 'delivered') return done(step(doc, 'closed', 'verify', by.id, at));
  if (choice === 'resume' && doc.state === 'escalated') return done(step(doc, 'offered', 'resume', by.id, at));
  throw new NotLegal(`"${choice}" cannot happen to a handoff that is ${doc.state}.`);
}

const deliver = z.strictObject({ type: z.literal('deliver'), result: z.string() });
const note = z.strictObject({ type: z.literal('note'), text: z.string() });

function take(
  _file: File,
  value: HandoffDocument,
  event: unknown,
  { at, by }: Pick<HandoffAction, 'id' | 'at' | 'by'>,
): HandoffActed {
  const doc = read(value);
  const noted = note.safeParse(event);
  if (noted.success)
    return done({ ...doc, history: [...doc.history, { at, event: 'note', by: by.id, to: doc.state }] } as Json);
  const parsed = deliver.safeParse(event);
  if (!parsed.success) throw new InvalidInput('It is no event of this contract.');
  if (doc.state !== 'in-delivery' || by.part !== 'receiver')
    throw new NotLegal(`"deliver" cannot happen while ${doc.state}.`);
  if (parsed.data.result === '')
    return {
      document: value,
      refused: { message: 'The delivery is empty.', fields: { result: 'Say what was done.' } },
      artifacts: [],
    };
  return done(step(doc, 'delivered', 'deliver', by.id, at, { delivered: parsed.data.result }), {
    result: parsed.data.result,
  });
}

function view(file: File, value: HandoffDocument): HandoffView {
  const doc = read(value);
  return {
    handoff: `h-${file.executionId}`,
    thread: 't-1',
    contract: { id: 'tiny', version: '1.0.0', name: 'Tiny contract', digest: `sha256:${'1'.repeat(64)}` },
    state: doc.state,
    sender: 'Tier 1',
    receiver: 'Tier 2',
    payload: [{ label: 'Ticket', value: doc.ticket }],
    assets: [],
    evidence: [],
    criteria: [{ says: 'The ticket is known.', standing: 'holds' }],
    obligations: [],
    contingencies: [],
    readiness: { score: 80, threshold: 70 },
    clocks: [{ clock: 'acceptance', dueAt: addSeconds(doc.since, file.input.seconds), standing: 'running' }],
    history: doc.history,
  };
}

function events(file: File, value: HandoffDocument): HandoffEvent[] {
  return read(value).history.map(({ at, event, by, to }, index) => ({
    specversion: '1.0',
    id: `h-${file.executionId}.${index + 1}`,
    source: '/countersign',
    type: `countersign.handoff.${event}.v1`,
    subject: `h-${file.executionId}`,
    time: at,
    datacontenttype: 'application/json',
    sequence: String(index + 1).padStart(10, '0'),
    data: { by, to },
  }));
}

/** The protocol, for skills of tests. */
export const tinyProtocol: HandoffProtocol<Input, unknown> = {
  handsOver: (result) => (result.artifact as { handsOver?: boolean }).handsOver !== false,
  open: ({ input: asked, requester }, at) => {
    if (asked.ticket === 'none') throw new InvalidInput('There is no ticket to hand over.');
    const padding = asked.padding === 0 ? {} : { padding: 'x'.repeat(asked.padding) };
    const doc: Doc = { state: 'offered', ticket: asked.ticket, attempts: 0, since: at, history: [], ...padding };
    return step(doc, 'offered', 'offer', requester.personId, at);
  },
  next: (file, value) => {
    const doc = read(value);
    const outcome = ENDS[doc.state];
    if (outcome === undefined) return waitOf(file, doc);
    const message = `The handoff ended as ${doc.state}.`;
    return {
      state: doc.state,
      outcome,
      reasons: outcome === 'published' ? [] : [{ code: doc.state, message, pointer: '' }],
    };
  },
  act,
  take,
  miss: (file, value, at) => {
    const doc = read(value);
    if (ENDS[doc.state] !== undefined || addSeconds(doc.since, file.input.seconds) > at) return value;
    return step(doc, doc.state === 'escalated' ? 'expired' : 'escalated', 'miss', 'system', at);
  },
  end: (_file, value, how, { at, by }) => {
    const doc = read(value);
    if (ENDS[doc.state] !== undefined) return undefined;
    if (how === 'withdraw' && doc.state !== 'offered' && doc.state !== 'escalated')
      throw new NotLegal(`"withdraw" cannot happen to a handoff that is ${doc.state}.`);
    return step(doc, how === 'withdraw' ? 'withdrawn' : 'rolled-back', how, by.id, at);
  },
  view,
  partsOf: ({ input: asked }, _value, who) => [
    ...(asked.receivers.includes(who) || who === SYSTEM ? (['receiver'] as const) : []),
    ...(who === 'rita' ? (['sender'] as const) : []),
    ...(who === 'olga' ? (['oversight'] as const) : []),
  ],
  events,
  verify: (_file, value) => {
    const { history, state } = read(value);
    return history.at(-1)?.to === state
      ? []
      : [{ code: 'HistoryBroken', message: 'The history leads elsewhere.', pointer: '/history' }];
  },
};

/** A skill that hands a ticket over. Nobody approves it first. */
export const handingSkill = defineSkill<Input, unknown>({
  name: 'handing-skill-for-tests',
  id: 'u99997',
  title: 'Handing skill',
  version: '1.0.0',
  archetype: 'test',
  coreMethod: 'handoff-contracting',
  primaryArtifact: 'ticket',
  routingTag: 'test',
  releaseCycles: 1,
  flag: 'skill_99997_handing',
  input,
  unorderedArrays: [],
  accountId: ({ accountId }) => accountId,
  recordOwner: () => undefined,
  baselineConfiguration: () => ({ version: '1' }),
  loadConfiguration: (value) => value,
  referenceDirectory: () => ({}),
  defaults: {},
  consumers: ['orchestrator', 'downstream-skill'],
  budget: { workUnits: 10, outputBytes: 100_000, mails: 100, computingExecutions: 10 },
  oversightTimeoutSeconds: 3600,
  metrics: [],
  guardrails: [],
  cadence: { daily: 'none', weekly: 'none', monthly: 'none' },
  handoff: tinyProtocol,
  execute: ({ input: asked, handedOver }) => ({
    verdict: 'publish',
    reasons: [],
    artifact: { ticket: asked.ticket, handsOver: asked.handsOver, from: handedOver?.executionId ?? null },
    terms: {
      schema: 'countersign/terms/1',
      kind: 'Ticket',
      accountName: asked.accountId,
      requesterName: 'Rita Tester',
      summary: 'A ticket goes to the next tier.',
      lines: [{ label: 'Ticket', value: asked.ticket, differs: false }],
    },
    risk: { score: 0, factors: [] },
    confidenceBasisPoints: 10_000,
    trace: [],
    workUnits: 1,
    nextHop: 'tier-2',
  }),
});

/** The name under which bundles look for it. */
export { handingSkill as skill };
