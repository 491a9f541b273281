import * as z from 'zod';
import type { ApprovalPlan, PlannedLevel } from '../../../lib/core/approval/plan.ts';
import type { Terms } from '../../../lib/core/approval/terms.ts';
import { digestOf } from '../../../lib/core/digest.ts';
import type { Directory, Person } from '../../../lib/core/directory/schema.ts';
import { answerLink } from '../../../lib/platform/approvals/http/answer-link.ts';
import type { PageResponse } from '../../../lib/platform/approvals/http/page-response.ts';
import { openStage } from '../../../lib/platform/approvals/open-stage.ts';
import { prepareStage } from '../../../lib/platform/approvals/prepare-stage.ts';
import { findStage, readStage } from '../../../lib/platform/approvals/stage-store.ts';
import { importDirectory } from '../../../lib/platform/configuration/directory-store.ts';
import type { ExecutionRecord } from '../../../lib/platform/contracts/execution.ts';
import type { FlowState } from '../../../lib/platform/contracts/flow.ts';
import { requestDocument } from '../../../lib/platform/executions/context.ts';
import { createExecution } from '../../../lib/platform/executions/execution-store.ts';
import { sendLogTo } from '../../../lib/platform/log.ts';
import { defineSkill } from '../../../lib/platform/skill/define-skill.ts';
import type { SkillResult } from '../../../lib/platform/skill/skill-result.ts';
import { type StartedTable, startTable } from '../../support/dynamodb.ts';
import { LinkBrowser, nonceOf } from '../../support/link-browser.ts';
import { type TestRuntime, testRuntime, testSettings } from '../../support/runtime.ts';

const hours = ['09:00-17:00'];

function person(id: string, more: Partial<Person> = {}): Person {
  return {
    id,
    name: `${id[0]?.toUpperCase()}${id.slice(1)} Tester`,
    email: `${id}@example.com`,
    principals: [],
    roles: [],
    limits: [],
    timeZone: 'Europe/Berlin',
    calendar: 'office',
    ...more,
  };
}

// What the desk logs is asserted where it matters; elsewhere it would only hide the tests' own words.
sendLogTo(() => {});

/** The company the tests play in; one calendar, everybody in Berlin unless a test says otherwise. */
export function sampleDirectory(change: (directory: Directory) => Directory = (same) => same): Directory {
  return change({
    schema: 'countersign/directory/1',
    version: '1',
    calendars: [
      {
        id: 'office',
        name: 'Office',
        week: {
          monday: hours,
          tuesday: hours,
          wednesday: hours,
          thursday: hours,
          friday: hours,
          saturday: [],
          sunday: [],
        },
        holidays: [],
        specialDays: [],
      },
    ],
    roles: [],
    people: ['ada', 'bob', 'cleo', 'dan', 'eve', 'finn', 'rita', 'olga'].map((id) => person(id)),
    delegations: [],
    accounts: [],
    administrators: ['olga'],
    trustedSystems: [],
    sharedMailboxes: [],
  });
}

/** The directory with one person changed. */
export function withPerson(directory: Directory, id: string, change: Partial<Person>): Directory {
  const people = directory.people.map((one) => (one.id === id ? { ...one, ...change } : one));
  return { ...directory, version: `${directory.version}+`, people };
}

const sampleSkill = defineSkill({
  name: 'sample',
  id: 'u00001',
  title: 'Sample skill',
  version: '1.0.0',
  archetype: 'router',
  coreMethod: 'human-approval-routing',
  primaryArtifact: 'sample',
  routingTag: 'sample',
  releaseCycles: 1,
  flag: 'skill_00001_sample',
  input: z.strictObject({ accountId: z.string(), owner: z.string().optional() }),
  unorderedArrays: [],
  accountId: (input) => input.accountId,
  recordOwner: (input) => input.owner,
  baselineConfiguration: () => ({ version: '1' }),
  loadConfiguration: (value) => value,
  referenceDirectory: () => sampleDirectory(),
  defaults: {},
  consumers: ['orchestrator'],
  budget: { workUnits: 10, outputBytes: 10_000, mails: 100, computingExecutions: 1 },
  oversightTimeoutSeconds: 3 * 24 * 3600,
  metrics: [],
  guardrails: [],
  cadence: { daily: '', weekly: '', monthly: '' },
  execute: () => {
    throw new Error('The tests of the desk never execute.');
  },
});

