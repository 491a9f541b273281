import { digestOf } from '../../core/digest.ts';
import { BudgetExceeded, type CountersignError } from '../../core/errors.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { FlowState } from '../contracts/flow.ts';
import type { GateResult } from '../contracts/outcome.ts';
import type { Runtime } from '../runtime.ts';
import type { SkillResult } from '../skill/skill-result.ts';
import { attempt } from './attempt.ts';
import { loadContext } from './context.ts';
import { withEvent } from './events.ts';
import { changeExecution, readExecution } from './execution-store.ts';
import { failed, reasonsOf, withGate } from './gates.ts';
import { ingredientsOf, runSkill } from './run-skill.ts';

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

/**
 * Runs the skill's engine and keeps its result as an artifact. A typed problem that the engine finds fails a gate and
 * blocks the execution; anything else that it throws is a fault.
 * @returns the flow with verdict `continue` or `block`.
 * @throws NotFound when there is no such execution.
 */
export async function execute(runtime: Runtime, flow: FlowState): Promise<FlowState> {
  if (flow.verdict === 'block') return flow;
  const record = await readExecution(runtime, flow.executionId);
  const computed = await attempt(async () => {
    const context = await loadContext(runtime, record);
    return runSkill(context.skill, ingredientsOf(context, record));
  });
  if (!computed.ok) {
    await keepRefusal(runtime, record.executionId, gateOf(computed.error));
    return { ...flow, verdict: 'block' };
  }
  await keepResult(runtime, record.executionId, computed.value);
  return { ...flow, verdict: 'continue' };
}
