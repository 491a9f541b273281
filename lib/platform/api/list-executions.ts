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

const position = z.strictObject({
  month: z.string().regex(/^\d{4}-\d\d$/),
  from: z.record(z.string(), z.string()).optional(),
});
type Position = z.infer<typeof position>;

function readCursor(text: string): Position {
  try {
    return position.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
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
  const where = filtersOf(runtime, ask);
  const executions: ExecutionSummary[] = [];
  let at: Position = ask.cursor === undefined ? { month: to.slice(0, 7) } : readCursor(ask.cursor);
  for (let reads = 0; at.month >= from.slice(0, 7); reads += 1) {
    if (executions.length === ask.limit || reads === MAXIMUM_READS) return { executions, cursor: writeCursor(at) };
    const query: ItemQuery = {
      index: 'gsi1',
      pk: `EXECUTIONS#${at.month}`,
      // `~` sorts behind `#`, so an execution accepted at the last instant itself is included.
      between: [from, `${to}~`],
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
        : { month: at.month, from: page.next as Record<string, string> };
  }
  return { executions };
}