export const sampleTerms: Terms = {
  schema: 'countersign/terms/1',
  kind: 'Discount',
  accountName: 'Northwind Traders',
  requesterName: 'Rita Tester',
  summary: 'A discount beyond the usual for a renewal.',
  lines: [{ label: 'Discount', value: '31.25 %', policy: 'at most 20 %', differs: true }],
  justification: 'They compared us with a cheaper offer.',
};

/** A level whose seats are filled by their own principals. */
export function level(levelId: string, people: readonly string[], more: Partial<PlannedLevel> = {}): PlannedLevel {
  return {
    levelId,
    name: `The ${levelId} level`,
    required: people.length,
    seats: people.map((id, index) => ({
      seatId: `${levelId}.${index + 1}`,
      principal: id,
      approver: id,
      delegations: [],
    })),
    serviceLevelBusinessMinutes: 240,
    remindAfterBusinessMinutes: [],
    escalation: [],
    assurance: 'link',
    because: ['rule-1'],
    ...more,
  };
}

/** A plan of stages, each with its levels. */
export function plan(...stages: readonly (readonly PlannedLevel[])[]): ApprovalPlan {
  return {
    schema: 'countersign/approval-plan/1',
    stages: stages.map((levels, index) => ({ stage: index + 1, levels: [...levels] })),
    excluded: [],
  };
}

function sampleResult(approvalPlan: ApprovalPlan): SkillResult {
  return {
    verdict: 'approve',
    reasons: [],
    artifact: {},
    terms: sampleTerms,
    plan: approvalPlan,
    risk: { score: 42, factors: [{ code: 'discount', points: 42, pointer: '/discount', message: 'A deep discount.' }] },
    confidenceBasisPoints: 9_000,
    trace: [{ id: 'rule-1', met: true, because: 'The discount is above 20 %.', detail: {} }],
    workUnits: 1,
    nextHop: 'none',
  };
}

/** A form as a browser would fill it in. */
export interface Filled {
  readonly choice?: string;
  readonly comment?: string;
  readonly nonce?: string;
  readonly code?: string;
  readonly again?: string;
}

export { nonceOf };

/** A browser at approval links. */
export class Browser extends LinkBrowser {
  constructor({ runtime }: World) {
    super((request) => answerLink(runtime, request));
  }

  override post(address: string, filled: Filled, headers?: Record<string, string>): Promise<PageResponse> {
    return super.post(address, filled, headers);
  }

  /** Opens a link and posts its form. */
  async decide(address: string, choice: string, comment = ''): Promise<PageResponse> {
    const nonce = nonceOf(await this.get(address));
    return this.post(address, { nonce, choice, comment });
  }
}

/** The address of an approval link in a mail's text. */
export function addressIn(text: string): string {
  const found = /http:\/\/127\.0\.0\.1:8080\/approvals\/(\S+)/.exec(text);
  if (found?.[1] === undefined) throw new Error('The mail has no approval link.');
  return found[1];
}

/** The code in the newest mail to a person. */
export function codeIn(mail: { readonly text: string } | undefined): string {
  const found = /^Code: (\d{6})$/m.exec(mail?.text ?? '');
  if (found?.[1] === undefined) throw new Error('The mail has no code.');
  return found[1];
}

/** One company, one table, one desk. */
export interface World {
  readonly runtime: TestRuntime;
  readonly database: StartedTable;
  readonly executionId: string;
}

