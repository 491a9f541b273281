import { fileURLToPath } from 'node:url';
import { DescribeMapRunCommand, ListMapRunsCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, test } from 'vitest';
import { installRuntime } from '../../../functions/runtime.ts';
import { digestOf } from '../../../lib/core/digest.ts';
import { loadDirectory } from '../../../lib/core/directory/load.ts';
import type { Json } from '../../../lib/core/json.ts';
import { LocalFunctions } from '../../../lib/local/functions.ts';
import { synthesizedSystem } from '../../../lib/local/synthesized-system.ts';
import { renderExecutionPage } from '../../../lib/pages/execution-page.ts';
import { executionPageView } from '../../../lib/platform/api/status-view.ts';
import { stepFunctionsStateMachines } from '../../../lib/platform/aws/state-machines.ts';
import { readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { runSkill } from '../../../lib/platform/executions/run-skill.ts';
import { startTable } from '../../support/dynamodb.ts';
import { gate, podsSkill } from '../../support/pods-skill.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { startSystem } from '../executions/system.ts';
import { tinyDirectory } from '../executions/tiny-skill.ts';
import { type Harness, type HarnessOptions, outcome, start } from '../states/support/harness.ts';
import { ROLE } from '../states/support/machines.ts';
import { sumUp, upTo } from './support.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const { functions, stateMachines } = synthesizedSystem([podsSkill]);
const { name, definition } = stateMachines[0]!;

let runtime: TestRuntime;
let harness: Harness;
beforeEach(async () => {
  const store = await startTable();
  runtime = await startSystem(store.table, podsSkill);
  installRuntime(runtime);
  harness = await startMachine();
  return () => store.close();
});

/** The synthesized state machine with the functions' own entry points. */
function startMachine(options: Pick<HarnessOptions, 'childrenAtOnce'> = {}): Promise<Harness> {
  const local = new LocalFunctions(ROOT, functions);
  return start(definition as Json, {
    machines: [{ name, definition: definition as Json, roleArn: ROLE, aliases: ['live'] }],
    invoke: (arn, payload) => local.invoke(/:function:([^:]+)/.exec(arn)?.[1] ?? arn, payload),
    ...options,
  });
}

/** Runs an execution. */
async function run(values: readonly number[], twist?: string) {
  const executionId = await sumUp(runtime, values, twist);
  const prefix = harness.states.stateMachineArn(name).replace(podsSkill.id, '');
  const states = stepFunctionsStateMachines(harness.client, prefix);
  await states.start(podsSkill.id, executionId, { executionId, skill: podsSkill.name, verdict: 'continue' });
  await harness.states.idle();
  const arn = harness.states.stateMachineArn(name).replace(':stateMachine:', ':execution:');
  const executionArn = `${arn}:${executionId}`;
  return { executionId, executionArn, states, ended: await outcome(harness, executionArn) };
}

describe('the state machine of a skill with pods, run by the local interpreter', () => {
  test('goes through its rounds to Publish, and shows them', async () => {
    const { executionId, executionArn, states, ended } = await run(upTo(20));
    expect(ended).toEqual({
      status: 'SUCCEEDED',
      output: { executionId, skill: podsSkill.name, verdict: 'publish' },
    });
    const journey = await states.journey(podsSkill.id, executionId);
    const round = ['Execute', 'PodsVerdict', 'SolvePods'];
    expect(journey?.visited).toEqual([
      'Preflight',
      ...[...round, ...round, ...round],
      ...['Execute', 'PodsVerdict', 'Verify', 'Verdict', 'Publish', 'Published'],
    ]);
    expect(journey?.current).toBeUndefined();
    const { mapRuns = [] } = await harness.client.send(new ListMapRunsCommand({ executionArn }));
    const counts = mapRuns.map(
      async ({ mapRunArn }) =>
        (await harness.client.send(new DescribeMapRunCommand({ mapRunArn }))).itemCounts?.succeeded,
    );
    expect((await Promise.all(counts)).toSorted()).toEqual([1, 3, 7]);

    const record = await readExecution(runtime, executionId);
    const inline = await runSkill(podsSkill, {
      input: { accountId: 'acme', values: upTo(20).toReversed() },
      configuration: { version: '1' },
      directory: loadDirectory(tinyDirectory()),
      requester: { personId: 'ada' },
      instant: record.instant,
    });
    expect(record).toMatchObject({ outcome: 'published', result: digestOf(inline) });

    const page = renderExecutionPage(await executionPageView({ ...runtime, states }, executionId));
    expect(page).toContain('Map, 3 at once');
    expect(page.match(/<h2 id="pods">Pods<\/h2>.*?<\/section>/s)?.[0].match(/<tr>/g)).toHaveLength(4);
  });

  test('ends in Recover when a pod breaks', async () => {
    const { executionId, states, ended } = await run(upTo(20), 'breaks');
    expect(ended).toMatchObject({ status: 'FAILED', error: 'CountersignFault' });
    const { visited } = (await states.journey(podsSkill.id, executionId)) ?? {};
    expect(visited).toEqual(['Preflight', 'Execute', 'PodsVerdict', 'SolvePods', 'Recover', 'Failed']);
    expect(await readExecution(runtime, executionId)).toMatchObject({
      outcome: 'rolled-back',
      fault: { state: 'SolvePods', error: 'States.ExceedToleratedFailureThreshold' },
    });
  });

  test('blocks what a pod refuses', async () => {
    const { executionId, ended } = await run([-5, -5, -5, -5]);
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: { verdict: 'block' } });
    expect((await readExecution(runtime, executionId)).outcome).toBe('blocked');
  });

  test.each([
    ['as many at once as the skill declares', {}, 3],
    ['one at a time where all of them share a process', { childrenAtOnce: 1 }, 1],
  ])('solves %s', async (_title, options, most) => {
    harness = await startMachine(options);
    let [running, peak] = [0, 0];
    gate.before = async () => {
      running += 1;
      peak = Math.max(peak, running);
      // Long enough for all that may run at once to be there.
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      running -= 1;
    };
    try {
      // The second solvings take turns; what is counted besides are first ones.
      expect((await run(upTo(20))).ended).toMatchObject({ status: 'SUCCEEDED' });
    } finally {
      gate.before = async () => {};
    }
    expect(peak).toBe(most);
  });
});
