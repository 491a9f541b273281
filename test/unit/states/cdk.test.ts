import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import {
  Choice,
  Condition,
  DefinitionBody,
  Errors,
  Fail,
  IntegrationPattern,
  JsonPath,
  Pass,
  StateMachine,
  Succeed,
  TaskInput,
  Timeout,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/core/json.ts';
import { execute, FUNCTION, outcome, start, tokenOf } from './support/harness.ts';
import { textOf } from './support/synthesized.ts';

/** An approval as CDK's typed constructs write it. */
function approval(): Json {
  const app = new App();
  const stack = new Stack(app, 'Stack', { env: { account: '000000000000', region: 'eu-central-1' } });
  const lambdaFunction = LambdaFunction.fromFunctionArn(stack, 'Function', FUNCTION);
  const options = { lambdaFunction, retryOnServiceExceptions: false };
  const ask = new LambdaInvoke(stack, 'RequestApproval', {
    ...options,
    integrationPattern: IntegrationPattern.WAIT_FOR_TASK_TOKEN,
    payload: TaskInput.fromObject({
      token: JsonPath.taskToken,
      execution: JsonPath.stringAt('$$.Execution.Id'),
      input: JsonPath.entirePayload,
    }),
    taskTimeout: Timeout.at('$.secondsUntilDue'),
    resultPath: '$.decision',
  });
  const escalate = new LambdaInvoke(stack, 'Escalate', {
    ...options,
    resultSelector: { 'secondsUntilDue.$': '$.Payload.secondsUntilDue' },
  });
  const recover = new LambdaInvoke(stack, 'Recover', { ...options, payloadResponseOnly: true, comment: 'incident' });
  const preflight = new LambdaInvoke(stack, 'Preflight', { ...options, outputPath: '$.Payload' });
  preflight.addRetry({
    errors: ['Lambda.ServiceException'],
    interval: Duration.seconds(2),
    maxAttempts: 3,
    backoffRate: 2,
  });
  ask.addCatch(escalate, { errors: [Errors.TIMEOUT], resultPath: '$.timeout' });
  for (const state of [preflight, ask, escalate])
    state.addCatch(recover, { errors: [Errors.ALL], resultPath: '$.fault' });
  escalate.next(ask);
  recover.next(new Fail(stack, 'Failed', { errorPath: '$.fault.Error', cause: 'recovered' }));
  const pause = new Wait(stack, 'Pause', { time: WaitTime.duration(Duration.minutes(1)) });
  ask.next(
    new Choice(stack, 'Approved')
      .when(
        Condition.and(
          Condition.isPresent('$.decision.verdict'),
          Condition.stringEquals('$.decision.verdict', 'approve'),
        ),
        pause,
      )
      .otherwise(recoverable(stack)),
  );
  pause.next(new Succeed(stack, 'Published'));
  const machine = new StateMachine(stack, 'Machine', {
    definitionBody: DefinitionBody.fromChainable(preflight.next(ask)),
    timeout: Duration.days(30),
  });
  const template = app.synth().getStackByName('Stack').template as {
    Resources: Record<string, { Properties: { DefinitionString: unknown } }>;
  };
  return textOf(
    template.Resources[stack.getLogicalId(machine.node.defaultChild as never)]?.Properties.DefinitionString,
  );
}

function recoverable(stack: Stack): Pass {
  return new Pass(stack, 'Rejected', { parameters: { outcome: 'rejected' } });
}

describe('a definition that CDK synthesized', () => {
  it('runs as it is: deadline missed, escalated, approved', async () => {
    const harness = await start(approval(), {
      work: (payload, call) =>
        call === 3 ? { secondsUntilDue: 500 } : { ...(payload as object), secondsUntilDue: 100 },
    });
    const arn = await execute(harness, { deal: 'd' });
    await harness.advance(100_000);
    expect(harness.calls).toHaveLength(4);
    expect(harness.calls[2]?.payload).toMatchObject({ timeout: { Error: 'States.Timeout' } });
    await harness.client.send(
      new SendTaskSuccessCommand({ taskToken: tokenOf(harness.calls[3]), output: '{"verdict":"approve"}' }),
    );
    await harness.advance(60_000);
    expect(await outcome(harness, arn)).toEqual({
      status: 'SUCCEEDED',
      output: { secondsUntilDue: 500, decision: { verdict: 'approve' } },
    });
  });
});
