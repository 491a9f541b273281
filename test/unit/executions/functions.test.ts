import { beforeEach, expect, test } from 'vitest';
import { handler as seedHandler } from '../../../functions/deploy/seed.ts';
import { installRuntime } from '../../../functions/runtime.ts';
import { handler as conclude } from '../../../functions/steps/conclude.ts';
import { handler as execute } from '../../../functions/steps/execute.ts';
import { handler as preflight } from '../../../functions/steps/preflight.ts';
import { handler as publish } from '../../../functions/steps/publish.ts';
import { handler as recover } from '../../../functions/steps/recover.ts';
import { handler as verify } from '../../../functions/steps/verify.ts';
import { InvalidInput } from '../../../lib/core/errors.ts';
import { awsRuntime } from '../../../lib/platform/aws/runtime.ts';
import { readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { startTable } from '../../support/dynamodb.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { ask, started, startSystem } from './system.ts';

let runtime: TestRuntime;
beforeEach(async () => {
  const store = await startTable();
  runtime = await startSystem(store.table);
  installRuntime(runtime);
  return () => store.close();
});

test('the steps of an automatic execution hand one flow on to the next', async () => {
  const executionId = await started(runtime, ask(runtime.skills[0]!, 100));
  const [start] = runtime.states.started;
  const verified = await verify(await execute(await preflight(JSON.parse(JSON.stringify(start!.flow)))));
  expect(verified).toEqual({ executionId, skill: 'tiny-discounts', verdict: 'publish' });
  expect(await publish(verified)).toEqual(verified);
  expect((await readExecution(runtime, executionId)).outcome).toBe('published');
});

test('the end of an execution that people did not let pass, and of one that broke off', async () => {
  const skill = runtime.skills[0]!;
  const first = await started(runtime, ask(skill, 100));
  await conclude({ executionId: first, skill: skill.name, verdict: 'expired' });
  expect((await readExecution(runtime, first)).outcome).toBe('expired');
  const second = await started(runtime, ask(skill, 100));
  await recover({ executionId: second, skill: skill.name, fault: { Error: 'States.Timeout', Cause: 'late' } });
  expect(await readExecution(runtime, second)).toMatchObject({ outcome: 'rolled-back', fault: { message: 'late' } });
});

test('a flow that is none is refused by name', async () => {
  await expect(preflight({ verdict: 'publish' })).rejects.toBeInstanceOf(InvalidInput);
  await expect(publish({ executionId: 'e', skill: 's', taskToken: 'x' })).rejects.toBeInstanceOf(InvalidInput);
});

test('the deploy seeds, and a second deploy changes nothing', async () => {
  expect(await seedHandler()).toEqual(await seedHandler());
});

test('the runtime of a function in AWS needs its variables, and names those that are missing', () => {
  const error = (() => {
    try {
      return awsRuntime([], { COUNTERSIGN_TABLE: 'countersign' });
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(InvalidInput);
  expect((error as InvalidInput).problems.map(({ pointer }) => pointer)).toContain('/COUNTERSIGN_ARTIFACTS_BUCKET');
});
