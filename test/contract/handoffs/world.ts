import { digestOf } from '../../../lib/core/digest.ts';
import type { PageResponse } from '../../../lib/platform/approvals/http/page-response.ts';
import { importDirectory } from '../../../lib/platform/configuration/directory-store.ts';
import { promotedDigest } from '../../../lib/platform/configuration/validation.ts';
import type { ExecutionRecord } from '../../../lib/platform/contracts/execution.ts';
import type { FlowState } from '../../../lib/platform/contracts/flow.ts';
import { requestDocument } from '../../../lib/platform/executions/context.ts';
import { engineVersions } from '../../../lib/platform/executions/engine-versions.ts';
import { createExecution } from '../../../lib/platform/executions/execution-store.ts';
import { passed } from '../../../lib/platform/executions/gates.ts';
import { runSkill } from '../../../lib/platform/executions/run-skill.ts';
import { readHandoff } from '../../../lib/platform/handoffs/handoff-store.ts';
import { answerHandoffLink } from '../../../lib/platform/handoffs/http/answer-link.ts';
import { offer } from '../../../lib/platform/handoffs/offer.ts';
import { openWait } from '../../../lib/platform/handoffs/open-wait.ts';
import { sendLogTo } from '../../../lib/platform/log.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import { handingSkill } from '../../support/handoff-skill.ts';
import { LinkBrowser, nonceOf } from '../../support/link-browser.ts';
import { type TestRuntime, testRuntime, testSettings } from '../../support/runtime.ts';
import { sampleDirectory } from '../approvals/world.ts';

sendLogTo(() => {});

/** What is handed over. */
export const TICKET = 'INC-000123';

/** One company, one table, one execution that hands a ticket over. */
export interface HandoffWorld {
  readonly runtime: TestRuntime;
  readonly executionId: string;
}

const started: StartedTable[] = [];
let executions = 0;

/** Ends what the worlds of a file have started. */
export async function endHandoffWorlds(): Promise<void> {
  await Promise.all(started.splice(0).map((database) => database.close()));
}

/** Stores an execution's record as it stands when Verify has passed it on. */
export async function seed(
  runtime: TestRuntime,
  executionId: string,
  asked: Record<string, unknown>,
  version = '1',
): Promise<void> {
  const at = runtime.clock.now();
  const input = { accountId: 'northwind', ticket: TICKET, ...asked };
  const configuration = await runtime.artifacts.put({ version });
  const directory = await importDirectory(runtime, sampleDirectory());
  const requester = { personId: 'rita', caller: 'rita' };
  const result = await runSkill(handingSkill, {
    input,
    configuration: { version },
    directory,
    requester,
    instant: at,
  });
  const engine = engineVersions(handingSkill);
  const record: ExecutionRecord = {
    executionId,
    version: 1,
    skill: handingSkill.name,
    accountId: 'northwind',
    requester,
    createdAt: at,
    updatedAt: at,
    status: 'running',
    bodyDigest: digestOf(input),
    request: await runtime.artifacts.put(
      requestDocument({ input, acceptanceCriteria: [], consumer: 'downstream-skill' }),
    ),
    configuration: { version, digest: configuration },
    promoted: promotedDigest(configuration, engine),
    directory: directory.digest,
    instant: at,
    flag: {
      flag: handingSkill.flag,
      enabled: true,
      reason: 'in-rollout',
      context: { accountId: 'northwind', skill: handingSkill.name, environment: 'test', at },
    },
    engine,
    result: await runtime.artifacts.put(result),
    termsDigest: digestOf(result.terms),
    gates: (['schema-contract-check', 'determinism-check', 'policy-approval-check'] as const).map((gate) =>
      passed(gate),
    ),
    pendingMails: [],
    pendingEvents: [],
  };
  await createExecution(runtime, record);
}

/** Starts a desk with one execution of the handing skill. Each has a table of its own. */
export async function startHandoffWorld(asked: Record<string, unknown> = {}): Promise<HandoffWorld> {
  const database = await startTable();
  started.push(database);
  const runtime = testRuntime({ table: database.table, skills: [handingSkill], settings: testSettings });
  executions += 1;
  const executionId = `h-${process.pid}-${executions}`;
  await seed(runtime, executionId, asked);
  return { runtime, executionId };
}

/** A flow of the world's execution. */
export function flowOf(world: HandoffWorld, more: Partial<FlowState> = {}): FlowState {
  return { executionId: world.executionId, skill: handingSkill.name, verdict: 'publish', ...more };
}

let tokens = 0;

/** Does what the state machine does when it enters AwaitHandoff; answers the token. */
export async function awaitHandoff(world: HandoffWorld, flow: FlowState): Promise<string> {
  tokens += 1;
  const taskToken = `handoff-token-${tokens}`;
  await openWait(world.runtime, { taskToken, flow });
  return taskToken;
}

/** Offers the handoff and waits for it: the token, and the flow that was entered with. */
export async function offered(world: HandoffWorld): Promise<{ readonly token: string; readonly flow: FlowState }> {
  const flow = await offer(world.runtime, flowOf(world));
  return { token: await awaitHandoff(world, flow), flow };
}

/** The flow that a token was last signalled with. */
export function signalOf(world: HandoffWorld, token: string): FlowState | undefined {
  return world.runtime.states.signals.find(({ taskToken }) => taskToken === token)?.flow;
}

export const handoffOf = ({ runtime, executionId }: HandoffWorld) => readHandoff(runtime, executionId);

/** The address of the newest link that was mailed to a person. */
export function linkOf(world: HandoffWorld, personId: string): string {
  const mails = world.runtime.mail.to(`${personId}@example.com`).flatMap(({ text }) => {
    const found = /http:\/\/127\.0\.0\.1:8080\/handoffs\/(\S+)/.exec(text)?.[1];
    return found === undefined ? [] : [found];
  });
  const last = mails.at(-1);
  if (last === undefined) throw new Error(`No link was mailed to ${personId}.`);
  return last;
}

export { nonceOf };

/** A browser at the links of handoffs. */
export class HandoffBrowser extends LinkBrowser {
  constructor({ runtime }: HandoffWorld) {
    super((request) => answerHandoffLink(runtime, request));
  }

  /** Opens a link and posts its form. */
  async answer(address: string, choice: string, values: Record<string, string> = {}): Promise<PageResponse> {
    const nonce = nonceOf(await this.get(address));
    const fields = Object.fromEntries(Object.entries(values).map(([name, value]) => [`${choice}.${name}`, value]));
    return this.post(address, { nonce, choice, ...fields });
  }
}

/** What it takes to read the ticket back rightly. */
export const RIGHT = { ticket: TICKET, seen: 'yes' } as const;

/** Whether a page says something; asked this way so that a failing test does not print the page. */
export function says(page: PageResponse, text: string): boolean {
  return page.body.includes(text);
}
