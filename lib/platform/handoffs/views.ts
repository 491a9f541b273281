import type { Instant } from '../../core/instant.ts';
import type { Runtime } from '../runtime.ts';
import type { HandoffView, HandoffWait } from '../skill/handoff-protocol.ts';
import { type HandoffFile, readHandoffFile } from './file.ts';
import { documentOf, type OpenHandoff } from './handoff.ts';
import { OPEN_HANDOFFS, queueOf, readHandoff } from './handoff-store.ts';

/** What GET /executions/{id}/handoff shows: where the handoff stands, and what it waits for. Neither links nor tokens. */
export interface HandoffAnswer {
  readonly executionId: string;
  readonly handoff: HandoffView;
  readonly wait?: HandoffWait & { readonly number: number; readonly since: Instant };
  readonly end?: NonNullable<OpenHandoff['end']>;
  /** When its payload was erased. */
  readonly erasedAt?: Instant;
}

/** A handoff for the API. */
export function handoffAnswer(file: HandoffFile, handoff: OpenHandoff, now: Instant): HandoffAnswer {
  const { executionId, wait, number, waitSince, end } = handoff;
  return {
    executionId,
    handoff: file.protocol.view(file.case, documentOf(handoff), now),
    ...(wait === undefined ? {} : { wait: { number, since: waitSince, ...wait } }),
    ...(end === undefined ? {} : { end }),
    ...(handoff.erasedAt === undefined ? {} : { erasedAt: handoff.erasedAt }),
  };
}

/**
 * Where an execution's handoff stands.
 * @throws NotFound when there is no such execution, or it hands nothing over, or has not come to it.
 */
export async function viewHandoff(runtime: Runtime, executionId: string): Promise<HandoffAnswer> {
  const handoff = await readHandoff(runtime, executionId);
  return handoffAnswer(await readHandoffFile(runtime, executionId), handoff, runtime.clock.now());
}

/** One piece of due work of a team. */
export interface DueWork {
  readonly executionId: string;
  readonly handoff: string;
  readonly contract: string;
  readonly sender: string;
  readonly receiver: string;
  readonly title: string;
  readonly state: string;
  readonly clock: string;
  readonly dueAt: Instant;
  readonly since: Instant;
  readonly people: readonly string[];
  /** The payload was erased: it can only be given back, or ended. */
  readonly erased?: true;
}

/** The due work of a team, what is due first in front; `more`: there is more than is shown. */
export interface Queue {
  readonly party: string;
  readonly at: Instant;
  readonly work: readonly DueWork[];
  readonly more: boolean;
}

/** Rows of a queue that are shown. */
const MOST_ROWS = 100;

function dueWork(handoff: OpenHandoff): DueWork[] {
  const { executionId, summary, wait, waitSince, erasedAt } = handoff;
  if (wait === undefined) return [];
  const { handoff: id, contract, sender, receiver } = summary;
  const { title, state, clock, dueAt, people } = wait;
  const work = {
    executionId,
    handoff: id,
    contract,
    sender,
    receiver,
    title,
    state,
    clock,
    dueAt,
    since: waitSince,
    people,
  };
  return [erasedAt === undefined ? work : { ...work, erased: true }];
}

/** What a team has to do, by due instant. The index lags behind the table by moments. */
export async function readQueue(runtime: Runtime, party: string): Promise<Queue> {
  const page = await runtime.table.query<OpenHandoff>({ index: 'gsi2', pk: queueOf(party), limit: MOST_ROWS });
  const work = page.items.flatMap(dueWork);
  return { party, at: runtime.clock.now(), work, more: page.next !== undefined };
}

/** A team with work, how much, and when the first of it is due. */
export interface QueueSummary {
  readonly party: string;
  readonly count: number;
  readonly nextDueAt: Instant;
}

/** Every team that has something to do, by what is due first. */
export async function readQueues(runtime: Runtime): Promise<{ readonly at: Instant; readonly queues: QueueSummary[] }> {
  const open = await runtime.table.queryAll<OpenHandoff>({ index: 'gsi1', pk: OPEN_HANDOFFS });
  const waits = open.flatMap(({ wait }) => wait ?? []);
  const queues = [...Map.groupBy(waits, ({ party }) => party)].map(([party, some]) => ({
    party,
    count: some.length,
    nextDueAt: some.map(({ dueAt }) => dueAt).toSorted()[0] ?? '',
  }));
  return { at: runtime.clock.now(), queues: queues.toSorted((a, b) => (a.nextDueAt < b.nextDueAt ? -1 : 1)) };
}
