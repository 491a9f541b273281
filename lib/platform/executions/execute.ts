import { type Digest, digestOf } from '../../core/digest.ts';
import { BudgetExceeded, type CountersignError } from '../../core/errors.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { FlowState } from '../contracts/flow.ts';
import type { GateResult } from '../contracts/outcome.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import { MOST_POD_SECONDS, type PodsWanted } from '../skill/pods.ts';
import type { SkillResult } from '../skill/skill-result.ts';
import { attempt } from './attempt.ts';
import { loadContext, skillNamed } from './context.ts';
import { withEvent } from './events.ts';
import { changeExecution } from './execution-store.ts';
import { failed, reasonsOf, withGate } from './gates.ts';
import { keepRound, readAnswers } from './pod-ledger.ts';
import { checkRounds, wantsPods } from './pod-rounds.ts';
import { ingredientsOf, runRound } from './run-skill.ts';
import { extendLease } from './slots.ts';

/** The gate whose business a typed error of the engine is: bounds belong to policy, everything else to the contract. */
function gateOf(error: CountersignError): GateResult {
  const gate = error instanceof BudgetExceeded ? 'policy-approval-check' : 'schema-contract-check';
  return failed(gate, reasonsOf(error));
}

async function keepRefusal(runtime: Runtime, executionId: string, gate: GateResult): Promise<void> {
  const at = runtime.clock.now();
  await changeExecution(runtime, executionId, (current) => {
    if (current.outcome !== undefined) return undefined;
    const refused: ExecutionRecord = { ...current, gates: withGate(current.gates, gate) };
    return withEvent(refused, 'execution-refused', at, {
      gate: gate.gate,
      reasons: gate.reasons.map(({ code }) => code),
    });
  });
}

async function keepResult(runtime: Runtime, executionId: string, result: SkillResult): Promise<void> {
  const digest = await runtime.artifacts.put(result);
  const termsDigest = digestOf(result.terms);
  const at = runtime.clock.now();
  await changeExecution(runtime, executionId, (current) => {
    if (current.outcome !== undefined) return undefined;
    const executed: ExecutionRecord = {
      ...current,
      result: digest,
      termsDigest,
      ...(result.plan === undefined ? {} : { stages: result.plan.stages.length }),
    };
    const { verdict, workUnits } = result;
    return withEvent(executed, 'executed', at, { result: digest, termsDigest, verdict, workUnits });
  });
}

/** A round of the skill, with what pods have answered before. */
async function computed(runtime: Runtime, record: ExecutionRecord): Promise<SkillResult | PodsWanted> {
  const { rounds, answers } = await readAnswers(runtime, record);
  const context = await loadContext(runtime, record);
  const output = await runRound(context.skill, ingredientsOf(context, record), answers);
  if (wantsPods(output)) checkRounds(context.skill, rounds);
  return output;
}

/** Stores the works that are missing, and sends the state machine to have them solved. */
async function wantPods(runtime: Runtime, flow: FlowState, { wants }: PodsWanted): Promise<FlowState> {
  const pods = await Promise.all(wants.map((work) => runtime.artifacts.put(work)));
  await extendLease(runtime, flow.skill, flow.executionId, secondsFor(skillNamed(runtime.skills, flow.skill), pods));
  return { ...flow, verdict: 'solve-pods', pods };
}

/** Seconds that solving so many pods takes at most, when each takes as long as it may. */
function secondsFor({ pods: solving }: AnySkill, pods: readonly Digest[]): number {
  return Math.ceil(pods.length / (solving?.atOnce ?? 1)) * MOST_POD_SECONDS;
}

/**
 * Runs the skill's engine and keeps its result as an artifact. Where it wants pods first, they are solved by the state machine, and
 * it is run again with all that pods have answered so far. A typed problem that the engine or a pod finds fails a gate and blocks
 * the execution; anything else that it throws is a fault.
 * @returns the flow with verdict `continue`, `solve-pods` or `block`.
 * @throws NotFound when there is no such execution.
 */
export async function execute(runtime: Runtime, given: FlowState): Promise<FlowState> {
  if (given.verdict === 'block') return given;
  const record = await keepRound(runtime, given);
  const { pods: _pods, solvedPods: _solved, ...flow } = given;
  const output = await attempt(() => computed(runtime, record));
  if (!output.ok) {
    await keepRefusal(runtime, record.executionId, gateOf(output.error));
    return { ...flow, verdict: 'block' };
  }
  if (wantsPods(output.value)) {
    // Nobody waits for the result any more: Block ends it as withdrawn, or finds that it has ended.
    if (record.withdrawal !== undefined || record.outcome !== undefined) return { ...flow, verdict: 'block' };
    return wantPods(runtime, flow, output.value);
  }
  await keepResult(runtime, record.executionId, output.value);
  return { ...flow, verdict: 'continue' };
}
