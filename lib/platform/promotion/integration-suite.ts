import type { Digest } from '../../core/digest.ts';
import { beginLedger } from '../configuration/ledger.ts';
import { seed } from '../configuration/seed.ts';
import type { FlowState } from '../contracts/flow.ts';
import { loadContext } from '../executions/context.ts';
import { execute } from '../executions/execute.ts';
import { changeExecution, readExecution } from '../executions/execution-store.ts';
import { preflight } from '../executions/preflight.ts';
import { solvePod } from '../executions/solve-pod.ts';
import { startExecution } from '../executions/start.ts';
import { verify } from '../executions/verify.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { Reference, References } from '../skill/reference.ts';
import { exampleProblem, expectedVerdict } from './expectation.ts';
import type { NamedExample } from './past-request.ts';
import { noReferences, type ReferenceReader } from './reference-reader.ts';
import type { SuiteFailure, SuiteFindings } from './suite.ts';

/** Execute and the pods that it wants, as the state machine runs them; here one pod after the other. */
async function executeWithPods(runtime: Runtime, flow: FlowState): Promise<FlowState> {
  const executed = await execute(runtime, flow);
  if (executed.verdict !== 'solve-pods') return executed;
  const { executionId, skill, pods = [] } = executed;
  const solvedPods: Digest[] = [];
  for (const [index, pod] of pods.entries())
    solvedPods.push(await solvePod(runtime, { executionId, skill, index, pod }));
  return executeWithPods(runtime, { ...executed, solvedPods });
}

/** Preflight, Execute and Verify, as the state machine runs them one after the other. */
async function compute(runtime: Runtime, skill: AnySkill, executionId: string): Promise<FlowState> {
  const accepted: FlowState = { executionId, skill: skill.name, verdict: 'continue' };
  return verify(runtime, await executeWithPods(runtime, await preflight(runtime, accepted)));
}

/**
 * A skill that refers to its own baseline looks at the one that the configuration under test would take the place of. On the scratch
 * system that is the baseline itself, and a change of it would be held against what comes after it.
 */
async function besideOwnBaseline(runtime: Runtime, executionId: string, own: Reference): Promise<void> {
  const digest = await runtime.artifacts.put(own.configuration);
  await changeExecution(runtime, executionId, (current) => ({
    ...current,
    references: (current.references ?? []).map((each) =>
      each.skill === own.skill ? { ...each, version: own.version, digest } : each,
    ),
  }));
}

async function exampleRun(
  runtime: Runtime,
  skill: AnySkill,
  { example }: NamedExample,
  references: References,
): Promise<string | undefined> {
  const started = await startExecution(runtime, { skill, body: example.request, caller: example.requester });
  if (started.kind !== 'accepted') return `The request was not accepted: ${started.kind}.`;
  const own = references[skill.name];
  if (own !== undefined) await besideOwnBaseline(runtime, started.executionId, own);
  const flow = await compute(runtime, skill, started.executionId);
  const record = await readExecution(runtime, started.executionId);
  const wanted = expectedVerdict(example);
  const failed = record.gates.find(({ result }) => result === 'fail');
  if (flow.verdict !== wanted)
    return `Verify came to ${flow.verdict}, not ${wanted}${failed === undefined ? '' : ` (${failed.gate}: ${failed.reasons[0]?.message})`}.`;
  if (wanted === 'approve' && flow.next === undefined) return 'No stage was prepared.';
  const { result } = await loadContext(runtime, record);
  if (result !== undefined) return exampleProblem(example, result);
  // A gate that blocks what the engine refuses leaves none.
  return wanted === 'block' && failed !== undefined ? undefined : 'There is no result.';
}

/** The baselines that the examples refer to become those of the scratch system; nothing there executes them. */
async function seedReferences(
  scratch: Runtime,
  examples: readonly NamedExample[],
  references: ReferenceReader,
): Promise<void> {
  for (const { example } of examples)
    for (const { skill, version, configuration } of Object.values(await references(example.request.input))) {
      const digest = await scratch.artifacts.put(configuration);
      const shipped = { at: scratch.clock.now(), by: 'system', because: 'The baseline of the system under test.' };
      await beginLedger(scratch, skill, { version, digest }, shipped);
    }
}

/**
 * Every example from request to verdict through the platform's own steps, with the configuration as the only one there is:
 * schema gate, flag, record, engine, determinism gate, budget, policy gate, first stage.
 * @param scratch an empty system that is thrown away: the suite seeds it and writes to it. It has one skill, whose shipped
 *   configuration and directory are those under test, and whose flag is on.
 */
export async function integrationSuite(
  scratch: Runtime,
  examples: readonly NamedExample[],
  references: ReferenceReader = noReferences,
): Promise<SuiteFindings> {
  await seed(scratch);
  await seedReferences(scratch, examples, references);
  const [skill] = scratch.skills;
  if (skill === undefined) return { cases: 0, failures: [], notes: [] };
  const failures: SuiteFailure[] = [];
  for (const named of examples) {
    try {
      const problem = await exampleRun(scratch, skill, named, await references(named.example.request.input));
      if (problem !== undefined) failures.push({ case: named.name, message: problem });
    } catch (error) {
      failures.push({ case: named.name, message: error instanceof Error ? error.message : 'an unknown error' });
    }
  }
  return { cases: examples.length, failures, notes: [] };
}