/** The execution's record as it stands when Verify has passed it on to people. */
async function seedRecord(
  runtime: TestRuntime,
  executionId: string,
  result: SkillResult,
  directory: Directory,
  owner?: string,
) {
  const configuration = await runtime.artifacts.put({ version: '1' });
  const input = { accountId: 'northwind', ...(owner === undefined ? {} : { owner }) };
  const at = runtime.clock.now();
  const loaded = await importDirectory(runtime, directory);
  const record: ExecutionRecord = {
    executionId,
    version: 1,
    skill: 'sample',
    accountId: 'northwind',
    requester: { personId: 'rita', caller: 'rita' },
    createdAt: at,
    updatedAt: at,
    status: 'running',
    bodyDigest: digestOf(input),
    request: await runtime.artifacts.put(requestDocument({ input, acceptanceCriteria: [], consumer: 'orchestrator' })),
    configuration: { version: '1', digest: configuration },
    promoted: configuration,
    directory: loaded.digest,
    instant: at,
    flag: {
      flag: 'skill_00001_sample',
      enabled: true,
      reason: 'in-rollout',
      context: { accountId: 'northwind', skill: 'sample', environment: 'test', at },
    },
    engine: { skill: '1.0.0', countersign: '0.1.0', node: 'v24', timeZoneData: '2026a' },
    result: await runtime.artifacts.put(result),
    termsDigest: digestOf(result.terms),
    stages: result.plan?.stages.length ?? 0,
    gates: [],
    pendingMails: [],
    pendingEvents: [],
  };
  await createExecution(runtime, record);
}

const started: StartedTable[] = [];
let executions = 0;

/** Starts a desk with one execution whose plan is given. Each has a table of its own. */
export async function startWorld(
  approvalPlan: ApprovalPlan,
  options: { directory?: Directory; owner?: string; start?: string } = {},
): Promise<World> {
  const database = await startTable();
  started.push(database);
  const { table } = database;
  const runtime = testRuntime({ table, skills: [sampleSkill], settings: testSettings });
  if (options.start !== undefined) runtime.clock.set(options.start);
  executions += 1;
  const executionId = `e-${process.pid}-${executions}`;
  await seedRecord(
    runtime,
    executionId,
    sampleResult(approvalPlan),
    options.directory ?? sampleDirectory(),
    options.owner,
  );
  return { runtime, database, executionId };
}

/** Ends what the worlds of a file have started. */
export async function endWorlds(): Promise<void> {
  await Promise.all(started.map((database) => database.close()));
}

let tokens = 0;

/** A flow at a stage. */
export function flowAt(world: World, next: NonNullable<FlowState['next']>): FlowState {
  return { executionId: world.executionId, skill: 'sample', verdict: 'approve', next };
}

/** Does what the state machine does when it enters RequestApproval; answers the token. */
export async function enterStage(world: World, stage = 1): Promise<string> {
  const { runtime, executionId } = world;
  const next = await prepareStage(runtime, executionId, stage, runtime.clock.now());
  return waitFor(world, next);
}

/** Opens a stage for a new task that waits for it. */
export async function waitFor(world: World, next: NonNullable<FlowState['next']>): Promise<string> {
  tokens += 1;
  const taskToken = `task-token-${tokens}`;
  await openStage(world.runtime, { taskToken, flow: flowAt(world, next) });
  return taskToken;
}

/** The newest link mailed to a person. */
export function linkOf(world: World, personId: string): string {
  const mail = world.runtime.mail.to(`${personId}@example.com`).at(-1);
  if (mail === undefined) throw new Error(`Nothing was mailed to ${personId}.`);
  return addressIn(mail.text);
}

export const stageOf = (world: World, stage = 1) => readStage(world.runtime, world.executionId, stage);
export const maybeStage = (world: World, stage: number) => findStage(world.runtime, world.executionId, stage);

/** Whether a page says something; asked this way so that a failing test does not print the page. */
export function says(page: PageResponse, text: string): boolean {
  return page.body.includes(text);
}
