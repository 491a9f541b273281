import * as z from 'zod';
import { outcome } from './outcome.ts';

const at = z.iso.datetime().meta({ description: 'An instant in UTC.' });
const labelled = z.strictObject({ label: z.string(), value: z.string() });
const reason = z.strictObject({ code: z.string(), message: z.string(), pointer: z.string() });

/** Where a handoff stands, as its protocol shows it. */
export const handoffView = z.strictObject({
  handoff: z.string(),
  thread: z.string(),
  contract: z.strictObject({ id: z.string(), version: z.string(), name: z.string(), digest: z.string() }),
  state: z.string(),
  sender: z.string(),
  receiver: z.string(),
  recipient: z.string().optional(),
  payload: z.array(labelled),
  assets: z.array(z.strictObject({ label: z.string(), url: z.string().optional(), digest: z.string() })),
  evidence: z.array(z.strictObject({ label: z.string(), standing: z.string(), digest: z.string() })),
  criteria: z.array(z.strictObject({ says: z.string(), standing: z.enum(['holds', 'fails', 'open']) })),
  obligations: z.array(
    z.strictObject({ says: z.string(), owner: z.string(), due: at.optional(), standing: z.string() }),
  ),
  contingencies: z.array(z.strictObject({ if: z.string(), do: z.string() })),
  readiness: z.strictObject({ score: z.int(), threshold: z.int() }),
  clocks: z.array(
    z.strictObject({
      clock: z.string(),
      dueAt: at.optional(),
      standing: z.enum(['running', 'paused', 'stopped', 'run-out']),
    }),
  ),
  promise: z.strictObject({ dueAt: at }).optional(),
  history: z.array(z.strictObject({ at, event: z.string(), by: z.string(), to: z.string() })),
});

/** What a handoff waits for. */
const wait = z.strictObject({
  number: z.int().meta({ description: 'Counts the waits of the handoff, from one.' }),
  since: at,
  state: z.string(),
  awaits: z.enum(['receipt', 'delivery', 'verification', 'answer', 'judgement', 'release']),
  title: z.string(),
  part: z.enum(['sender', 'receiver', 'customer', 'oversight', 'system']),
  party: z.string().meta({ description: 'The team whose queue it stands in.' }),
  people: z.array(z.string()).meta({ description: 'Who may answer by a mailed link.' }),
  clock: z.string(),
  dueAt: at,
  choices: z.array(
    z.strictObject({ choice: z.string(), label: z.string(), says: z.string(), fields: z.array(z.string()) }),
  ),
  fields: z.array(
    z.strictObject({
      name: z.string(),
      label: z.string(),
      hint: z.string().optional(),
      kind: z.enum(['line', 'text', 'number', 'date', 'choice', 'check']),
      options: z.array(z.strictObject({ value: z.string(), label: z.string() })).optional(),
      maximum: z.int(),
    }),
  ),
});

/** What an execution's handoff waits for, as far as GET /executions/{executionId} shows it; the handoff's own route shows all of it. */
export const waitingForHandoff = wait
  .pick({ state: true, awaits: true, title: true, part: true, party: true, clock: true, dueAt: true })
  .extend({ handoff: z.string(), people: wait.shape.people.readonly() });

/** GET /executions/{executionId}/handoff. */
export const handoffAnswer = z.strictObject({
  executionId: z.string(),
  handoff: handoffView,
  wait: wait.optional(),
  end: z.strictObject({ state: z.string(), outcome, reasons: z.array(reason), at, by: z.string() }).optional(),
  erasedAt: at.optional().meta({ description: 'When the payload was erased on record.' }),
});

/** POST /executions/{executionId}/handoff/events. */
export const handoffEventAnswer = handoffAnswer.extend({
  repeated: z.boolean().meta({ description: 'Whether the event was on record before; then nothing changed.' }),
});

/** GET /queues, for whoever asks for JSON. */
export const queueList = z.strictObject({
  at,
  queues: z.array(z.strictObject({ party: z.string(), count: z.int(), nextDueAt: at })),
});

/** GET /queues/{party}, for whoever asks for JSON. */
export const queue = z.strictObject({
  party: z.string(),
  at,
  work: z.array(
    z.strictObject({
      executionId: z.string(),
      handoff: z.string(),
      contract: z.string(),
      sender: z.string(),
      receiver: z.string(),
      title: z.string(),
      state: z.string(),
      clock: z.string(),
      dueAt: at,
      since: at,
      people: z.array(z.string()),
      erased: z.literal(true).optional().meta({ description: 'The payload was erased on record.' }),
    }),
  ),
  more: z.boolean().meta({ description: 'Whether there is more than is shown.' }),
});

/** The body of POST /executions/{executionId}/handoff/events. */
export const sentEvent = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/, 'Letters, digits, points, colons, hyphens, underscores')
    .meta({ description: 'Unique for good within the handoff: the same event again changes nothing.' }),
  as: z.enum(['sender', 'receiver', 'customer', 'oversight', 'system']).optional().meta({
    description:
      'In whose part the caller acts; needed where it holds several and none of them is the one that is asked.',
  }),
  event: z.looseObject({ type: z.string().min(1).max(60) }).meta({
    description: 'What happened, in the words of the contract; who says so and when is the server’s.',
  }),
});
export type SentEvent = z.infer<typeof sentEvent>;
