import { loadDirectory } from '../core/directory/load.ts';
import { secondsUntil } from '../core/instant.ts';
import { verifyEvidence } from '../platform/evidence/verify.ts';
import { engineVersions } from '../platform/executions/engine-versions.ts';
import type { AnySkill } from '../platform/skill/define-skill.ts';
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
  /** Whether the evidence packet was re-checked without a complaint. */
  readonly verified: boolean;
}

/** Skipped beyond the deadline, so that it has passed for everybody. */
const SECONDS_BEHIND = 60;

async function missDeadline(api: ApiClient, executionId: string): Promise<void> {
  const { waitingFor } = await api.until(executionId, (view) => view.waitingFor !== undefined, 'waiting');
  const due = waitingFor?.deadlineAt ?? (await api.now());
  await api.skipTime(Math.max(1, secondsUntil(await api.now(), due)) + SECONDS_BEHIND);
}

/**
 * Plays an example as its story says: posts the request, decides from the mails, waits for the outcome and verifies the
 * evidence.
 */
export async function playExample(
  api: ApiClient,
  inboxUrl: string,
  skills: readonly AnySkill[],
  { skill, example }: BundledExample,
): Promise<PlayedExample> {
  const directory = loadDirectory(skill.referenceDirectory());
  const executionId = await api.start(skill.name, example.requester, example.request);
  let skipped = false;
  for (const { approver, action, comment, afterMissedDeadline } of example.decisions) {
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
