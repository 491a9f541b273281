import type { FlowState } from '../../../lib/platform/contracts/flow.ts';
import { execute } from '../../../lib/platform/executions/execute.ts';
import { preflight } from '../../../lib/platform/executions/preflight.ts';
import { solvePod } from '../../../lib/platform/executions/solve-pod.ts';
import { podsSkill } from '../../support/pods-skill.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { flowOf, started } from '../executions/system.ts';

/** Values from 1 to so many, in an order that carries no meaning. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => ((at * 7) % count) + 1);

/** Starts an execution that adds values up. */
export function sumUp(runtime: TestRuntime, values: readonly number[], twist = 'none'): Promise<string> {
  const body = { input: { accountId: 'acme', values, twist } };
  return started(runtime, { skill: podsSkill, body, caller: 'ada-session' });
}

/** What the Map does: every pod of the flow, the last one first. */
export async function solveAll(runtime: TestRuntime, flow: FlowState): Promise<FlowState> {
  const { executionId, skill, pods = [] } = flow;
  const solved = await Promise.all(
    pods
      .map((pod, index) => ({ executionId, skill, index, pod }))
      .toReversed()
      .map((task) => solvePod(runtime, task)),
  );
  return { ...flow, solvedPods: solved.toReversed() };
}

/** Preflight, then Execute and the pods that it wants as the state machine runs them. @returns every flow that Execute answered. */
export async function executeAll(runtime: TestRuntime, executionId: string): Promise<FlowState[]> {
  const flows = [await execute(runtime, await preflight(runtime, flowOf(runtime, executionId)))];
  for (let last = flows[0]!; last.verdict === 'solve-pods'; flows.push(last))
    last = await execute(runtime, await solveAll(runtime, last));
  return flows;
}
