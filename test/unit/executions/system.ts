import type { Assurance } from '../../../lib/core/approval/plan.ts';
import { decideSeat } from '../../../lib/platform/approvals/decide-seat.ts';
import { openStage } from '../../../lib/platform/approvals/open-stage.ts';
import { conclusionOf } from '../../../lib/platform/approvals/signal.ts';
import { type Action, isSettled } from '../../../lib/platform/approvals/stage.ts';
import { changeStage, readStage } from '../../../lib/platform/approvals/stage-store.ts';
import { seed } from '../../../lib/platform/configuration/seed.ts';
import {
  promotedDigestOf,
  recordValidation,
  type ValidationRecord,
  type ValidationSuite,
  validationSuites,
} from '../../../lib/platform/configuration/validation.ts';
import type { FlowState } from '../../../lib/platform/contracts/flow.ts';
import { execute } from '../../../lib/platform/executions/execute.ts';
import { preflight } from '../../../lib/platform/executions/preflight.ts';
import { type StartRequest, startExecution } from '../../../lib/platform/executions/start.ts';
import { verify } from '../../../lib/platform/executions/verify.ts';
import { snapshotOf } from '../../../lib/platform/flags/snapshot.ts';
import type { AnySkill } from '../../../lib/platform/skill/define-skill.ts';
import type { Table } from '../../../lib/platform/store/table.ts';
import { type TestRuntime, testRuntime } from '../../support/runtime.ts';
import { tinySkill } from './tiny-skill.ts';

/** A flag that is on for everybody, whose variant names a configuration version. */
export function flagsOn(skill: AnySkill, variant?: string) {
  const variants =
    variant === undefined
      ? []
      : [{ name: variant, weight: 1000, stickiness: 'accountId', payload: { type: 'string', value: variant } }];
  const parameters = { rollout: '100', stickiness: 'accountId', groupId: skill.flag };
  return snapshotOf(
    {
      features: [{ name: skill.flag, enabled: true, strategies: [{ name: 'flexibleRollout', parameters, variants }] }],
    },
    '2026-11-20T08:59:00.000Z',
  );
}

/** A seeded runtime with one skill whose flag is on. */
export async function startSystem(table: Table, skill: AnySkill = tinySkill()): Promise<TestRuntime> {
  const runtime = testRuntime({ table, skills: [skill] });
  runtime.flags.set(flagsOn(skill));
  await seed(runtime);
  return runtime;
}

/** The record of a suite that passed. */
export const passed = (suite: ValidationSuite): ValidationRecord => ({
  suite,
  result: 'pass',
  at: '2026-11-20T08:00:00.000Z',
  by: 'suite-runner',
  checks: 3,
  notes: [],
});

/** Records that a configuration has passed suites with the engine of this process. */
export async function passAllSuites(
  runtime: TestRuntime,
  skill: AnySkill,
  configuration: string,
  suites: readonly ValidationSuite[] = validationSuites,
): Promise<void> {
  for (const suite of suites)
    await recordValidation(runtime, skill, promotedDigestOf(skill, configuration), passed(suite));
}

/** Asks for a discount as Ada. */
export const ask = (skill: AnySkill, discount: number, rest: Partial<StartRequest> = {}): StartRequest => ({
  skill,
  body: { input: { accountId: 'acme', discount, tags: ['b', 'a'] } },
  caller: 'ada-session',
  ...rest,
});

/** Starts an execution that must be accepted. */
export async function started(runtime: TestRuntime, request: StartRequest): Promise<string> {
  const result = await startExecution(runtime, request);
  if (result.kind !== 'accepted') throw new Error(`It was not accepted: ${result.kind}`);
  return result.executionId;
}

export const flowOf = (runtime: TestRuntime, executionId: string): FlowState => ({
  executionId,
  skill: runtime.skills[0]!.name,
  verdict: 'continue',
});

/** Preflight, Execute and Verify, as the state machine runs them. */
export async function compute(runtime: TestRuntime, executionId: string): Promise<FlowState> {
  const checked = await preflight(runtime, flowOf(runtime, executionId));
  return verify(runtime, await execute(runtime, checked));
}

/** Opens the stage that a flow leads to and lets people decide at its seats. Answers the flow that follows once it is settled. */
export async function decideStage(
  runtime: TestRuntime,
  flow: FlowState,
  decisions: Record<string, Action>,
  assurance: Assurance = 'link',
): Promise<FlowState> {
  const { stage } = flow.next!;
  await openStage(runtime, { taskToken: `token-${stage}`, flow });
  for (const [seatId, action] of Object.entries(decisions)) {
    runtime.clock.advance(60);
    await changeStage(runtime, flow.executionId, stage, (current) =>
      decideSeat(current, seatId, {
        decisionId: `d-${seatId}`,
        action,
        comment: action === 'approve' ? '' : 'Not like this.',
        at: runtime.clock.now(),
        round: current.round,
        assurance,
        termsDigest: current.termsDigest,
      }),
    );
  }
  const after = await readStage(runtime, flow.executionId, stage);
  return isSettled(after) ? conclusionOf(runtime, after) : flow;
}

/** Both stages approved. */
export async function approveAll(runtime: TestRuntime, flow: FlowState): Promise<FlowState> {
  const second = await decideStage(runtime, flow, { 'lead.1': 'approve' });
  return decideStage(runtime, second, { 'finance.1': 'approve', 'finance.2': 'approve' });
}
