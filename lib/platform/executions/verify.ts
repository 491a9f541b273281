import { prepareFrom } from '../approvals/prepare-stage.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { FlowState } from '../contracts/flow.ts';
import type { GateResult } from '../contracts/outcome.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { Reason, SkillResult } from '../skill/skill-result.ts';
import { attempt } from './attempt.ts';
import { budgetProblems } from './budget.ts';
import { type ExecutionContext, loadContext } from './context.ts';
import { failureOwed } from './counted-failure.ts';
import { determinismProblem } from './determinism.ts';
import { withEvent } from './events.ts';
import { changeExecution, readExecution } from './execution-store.ts';
import { failed, notReached, passed, reasonsOf, withGate } from './gates.ts';
import { readAnswers } from './pod-ledger.ts';
import { ingredientsOf } from './run-skill.ts';
import { settleDebts } from './settle.ts';
import { releaseSlot } from './slots.ts';

type Verdict = 'publish' | 'approve' | 'escalate' | 'block';

/** What Verify found: gates to record, and where the execution goes. */
interface Finding {
  readonly verdict: Verdict;
  readonly gates: readonly GateResult[];
}

const APPROVALS_PENDING: Reason = {
  code: 'ApprovalsPending',
  message: 'People decide; the gate is passed once every level has approved.',
  pointer: '/plan',
};

/** What policy makes of a result that is deterministic and within its bounds. */
function policyFinding(result: SkillResult): Finding {
  switch (result.verdict) {
    case 'publish':
      return { verdict: 'publish', gates: [passed('policy-approval-check')] };
    case 'approve':
      return { verdict: 'approve', gates: [notReached('policy-approval-check', [APPROVALS_PENDING])] };
    case 'block':
      return { verdict: 'block', gates: [failed('policy-approval-check', result.reasons)] };
  }
}

/** The policy-constraint-check: what the skill's proved constraints say against a result, whatever the engine that made it says. */
async function constraintProblems(
  { skill, input, configurationDocument, directory }: ExecutionContext,
  result: SkillResult,
  { instant }: ExecutionRecord,
): Promise<Reason[]> {
  const { constraintCheck } = skill;
  if (constraintCheck === undefined) return [];
  const checked = await attempt(async () => {
    const configuration = skill.loadConfiguration(configurationDocument, directory);
    return constraintCheck({ input, configuration, result, instant });
  });
  if (checked.ok) return [...checked.value];
  // Facts that the constraints cannot hold were never proved to be harmless.
  return reasonsOf(checked.error).map((each) => ({ ...each, code: 'ConstraintViolated' }));
}

function judge(
  skill: AnySkill,
  result: SkillResult,
  difference: Reason | undefined,
  broken: readonly Reason[],
): Finding {
  if (difference !== undefined) return { verdict: 'escalate', gates: [failed('determinism-check', [difference])] };
  const beyond = [...budgetProblems(skill, result), ...broken];
  const policy: Finding =
    beyond.length > 0 ? { verdict: 'block', gates: [failed('policy-approval-check', beyond)] } : policyFinding(result);
  return { ...policy, gates: [passed('determinism-check'), ...policy.gates] };
}

async function findingOf(runtime: Runtime, record: ExecutionRecord): Promise<Finding> {
  const loaded = await attempt(() => loadContext(runtime, record));
  if (!loaded.ok) return { verdict: 'block', gates: [failed('schema-contract-check', reasonsOf(loaded.error))] };
  const { skill, result } = loaded.value;
  if (result === undefined) {
    const message = 'The execution has no result to verify.';
    const missing = { code: 'ResultMissing', message, pointer: '' };
    return { verdict: 'block', gates: [failed('schema-contract-check', [missing])] };
  }
  const pods = await attempt(() => readAnswers(runtime, record));
  if (!pods.ok) return { verdict: 'block', gates: [failed('schema-contract-check', reasonsOf(pods.error))] };
  const ingredients = ingredientsOf(loaded.value, record);
  const difference =
    pods.value.difference ?? (await determinismProblem(skill, ingredients, result, pods.value.answers));
  const broken = difference === undefined ? await constraintProblems(loaded.value, result, record) : [];
  return judge(skill, result, difference, broken);
}

/**
 * Prepares the first stage that asks anybody; where approvals of the request that this one resubmits satisfy every level,
 * there is none, and nobody is waited for. A plan that the desk cannot carry out fails the policy gate.
 */
async function prepared(
  runtime: Runtime,
  executionId: string,
  found: Finding,
): Promise<Finding & Pick<FlowState, 'next'>> {
  if (found.verdict !== 'approve') return found;
  const stage = await attempt(() => prepareFrom(runtime, executionId, 1, runtime.clock.now()));
  if (stage.ok && stage.value === undefined)
    return { verdict: 'publish', gates: [...found.gates, passed('policy-approval-check')] };
  if (stage.ok) return { ...found, next: stage.value };
  return { verdict: 'block', gates: [...found.gates, failed('policy-approval-check', reasonsOf(stage.error))] };
}

/**
 * The determinism gate, the budget guard and the policy gate over a stored result; the computing slot is given back.
 * @returns the flow with the verdict that the state machine branches on; for `approve` with the first stage prepared.
 * @throws NotFound when there is no such execution.
 */
export async function verify(runtime: Runtime, flow: FlowState): Promise<FlowState> {
  if (flow.verdict === 'block') {
    await releaseSlot(runtime, flow.skill, flow.executionId);
    return flow;
  }
  const record = await readExecution(runtime, flow.executionId);
  const found = await findingOf(runtime, record);
  // A request that was taken back already asks nobody: Block ends it as withdrawn.
  const wished: Finding = record.withdrawal === undefined ? found : { ...found, verdict: 'block' };
  const { verdict, gates: foundGates, next } = await prepared(runtime, record.executionId, wished);
  const at = runtime.clock.now();
  await changeExecution(runtime, record.executionId, (current) => {
    if (current.outcome !== undefined) return undefined;
    const gates = foundGates.reduce<readonly GateResult[]>(withGate, current.gates);
    const waits = verdict === 'approve' || verdict === 'escalate';
    const status = waits ? 'waiting' : 'running';
    const verified: ExecutionRecord = { ...current, gates, status, ...failureOwed(current, { gates }, at) };
    return withEvent(verified, 'verified', at, {
      verdict,
      gates: gates.map(({ gate, result }) => `${gate}: ${result}`),
    });
  });
  await releaseSlot(runtime, record.skill, record.executionId);
  await settleDebts(runtime, record.executionId);
  return { ...flow, verdict, ...(next === undefined ? {} : { next }) };
}
