import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  GetExecutionHistoryCommand,
  type HistoryEvent,
  paginateGetExecutionHistory,
  paginateListExecutions,
  paginateListStateMachines,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ApiClient } from '../../../lib/local/api-client.ts';
import { decideByMail, openLink } from '../../../lib/local/person.ts';
import { call } from '../support/call.ts';
import { requesterOf, requestOf, SKILL } from '../support/example-requests.ts';
import { startWaiting, untilEnded } from '../support/flow.ts';
import { addressOf, linkTo, mailsOf } from '../support/mails.ts';
import { ownSystem } from '../support/own-system.ts';

const { api: apiUrl, inbox, states, directory } = ownSystem();
const api = new ApiClient(apiUrl);
const client = new SFNClient({
  endpoint: states,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
afterAll(() => client.destroy());

async function machineArn(): Promise<string> {
  const arns: string[] = [];
  for await (const page of paginateListStateMachines({ client }, {}))
    arns.push(...(page.stateMachines ?? []).map(({ stateMachineArn }) => stateMachineArn ?? ''));
  const found = arns.find((arn) => arn.endsWith(SKILL));
  if (found === undefined) throw new Error('The machine of the skill is not listed.');
  return found;
}

async function executionArn(executionId: string): Promise<string> {
  for await (const page of paginateListExecutions({ client }, { stateMachineArn: await machineArn() })) {
    const found = page.executions?.find(({ name }) => name === executionId);
    if (found?.executionArn !== undefined) return found.executionArn;
  }
  throw new Error(`The execution ${executionId} is not listed.`);
}

async function historyOf(executionId: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  const ask = { executionArn: await executionArn(executionId), maxResults: 10 };
  for await (const page of paginateGetExecutionHistory({ client }, ask)) events.push(...(page.events ?? []));
  return events;
}

/** A history whose execution has left its last state: the API tells the outcome some moments before. */
async function finishedHistoryOf(executionId: string): Promise<HistoryEvent[]> {
  return vi.waitFor(
    async () => {
      const events = await historyOf(executionId);
      if (events.at(-1)?.type !== 'ExecutionSucceeded') throw new Error('The execution has not ended yet.');
      return events;
    },
    { timeout: 20_000, interval: 20 },
  );
}

const entered = (events: readonly HistoryEvent[]): string[] =>
  events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);

/** The task tokens that a history shows in the parameters of its tasks. */
function tokensIn(events: readonly HistoryEvent[]): string[] {
  const tokens = events.flatMap(({ taskScheduledEventDetails }) => {
    const parameters = JSON.parse(taskScheduledEventDetails?.parameters ?? '{}') as {
      Payload?: { taskToken?: string };
    };
    return parameters.Payload?.taskToken ?? [];
  });
  return [...new Set(tokens)];
}

describe('the history of an execution, read with the SDK', () => {
  let automatic: HistoryEvent[];
  let approved: HistoryEvent[];
  let approvedId: string;
  let page: string;
  beforeAll(async () => {
    const executionId = await api.start(SKILL, requesterOf('01'), requestOf('01'));
    await untilEnded(api, executionId);
    automatic = await finishedHistoryOf(executionId);
    approvedId = await startWaiting(api, '05');
    page = (await openLink(await linkTo(inbox, approvedId, 'deepa.nair'))).html;
    await decideByMail(inbox, addressOf('deepa.nair'), approvedId, { choice: 'approve' });
    await untilEnded(api, approvedId);
    approved = await finishedHistoryOf(approvedId);
  });

  test('is numbered from 1, in order of time, and each event names the one before it', () => {
    expect(approved.map(({ id }) => id)).toEqual(approved.map((_, index) => index + 1));
    expect(approved[0]).toMatchObject({ type: 'ExecutionStarted', previousEventId: 0 });
    const times = approved.map(({ timestamp }) => timestamp?.getTime() ?? Number.NaN);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    for (const { id, previousEventId } of approved) expect(previousEventId).toBeLessThan(id ?? 0);
  });

  test('can be read backwards', async () => {
    const { events } = await client.send(
      new GetExecutionHistoryCommand({
        executionArn: await executionArn(approvedId),
        reverseOrder: true,
        maxResults: 3,
      }),
    );
    expect(events?.map(({ id }) => id)).toEqual([approved.length, approved.length - 1, approved.length - 2]);
    expect(events?.[0]?.type).toBe('ExecutionSucceeded');
  });

  test('of an automatic approval has at most 6 states', () => {
    expect(entered(automatic)).toEqual(['Preflight', 'Execute', 'Verify', ...entered(automatic).slice(3)]);
    expect(entered(automatic).length).toBeLessThanOrEqual(6);
    expect(entered(automatic)).not.toContain('RequestApproval');
    expect(entered(automatic)).toContain('Publish');
  });

  test('of one stage of approval has at most 9 states', () => {
    expect(entered(approved).length).toBeLessThanOrEqual(9);
    expect(entered(approved).filter((name) => name === 'RequestApproval')).toHaveLength(1);
  });

  test('shows the token only to those who may read histories', async () => {
    const tokens = tokensIn(approved);
    expect(tokens).toHaveLength(1);
    const [token = ''] = tokens;
    const seen = await Promise.all([
      ...['', '/trace', '/evidence'].map((below) =>
        call(apiUrl, 'GET', `/executions/${approvedId}${below}`, { caller: 'auditor' }),
      ),
      call(apiUrl, 'GET', '/executions', { caller: 'auditor' }),
      call(apiUrl, 'GET', '/status', { caller: 'auditor' }),
      call(apiUrl, 'GET', `/status/${approvedId}`, { caller: 'auditor' }),
    ]);
    for (const { status, text } of seen) {
      expect(status).toBe(200);
      expect(text).not.toContain(token);
    }
    expect(page).not.toContain(token);
    expect(JSON.stringify(await mailsOf(inbox, approvedId))).not.toContain(token);
    expect(readFileSync(join(directory, 'countersign.log'), 'utf8')).not.toContain(token);
  });

  test('carries references between the states, never the request', () => {
    const carried = JSON.stringify(approved);
    expect(carried).not.toContain('Fairview');
    expect(carried).not.toContain('3872000');
    expect(Math.max(...approved.map((event) => JSON.stringify(event).length))).toBeLessThan(4_096);
  });
});
