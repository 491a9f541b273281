import type { HandoffPageView } from '../../lib/pages/handoff-page.ts';
import type { HandoffLinkState, HandoffNow, HandoffStateView } from '../../lib/pages/handoff-state-page.ts';
import type { HandoffMailView } from '../../lib/pages/mails/handoff-mails.ts';
import type { AnswerFormView } from '../../lib/pages/parts/answer-form.ts';
import type { HandoffFacts } from '../../lib/pages/parts/handoff.ts';
import type { QueuesView, QueueView } from '../../lib/pages/queue-page.ts';
import type { ZonedTime } from '../../lib/pages/zoned-time.ts';

/** View models of one realistic handoff, for tests and for pictures of the pages. */

const berlin = (instant: string): ZonedTime => ({ instant, timeZone: 'Europe/Berlin' });
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const executionId = 'x-2026-11-20-7f3k9m2q';

const facts: HandoffFacts = {
  handoff: 'h-2026-1187',
  thread: 't-2026-0931',
  contract: { id: 'incident-to-tier-2', version: '1.2.0', name: 'Incident from tier 1 to tier 2' },
  state: 'offered',
  sender: 'Tier 1',
  receiver: 'Tier 2',
  recipient: 'Ben Okafor',
  payload: [
    { label: 'Ticket', value: 'INC-004711' },
    { label: 'Severity', value: 'high' },
    { label: 'Steps tried', value: '4' },
    {
      label: 'What happens',
      value: 'Orders of the last hour are missing from the export, though the shop shows them.',
    },
  ],
  assets: [
    { label: 'Screen recording', url: 'https://files.example.com/r/4711', digest: digest('a') },
    { label: 'Trace of the export', digest: digest('b') },
  ],
  evidence: [
    { label: 'Diagnostics by monitoring', standing: 'fresh: 35 minutes of 240', digest: digest('c') },
    { label: 'Customer’s report', standing: 'payload erased on record', digest: digest('d') },
  ],
  criteria: [
    { says: 'Tier 1 tried at least two steps, but for critical incidents.', standing: 'holds' },
    { says: 'The answer so far was polite.', standing: 'open' },
    { says: 'The log covers the whole hour.', standing: 'fails' },
  ],
  obligations: [
    { says: 'Tell the customer what was found.', owner: 'Tier 2', due: '2026-11-21T09:00:00.000Z', standing: 'open' },
    { says: 'Keep the old export until then.', owner: 'Tier 1', standing: 'discharged' },
  ],
  contingencies: [{ if: 'The log is empty', do: 'Ask for a trace' }],
  readiness: { score: 85, threshold: 70 },
  clocks: [
    { clock: 'acknowledgement', dueAt: '2026-11-20T10:15:00.000Z', standing: 'running' },
    { clock: 'delivery', standing: 'stopped' },
  ],
  promise: { dueAt: '2026-11-21T16:00:00.000Z' },
  history: [
    { at: '2026-11-20T09:30:00.000Z', event: 'score', by: 'The system', to: 'scored' },
    { at: '2026-11-20T09:45:00.000Z', event: 'offer', by: 'Ana Ruiz', to: 'offered' },
  ],
};

const form: AnswerFormView = {
  action: '/handoffs/k3v9',
  nonce: 'n0nce-of-the-visit',
  choices: [
    {
      choice: 'accept',
      label: 'Accept',
      says: 'You take the work over, and the clock of the delivery starts.',
      fields: ['ticket', 'severity', 'seen'],
    },
    {
      choice: 'ask',
      label: 'Ask a question',
      says: 'The clock stands still until it is answered.',
      fields: ['question'],
    },
    { choice: 'reject', label: 'Reject', says: 'The work goes back for good.', fields: ['code', 'since', 'minutes'] },
  ],
  fields: [
    { name: 'ticket', label: 'Ticket', hint: 'Read it back, character by character.', kind: 'line', maximum: 20 },
    {
      name: 'severity',
      label: 'Severity',
      kind: 'choice',
      options: [
        { value: 'low', label: 'Low' },
        { value: 'high', label: 'High' },
      ],
      maximum: 20,
    },
    { name: 'seen', label: 'I have read the customer’s report', kind: 'check', maximum: 3 },
    { name: 'question', label: 'Question', kind: 'text', maximum: 1_000 },
    {
      name: 'code',
      label: 'Why',
      kind: 'choice',
      options: [{ value: 'wrong-team', label: 'Another team works on this' }],
      maximum: 20,
    },
    { name: 'since', label: 'Known since', kind: 'date', maximum: 10 },
    { name: 'minutes', label: 'Minutes spent on it', kind: 'number', maximum: 6 },
  ],
};

