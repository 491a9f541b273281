import { beforeEach, expect, test } from 'vitest';
import type { Digest } from '../../../lib/core/digest.ts';
import type { Json } from '../../../lib/core/json.ts';
import { Erased } from '../../../lib/platform/artifacts/erased.ts';
import { assembleEvidence } from '../../../lib/platform/evidence/packet.ts';
import { verifyEvidence } from '../../../lib/platform/evidence/verify.ts';
import { engineVersions } from '../../../lib/platform/executions/engine-versions.ts';
import { readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { startExecution } from '../../../lib/platform/executions/start.ts';
import { verify } from '../../../lib/platform/executions/verify.ts';
import { eraseHandoff } from '../../../lib/platform/handoffs/erase.ts';
import { offer } from '../../../lib/platform/handoffs/offer.ts';
import type { AnySkill } from '../../../lib/platform/skill/define-skill.ts';
import { startTable } from '../../support/dynamodb.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { startSystem } from '../executions/system.ts';
import { directoryOf, exampleOf, support } from '../handoff-skills/player.ts';
import { executeAll } from './support.ts';

/** A skill that hands work over, and has a pod look at the whole of its input before. */
const skill: AnySkill = {
  ...support,
  pods: { atOnce: 1, mostRounds: 1, solve: async (work) => ({ seen: work }), unorderedArrays: [] },
  execute: (context) => {
    const work = JSON.parse(JSON.stringify(context.input)) as Json;
    return context.solved(work) === undefined ? { wants: [work] } : support.execute(context);
  },
};

let runtime: TestRuntime;
beforeEach(async () => {
  const store = await startTable();
  runtime = await startSystem(store.table, skill);
  return () => store.close();
});

test('an erasure takes the works of pods, what became of them, and their ledger', async () => {
  const { request, requester } = exampleOf(support, '41', runtime.clock.now());
  const caller = directoryOf(support).person(requester)?.principals[0] ?? requester;
  const started = await startExecution(runtime, { skill, body: request, caller });
  if (started.kind !== 'accepted') throw new Error(started.kind);
  const { executionId } = started;
  const flows = await executeAll(runtime, executionId);
  await offer(runtime, await verify(runtime, flows.at(-1)!));
  const { pods } = await readExecution(runtime, executionId);
  const { rounds } = (await runtime.artifacts.get(pods!.ledger)) as { rounds: { work: Digest; pod: Digest }[][] };
  const held = [pods!.ledger, ...rounds.flat().flatMap(({ work, pod }) => [work, pod])];
  expect(held).toHaveLength(3);

  const reason = { because: 'Case 4711.', reason: 'data-subject-request' };
  const answer = await eraseHandoff(runtime, executionId, reason, 'admin');
  expect(answer.erasures[0]).toMatchObject({ erased: expect.arrayContaining(held), finished: true });
  for (const digest of held) await expect(runtime.artifacts.get(digest)).rejects.toBeInstanceOf(Erased);
  expect(await eraseHandoff(runtime, executionId, reason, 'admin')).toMatchObject({ repeated: true });

  const report = await verifyEvidence(await assembleEvidence(runtime, executionId), {
    skills: [skill],
    versions: engineVersions,
  });
  expect(report.firstFailure).toBeUndefined();
});
