import type { Instant } from '../../core/instant.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { HandoffPacket } from '../contracts/outputs.ts';
import type { Example } from '../examples.ts';
import { parseStoredRequest, readRequest } from '../executions/context.ts';
import { handedOverIn } from '../executions/run-skill.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { ItemQuery } from '../store/table.ts';

/** A request that was made once, with what a skill needs to compute its route again. */
export interface PastRequest {
  /** The execution's id, or the name of the file it came from. */
  readonly id: string;
  /** The skill's input as it was sent. */
  readonly input: unknown;
  readonly requester: { readonly personId: string };
  readonly instant: Instant;
  /** The packet of the execution that led here. */
  readonly handedOver?: HandoffPacket;
}

/** How many months of executions are looked through at most. */
const MOST_MONTHS = 24;

function monthBefore(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`;
}

async function lastRecords(runtime: Runtime, skill: AnySkill, count: number): Promise<readonly ExecutionRecord[]> {
  const found: ExecutionRecord[] = [];
  let month = runtime.clock.now().slice(0, 7);
  for (let looked = 0; looked < MOST_MONTHS && found.length < count; looked += 1, month = monthBefore(month)) {
    const ask: ItemQuery = {
      index: 'gsi1',
      pk: `EXECUTIONS#${month}`,
      where: { skill: skill.name },
      descending: true,
      limit: 100,
    };
    let page = await runtime.table.query<ExecutionRecord>(ask);
    found.push(...page.items);
    while (page.next !== undefined && found.length < count) {
      page = await runtime.table.query<ExecutionRecord>({ ...ask, startFrom: page.next });
      found.push(...page.items);
    }
  }
  return found.slice(0, count);
}

/**
 * The requests of the last executions of a skill, newest first, read from their stored artifacts. One that was erased is passed
 * over: nothing new is made of it.
 * @param count at most so many; looked for in the last two years.
 * @throws NotFound, IntegrityError or InvalidInput when a stored request is missing or damaged.
 */
export async function pastRequestsOf(runtime: Runtime, skill: AnySkill, count: number): Promise<PastRequest[]> {
  const records = await lastRecords(runtime, skill, count);
  const found = await Promise.all(
    records.map(async ({ executionId, request: digest, requester, instant }): Promise<PastRequest[]> => {
      const { document, erased } = await readRequest(runtime, digest);
      if (erased !== undefined) return [];
      const request = parseStoredRequest(document);
      const { input } = request;
      const asked = { personId: requester.personId };
      return [{ id: executionId, input, requester: asked, instant, ...handedOverIn(request) }];
    }),
  );
  return found.flat();
}

/** An example with the name of its file. */
export interface NamedExample {
  readonly name: string;
  readonly example: Example;
}

/** The requests of examples, as if they had been made at an instant. */
export function exampleRequests(examples: readonly NamedExample[], instant: Instant): PastRequest[] {
  return examples.map(({ name, example }) => ({
    id: `example:${name}`,
    input: example.request.input,
    requester: { personId: example.requester },
    instant,
    ...handedOverIn(example.request),
  }));
}