export const handoffPage: HandoffPageView = {
  executionId,
  skillTitle: 'Handoff contracting for support',
  facts,
  title: 'Read back and accept',
  personName: 'Ben Okafor',
  part: 'receiver',
  party: 'tier-2',
  due: berlin('2026-11-20T10:15:00.000Z'),
  clock: 'acknowledgement',
  form,
};

/** The readback was wrong. */
export const handoffPageWithErrors: HandoffPageView = {
  ...handoffPage,
  form: {
    ...form,
    problem: 'The readback does not match. Two attempts are left.',
    fieldErrors: {
      ticket: 'That is not the ticket.',
      severity: 'That is not the severity.',
      seen: 'Say that you have read it.',
    },
    values: { choice: 'accept', fields: { ticket: 'INC-004712', severity: 'low', seen: '' } },
  },
};

/** Nothing was chosen. */
export const handoffPageWithoutChoice: HandoffPageView = {
  ...handoffPage,
  form: {
    ...form,
    problem: 'Choose one of the answers.',
    fieldErrors: { choice: 'Choose one of the answers.' },
    values: { fields: {} },
  },
};

const waits: HandoffNow = {
  state: 'in-delivery',
  waits: { title: 'Deliver', party: 'tier-2', due: berlin('2026-11-20T14:00:00.000Z') },
};
const closed: HandoffNow = { state: 'closed', ended: { outcome: 'published', at: berlin('2026-11-20T14:00:00.000Z') } };
const over = { by: 'Ben Okafor', did: 'Accept', at: berlin('2026-11-20T09:58:00.000Z') };
const due = berlin('2026-11-20T10:15:00.000Z');
const maskedAddress = 'b•••@example.com';

const links: readonly (readonly [HandoffLinkState, HandoffNow])[] = [
  [{ state: 'recorded', title: 'Read back and accept', over }, waits],
  [{ state: 'over', title: 'Read back and accept', over, own: false }, closed],
  [{ state: 'over', title: 'Read back and accept', over, own: true }, waits],
  [{ state: 'over', own: false }, waits],
  [{ state: 'too-late', title: 'Read back and accept', due }, waits],
  [{ state: 'not-eligible' }, waits],
  [{ state: 'superseded', mailedAt: due, maskedAddress }, waits],
  [{ state: 'being-mailed', maskedAddress }, waits],
  [{ state: 'expired', maskedAddress, due, form: { action: '/handoffs/k3v9', nonce: 'n0nce' } }, waits],
  [{ state: 'fresh-link-cap', maskedAddress, due }, waits],
];

export const handoffStates: readonly HandoffStateView[] = links.map(([link, now]) => ({
  executionId,
  handoff: facts.handoff,
  contract: 'Incident from tier 1 to tier 2 1.2.0',
  link,
  now,
}));

export const queue: QueueView = {
  environment: 'prod',
  party: 'tier-2',
  now: berlin('2026-11-20T10:20:00.000Z'),
  rows: [
    {
      executionId,
      handoff: facts.handoff,
      contract: 'Incident from tier 1 to tier 2 1.2.0',
      sender: 'Tier 1',
      receiver: 'Tier 2',
      title: 'Read back and accept',
      state: 'offered',
      clock: 'acknowledgement',
      due,
      overdue: true,
      people: ['Ben Okafor', 'Chiara Rossi'],
    },
    {
      executionId: 'x-2026-11-20-2b2b2b2b',
      handoff: 'h-2026-1190',
      contract: 'Incident from tier 1 to tier 2 1.2.0',
      sender: 'Tier 1',
      receiver: 'Tier 2',
      title: 'Deliver',
      state: 'in-delivery',
      clock: 'delivery',
      due: berlin('2026-11-20T16:00:00.000Z'),
      overdue: false,
      people: [],
    },
  ],
  more: true,
};

export const queues: QueuesView = {
  environment: 'prod',
  now: berlin('2026-11-20T10:20:00.000Z'),
  queues: [
    { party: 'tier-2', count: 2, nextDue: due },
    { party: 'engineering', count: 1, nextDue: berlin('2026-11-23T09:00:00.000Z') },
  ],
};

const mail = {
  executionId,
  handoff: facts.handoff,
  contract: 'Incident from tier 1 to tier 2 1.2.0',
  sender: 'Tier 1',
  receiver: 'Tier 2',
  personName: 'Ben Okafor',
  title: 'Read back and accept',
};

export const handoffMails: readonly HandoffMailView[] = [
  ...(['ask', 'reminder', 'fresh-link'] as const).map((kind) => ({
    ...mail,
    mail: kind,
    due,
    link: 'https://countersign.example.com/handoffs/k3v9.secret',
  })),
  { ...mail, mail: 'over', by: 'Chiara Rossi', did: 'Accept', at: due },
];
