import * as z from 'zod';
import { InvalidInput, NotFound } from '../../core/errors.ts';
import { addSeconds, type Instant } from '../../core/instant.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { type ExecutionSummary, executionStatus } from '../contracts/api.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import { outcome } from '../contracts/outcome.ts';
import type { Runtime } from '../runtime.ts';
import { findSkill } from '../skill/define-skill.ts';
import type { ItemQuery } from '../store/table.ts';

/** How far back a list looks when the caller does not say. */
const DEFAULT_SPAN_SECONDS = 90 * 24 * 3600;
/** How many pages of the index one request reads at most; a cursor carries on where it stopped. */
const MAXIMUM_READS = 20;

/** The query parameters of GET /executions. */
export const listParameters = z.strictObject({
  skill: z.string().optional().meta({ description: 'Name or id of a skill.' }),
  status: executionStatus.optional(),
  outcome: outcome.optional(),
  from: z.iso
    .datetime()
    .optional()
    .meta({ description: 'Accepted at or after this instant; 90 days before `to` by default.' }),
  to: z.iso.datetime().optional().meta({ description: 'Accepted at or before this instant; now by default.' }),
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(600).optional().meta({ description: 'Where the previous page ended.' }),
});

const BEFORE_EVERYTHING = '0000-01';

const partitionOf = (month: string): string => `EXECUTIONS#${month}`;

/** The last item of a page: where it stands in the table and in the index. */
const lastItem = z.strictObject({
  pk: z.string().startsWith('EXECUTION#').max(100),
  sk: z.literal('EXECUTION'),
  gsi1pk: z.string(),
  gsi1sk: z.string(),
});
const position = z.strictObject({ month: z.string().regex(/^\d{4}-\d\d$/), from: lastItem.optional() });
type Position = z.infer<typeof position>;

/** Reads a cursor; one that points outside of what is asked for was not given for this question. */
function readCursor(text: string, lowest: string, highest: string): Position {
  try {
    const { month, from } = position.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    if (from === undefined) return { month };
    if (from.gsi1pk !== partitionOf(month) || from.gsi1sk > highest)
      throw new RangeError('The cursor points outside of the query.');
    // The span may have moved on since the previous page: then there is nothing left in it.
    if (from.gsi1sk < lowest) return { month: BEFORE_EVERYTHING };
    return { month, from };
  } catch (cause) {
    throw new InvalidInput(
      'The cursor cannot be read.',
      [
        {
          pointer: '/cursor',
          code: 'invalid-cursor',
          message: 'This is not a cursor that a previous page gave.',
          mend: 'Start again without a cursor.',
        },
      ],
      { cause },
    );
  }
}

function writeCursor(at: Position): string {
  return Buffer.from(JSON.stringify(at)).toString('base64url');
}

function monthBefore(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`;
}

/** The line of a list that stands for an execution. */
export function summaryOf(record: ExecutionRecord): ExecutionSummary {
  return {
    executionId: record.executionId,
    skill: record.skill,
    accountId: record.accountId,
    requester: record.requester.personId,
    status: record.status,
    ...(record.outcome === undefined ? {} : { outcome: record.outcome }),
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
  };
}

function filtersOf(runtime: Runtime, ask: z.infer<typeof listParameters>): Record<string, string> {
  const where: Record<string, string> = {};
  if (ask.skill !== undefined) {
    const skill = findSkill(runtime.skills, ask.skill);
    if (skill === undefined) throw new NotFound('There is no skill under this name.');
    where.skill = skill.name;
  }
  if (ask.status !== undefined) where.status = ask.status;
  if (ask.outcome !== undefined) where.outcome = ask.outcome;
  return where;
}

/**
 * Lists executions, newest first, month by month through the index.
 * @throws InvalidInput when a parameter does not fit, NotFound for an unknown skill.
 */
export async function listExecutions(
  runtime: Runtime,
  parameters: unknown,
): Promise<{ executions: ExecutionSummary[]; cursor?: string }> {
  const ask = parseWith(listParameters, parameters, 'The query');
  const to: Instant = ask.to ?? runtime.clock.now();
  const from: Instant = ask.from ?? addSeconds(to, -DEFAULT_SPAN_SECONDS);
  // `~` sorts behind `#`, so an execution accepted at the last instant itself is included.
  const last = `${to}~`;
  const where = filtersOf(runtime, ask);
  const executions: ExecutionSummary[] = [];
  let at: Position = ask.cursor === undefined ? { month: to.slice(0, 7) } : readCursor(ask.cursor, from, last);
  for (let reads = 0; at.month >= from.slice(0, 7); reads += 1) {
    if (executions.length === ask.limit || reads === MAXIMUM_READS) return { executions, cursor: writeCursor(at) };
    const query: ItemQuery = {
      index: 'gsi1',
      pk: partitionOf(at.month),
      between: [from, last],
      descending: true,
      where,
      limit: ask.limit - executions.length,
    };
    const page = await runtime.table.query<ExecutionRecord>(
      at.from === undefined ? query : { ...query, startFrom: at.from },
    );
    executions.push(...page.items.map(summaryOf));
    at =
      page.next === undefined
        ? { month: monthBefore(at.month) }
        : { month: at.month, from: page.next as z.infer<typeof lastItem> };
  }
  return { executions };
}
