import { type Instant, secondsUntil } from '../../core/instant.ts';
import type { ExecutionView, LevelView, OfferedView, PodRoundView, StageView } from '../../pages/execution-page.ts';
import type { ExecutionRow, ExecutionStatus, StatusView } from '../../pages/status-page.ts';
import type { ZonedTime } from '../../pages/zoned-time.ts';
import { type Case, nameOf, readCase } from '../approvals/case.ts';
import { requestView } from '../approvals/mail-views.ts';
import { deadlineOf, isSettled, type Stage } from '../approvals/stage.ts';
import { readStages } from '../approvals/stage-store.ts';
import { seatView } from '../approvals/views.ts';
import { appendAudit } from '../audit/append.ts';
import { type AuditEvent, readChain } from '../audit/chain.ts';
import { readPosture } from '../configuration/posture.ts';
import type { ExecutionSummary } from '../contracts/api.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import { takeCensus } from '../executions/census.ts';
import { snapshotAgeSeconds } from '../flags/snapshot-age.ts';
import type { OpenHandoff } from '../handoffs/handoff.ts';
import { findHandoff } from '../handoffs/handoff-store.ts';
import type { Runtime } from '../runtime.ts';
import { listExecutions } from './list-executions.ts';

/** Operators work across zones, so their pages speak UTC. */
const utc = (instant: Instant): ZonedTime => ({ instant, timeZone: 'UTC' });

/** A starting execution is, to a person, one that runs. */
const statusOf = (status: ExecutionRecord['status']): ExecutionStatus => (status === 'starting' ? 'running' : status);

/** The handoff that an execution has offered; those that hand nothing over are not looked up. */
async function offeredBy(runtime: Runtime, record: ExecutionRecord): Promise<OpenHandoff | undefined> {
  return record.handsOver === true ? findHandoff(runtime, record.executionId) : undefined;
}

function partyOf(handoff: OpenHandoff | undefined): Pick<ExecutionRow, 'waitsForParty'> {
  if (handoff?.wait === undefined) return {};
  const { party, state, dueAt } = handoff.wait;
  return { waitsForParty: { party, state, due: utc(dueAt) } };
}

async function rowOf(runtime: Runtime, summary: ExecutionSummary): Promise<ExecutionRow> {
  const { executionId } = summary;
  const { record, result, skillTitle, directory } = await readCase(runtime, executionId);
  const open = (await readStages(runtime, executionId)).find((stage) => !isSettled(stage));
  const handoff = record.outcome === undefined ? await offeredBy(runtime, record) : undefined;
  const names = open?.levels.flatMap(({ seats }) =>
    seats.filter(({ standing }) => standing === 'open').map(({ approver }) => nameOf(directory, approver)),
  );
  return {
    executionId,
    skillTitle,
    kind: result?.terms.kind ?? '–',
    accountId: record.accountId,
    status: statusOf(record.status),
    ...(record.outcome === undefined ? {} : { outcome: record.outcome }),
    ...(open === undefined || names === undefined ? {} : { waitsFor: { names, until: utc(deadlineOf(open)) } }),
    ...partyOf(handoff),
    startedAt: utc(record.createdAt),
  };
}

/** What the status page shows: counts over all executions, a page of them, newest first, and where every skill stands. */
export async function statusView(runtime: Runtime, cursor: string | undefined): Promise<StatusView> {
  const now = runtime.clock.now();
  const [page, census, snapshot] = await Promise.all([
    listExecutions(runtime, cursor === undefined ? {} : { cursor }),
    takeCensus(runtime),
    runtime.flags.snapshot(),
  ]);
  const { executions: counts, oldestWaitSince } = census;
  const flags = new Map(snapshot?.features.map(({ name, enabled }) => [name, enabled] as const));
  return {
    environment: runtime.settings.environment,
    now: utc(now),
    executions: await Promise.all(page.executions.map((summary) => rowOf(runtime, summary))),
    counts,
    ...(oldestWaitSince === undefined ? {} : { oldestWaitSeconds: Math.max(0, secondsUntil(oldestWaitSince, now)) }),
    flags: snapshot === undefined ? 'none' : { ageSeconds: snapshotAgeSeconds(snapshot, now), digest: snapshot.digest },
    skills: await Promise.all(
      runtime.skills.map(async ({ name, title, flag }) => ({
        name,
        title,
        posture: await readPosture(runtime, name),
        flag: flags.has(flag) ? (flags.get(flag) ? ('on' as const) : ('off' as const)) : ('missing' as const),
        flagName: flag,
      })),
    ),
    ...(page.cursor === undefined
      ? {}
      : { nextPage: `${runtime.settings.baseUrl}/status?cursor=${encodeURIComponent(page.cursor)}` }),
  };
}

