import * as z from 'zod';
import { loadDirectory } from '../core/directory/load.ts';
import { NotFound } from '../core/errors.ts';
import { secondsUntil } from '../core/instant.ts';
import type { RequestEnvelope } from '../platform/contracts/envelope.ts';
import { verifyEvidence } from '../platform/evidence/verify.ts';
import type { Example, ExampleFollowUp } from '../platform/examples.ts';
import { engineVersions } from '../platform/executions/engine-versions.ts';
import { type AnySkill, findSkill } from '../platform/skill/define-skill.ts';
import { answerHandoff } from './answer-handoff.ts';
import type { ApiClient } from './api-client.ts';
import type { BundledExample } from './examples.ts';
import { decideByMail } from './person.ts';

/** What became of an example. */
export interface PlayedExample {
  readonly skill: string;
  readonly executionId: string;
  readonly outcome: string;
  readonly levels: number;
  readonly decisions: number;
  /** Digest of the primary artifact. */
  readonly digest: string;
  /** Whether the evidence packet was re-checked without a complaint; of every request, where more follow. */
  readonly verified: boolean;
  /** What became of the requests that go on from it; those without are left out. */
  readonly followUps?: readonly PlayedExample[];
}

/** Skipped beyond the deadline, so that it has passed for everybody. */
const SECONDS_BEHIND = 60;

async function missDeadline(api: ApiClient, executionId: string): Promise<void> {
  const { waitingFor } = await api.until(executionId, (view) => view.waitingFor !== undefined, 'waiting');
  const due = waitingFor?.deadlineAt ?? (await api.now());
  await api.skipTime(Math.max(1, secondsUntil(await api.now(), due)) + SECONDS_BEHIND);
}

interface Stage {
  readonly api: ApiClient;
  readonly inboxUrl: string;
  readonly skills: readonly AnySkill[];
}

type Story = Pick<Example, 'requester' | 'request' | 'decisions' | 'handoff'>;

/** Plays one request: posts it, decides from the mails, does what the parties of its handoff do, verifies the evidence. */
async function playOne(
  { api, inboxUrl, skills }: Stage,
  skill: AnySkill,
  { requester, request, decisions, handoff }: Story,
): Promise<PlayedExample> {
  const directory = loadDirectory(skill.referenceDirectory());
  const executionId = await api.start(skill.name, requester, request);
  let skipped = false;
  for (const { approver, action, comment, afterMissedDeadline } of decisions) {
    if (afterMissedDeadline === true && !skipped) {
      await missDeadline(api, executionId);
      skipped = true;
    }
    const address = directory.requirePerson(approver).email;
    await decideByMail(inboxUrl, address, executionId, {
      choice: action,
      ...(comment === undefined ? {} : { comment }),
    });
  }
  if (handoff.length > 0) await answerHandoff(api, inboxUrl, directory, executionId, handoff);
  const view = await api.until(executionId, ({ outputs }) => outputs !== undefined, 'finished');
  const report = await verifyEvidence(await api.evidence(executionId), { skills, versions: engineVersions });
  return {
    skill: skill.name,
    executionId,
    outcome: view.outcome ?? view.status,
    levels: view.outputs?.execution_scorecard.measures.levels ?? 0,
    decisions: view.outputs?.execution_scorecard.measures.decisions ?? 0,
    digest: view.outputs?.handoff_packet.primaryArtifact.digest ?? '',
    verified: report.ok,
  };
}

/** As much of an evidence packet as holds its documents. */
const held = z.looseObject({ artifacts: z.array(z.looseObject({ digest: z.string(), document: z.unknown() })) });

/** The document of a handoff as it ended, out of the evidence of its execution. */
async function endedHandoff(api: ApiClient, executionId: string, digest: string | undefined): Promise<unknown> {
  const { artifacts } = held.parse(await api.evidence(executionId));
  const found = artifacts.find((each) => each.digest === digest);
  if (found === undefined)
    throw new NotFound(`The evidence of execution ${executionId} holds no handoff to go on from.`);
  return found.document;
}

/** A request that goes on from how an earlier one ended. */
async function continued(
  api: ApiClient,
  { as, request }: ExampleFollowUp,
  before: PlayedExample,
): Promise<RequestEnvelope> {
  if (as === 'resubmission') return { ...request, resubmits: before.executionId };
  const { outputs } = await api.execution(before.executionId);
  const packet = outputs?.handoff_packet;
  // Where nothing was offered to anybody, the packet alone is what is handed on.
  if (packet !== undefined && packet.handoff === undefined) return { ...request, handoffPacket: packet };
  const previous = await endedHandoff(api, before.executionId, packet?.handoff?.document);
  return { ...request, handoffPacket: packet, input: { ...(request.input as object), previous } };
}

/**
 * Plays an example as its story says: posts the request, decides from the mails, hands over, waits for the outcome and verifies the
 * evidence; then the requests that go on from it.
 */
export async function playExample(
  api: ApiClient,
  inboxUrl: string,
  skills: readonly AnySkill[],
  bundled: Pick<BundledExample, 'skill' | 'at'>,
): Promise<PlayedExample> {
  const stage = { api, inboxUrl, skills };
  const example = bundled.at(await api.now());
  const first = await playOne(stage, bundled.skill, example);
  const followUps: PlayedExample[] = [];
  let asExpected = true;
  for (const followUp of example.followUps) {
    const skill = followUp.skill === undefined ? bundled.skill : findSkill(skills, followUp.skill);
    if (skill === undefined) throw new NotFound(`There is no skill ${followUp.skill}.`);
    const before = followUps.at(-1) ?? first;
    const played = await playOne(stage, skill, { ...followUp, request: await continued(api, followUp, before) });
    const { outcome, levels, decisions } = followUp.expected;
    asExpected &&= played.outcome === outcome && played.levels === levels && played.decisions === decisions;
    followUps.push(played);
  }
  if (followUps.length === 0) return first;
  return { ...first, verified: first.verified && asExpected && followUps.every(({ verified }) => verified), followUps };
}
