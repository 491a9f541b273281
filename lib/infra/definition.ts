import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  Choice,
  Condition,
  DefinitionBody,
  Fail,
  IntegrationPattern,
  JsonPath,
  Succeed,
  TaskInput,
  type TaskStateBase,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { StepName } from './functions.ts';
import { solvePods } from './pods.ts';
import { retryServiceFaults, TASK_MARGIN_SECONDS } from './task-faults.ts';

/** Gives the function that a task invokes: its version of this deployment, and how long it may run. */
export type StepVersions = (step: StepName) => { readonly version: IFunction; readonly timeoutSeconds: number };

/** A stopped publish holds and resumes: asked every five minutes for a day. */
function retryHeldPublish(task: TaskStateBase): void {
  task.addRetry({ errors: ['PublishHeld'], interval: Duration.seconds(300), maxAttempts: 288, backoffRate: 1 });
}

/** What makes the definition of one skill another than that of the next. */
export interface DefinitionFacts {
  /** How long a person may take to look at an escalated execution. */
  readonly oversightTimeoutSeconds: number;
  /** Whether executions wait for the other side of a handoff before they are published. */
  readonly handsOver: boolean;
  /** How many pods are solved at once, of a skill that has pieces of its work solved apart. */
  readonly podsAtOnce?: number;
}

/**
 * The states of a skill's execution: the same for every skill, with a fragment more where it hands work over, and one where it has
 * pods solved. Each task takes a whole flow state and answers the next one.
 */
export function buildDefinition(
  scope: Construct,
  steps: StepVersions,
  { oversightTimeoutSeconds, handsOver, podsAtOnce }: DefinitionFacts,
): DefinitionBody {
  const states = new Construct(scope, 'Definition');

  const task = (id: string, step: StepName) => {
    const { version, timeoutSeconds } = steps(step);
    return new LambdaInvoke(states, id, {
      lambdaFunction: version,
      outputPath: '$.Payload',
      taskTimeout: Timeout.duration(Duration.seconds(timeoutSeconds + TASK_MARGIN_SECONDS)),
      // CDK's own retry would add six attempts to ours.
      retryOnServiceExceptions: false,
    });
  };
  const wait = (id: string, step: StepName, taskTimeout: Timeout) =>
    new LambdaInvoke(states, id, {
      lambdaFunction: steps(step).version,
      integrationPattern: IntegrationPattern.WAIT_FOR_TASK_TOKEN,
      payload: TaskInput.fromObject({ taskToken: JsonPath.taskToken, flow: JsonPath.entirePayload }),
      taskTimeout,
      retryOnServiceExceptions: false,
    });
  const verdict = (value: string) => Condition.stringEquals('$.verdict', value);

  const preflight = task('Preflight', 'preflight');
  const execute = task('Execute', 'execute');
  const verify = task('Verify', 'verify');
  const requestApproval = wait('RequestApproval', 'request-approval', Timeout.at('$.next.timeoutSeconds'));
  const escalate = task('Escalate', 'escalate');
  const requestOversight = wait(
    'RequestOversight',
    'request-oversight',
    Timeout.duration(Duration.seconds(oversightTimeoutSeconds)),
  );
  const publish = task('Publish', 'publish');
  const conclude = task('Conclude', 'conclude');
  const block = task('Block', 'block');
  const recover = task('Recover', 'recover');

  retryHeldPublish(publish);
  const guarded = [preflight, execute, verify, requestApproval, escalate, requestOversight, publish, conclude, block];
  for (const guardedTask of [...guarded, recover]) retryServiceFaults(guardedTask);

  // The first catcher that matches wins, so a timeout is caught before everything else is.
  requestApproval.addCatch(escalate, { errors: ['States.Timeout'], resultPath: '$.timeout' });
  requestOversight.addCatch(block, { errors: ['States.Timeout'], resultPath: '$.timeout' });
  for (const guardedTask of guarded) guardedTask.addCatch(recover, { errors: ['States.ALL'], resultPath: '$.fault' });

  /** What passed gates and people is offered to the other side before it is published. */
  const addHandoff = () => {
    const offer = task('Offer', 'offer');
    const awaitHandoff = wait('AwaitHandoff', 'await-handoff', Timeout.at('$.wait.timeoutSeconds'));
    const overdue = task('HandoffOverdue', 'handoff-overdue');
    for (const moving of [offer, awaitHandoff, overdue]) retryServiceFaults(moving);
    awaitHandoff.addCatch(overdue, { errors: ['States.Timeout'], resultPath: '$.timeout' });
    for (const moving of [offer, awaitHandoff, overdue])
      moving.addCatch(recover, { errors: ['States.ALL'], resultPath: '$.fault' });
    const handoffVerdict = new Choice(states, 'HandoffVerdict')
      .when(verdict('await-handoff'), awaitHandoff)
      .when(verdict('handed-over'), publish)
      .when(verdict('publish'), publish)
      .otherwise(conclude);
    for (const moving of [offer, awaitHandoff, overdue]) moving.next(handoffVerdict);
    return offer;
  };
  const passed = handsOver ? addHandoff() : publish;

  /** What Execute wants solved is solved side by side, and Execute runs again; whatever else it says goes to Verify. */
  const addPods = (atOnce: number) => {
    const solved = solvePods(states, { ...steps('solve-pod'), atOnce });
    solved.addCatch(recover, { errors: ['States.ALL'], resultPath: '$.fault' });
    return new Choice(states, 'PodsVerdict').when(verdict('solve-pods'), solved.next(execute)).otherwise(verify);
  };
  const executed = podsAtOnce === undefined ? verify : addPods(podsAtOnce);

  const stageVerdict = new Choice(states, 'StageVerdict')
    .when(verdict('next-stage'), requestApproval)
    .when(verdict('reopen'), requestApproval)
    .when(verdict('approved'), passed)
    .otherwise(conclude);

  preflight.next(execute).next(executed);
  verify.next(
    new Choice(states, 'Verdict')
      .when(verdict('publish'), passed)
      .when(verdict('approve'), requestApproval)
      .when(verdict('escalate'), requestOversight)
      .otherwise(block),
  );
  requestApproval.next(stageVerdict);
  escalate.next(stageVerdict);
  requestOversight.next(block);
  publish.next(new Succeed(states, 'Published'));
  conclude.next(new Succeed(states, 'Concluded'));
  block.next(new Succeed(states, 'Blocked'));
  recover.next(
    new Fail(states, 'Failed', {
      error: 'CountersignFault',
      cause: 'An unexpected fault ended the execution; its incident packet says which.',
    }),
  );
  return DefinitionBody.fromChainable(preflight);
}