function stageView(file: Case, stage: Stage): StageView {
  const levels = stage.levels.map(
    (level): LevelView => ({
      name: level.name,
      required: level.required,
      result: level.result,
      due: utc(level.dueAt),
      seats: level.seats.map((seat) => seatView(file, seat, 'UTC')),
    }),
  );
  return { stage: Math.max(stage.stage, 1), round: stage.round, levels };
}

function offeredView({ directory }: Case, { summary, wait, end }: OpenHandoff): OfferedView {
  const { handoff, contract, sender, receiver, state } = summary;
  const common = { handoff, contract, sender, receiver, state: end?.state ?? state };
  if (wait === undefined) return common;
  const { title, party, people, clock, dueAt } = wait;
  const names = people.map((person) => nameOf(directory, person));
  return { ...common, waits: { title, party, people: names, clock, due: utc(dueAt) } };
}

/** A round of pods, as the event that kept it tells. */
function podRoundOf({ type, at, data }: AuditEvent): PodRoundView[] {
  return type === 'pods-solved' ? [{ round: Number(data.round), pods: Number(data.pods), solvedAt: utc(at) }] : [];
}

function outputsOf({ outputs }: ExecutionRecord): { name: string; digest: string }[] {
  if (outputs === undefined) return [];
  return [
    { name: 'primary_artifact_bundle', digest: outputs.primaryArtifactBundle },
    { name: 'execution_scorecard', digest: outputs.executionScorecard },
    { name: 'handoff_packet', digest: outputs.handoffPacket },
  ];
}

/**
 * What one execution's page shows.
 * @throws NotFound
 */
export async function executionPageView(runtime: Runtime, executionId: string): Promise<ExecutionView> {
  const file = await readCase(runtime, executionId);
  const { record, result } = file;
  const skillId = runtime.skills.find(({ name }) => name === record.skill)?.id ?? '';
  await appendAudit(runtime, executionId);
  const [journey, stages, chain, handoff] = await Promise.all([
    runtime.states.journey(skillId, executionId),
    readStages(runtime, executionId),
    readChain(runtime, executionId),
    offeredBy(runtime, record),
  ]);
  return {
    request: requestView(file),
    skillTitle: file.skillTitle,
    accountId: record.accountId,
    status: statusOf(record.status),
    ...(record.outcome === undefined ? {} : { outcome: record.outcome, endedAt: utc(record.updatedAt) }),
    startedAt: utc(record.createdAt),
    definition: journey?.definition ?? { StartAt: '', States: {} },
    visited: journey?.visited ?? [],
    ...(journey?.current === undefined ? {} : { current: journey.current }),
    podRounds: chain.flatMap(podRoundOf),
    stages: stages.map((stage) => stageView(file, stage)),
    ...(handoff === undefined ? {} : { offered: offeredView(file, handoff) }),
    trace: (result?.trace ?? []).map(({ id, met, because }) => ({ id, met, because })),
    ...(result === undefined ? {} : { risk: result.risk }),
    gates: record.gates.map(({ gate, result: passed }) => ({ gate, result: passed })),
    outputs: outputsOf(record),
    events: chain.map(({ seq, at, type, actor, digest }) => ({ seq, at: utc(at), type, actor, digest })),
    evidenceHref: `${runtime.settings.baseUrl}/executions/${executionId}/evidence`,
  };
}
