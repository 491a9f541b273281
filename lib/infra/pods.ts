import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { DistributedMap, JsonPath, StateMachineType, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { retryServiceFaults, TASK_MARGIN_SECONDS } from './task-faults.ts';

/** An EXPRESS execution ends after five minutes, whatever it is doing. */
const EXPRESS_SECONDS = 300;

/** What solves one pod, and how many pods are solved at once. */
export interface PodFacts {
  /** The function's version of this deployment. */
  readonly version: IFunction;
  readonly timeoutSeconds: number;
  /** How many pods are solved at once, from 1 on: a skill declares it, so that it cannot take all functions of an account. */
  readonly atOnce: number;
}

/**
 * Solves the pods of an execution side by side: a Distributed Map over `$.pods` (references, never the pods themselves), with a
 * child execution for each. A child's function is given `{ executionId, skill, index, pod }`, where `index` is the pod's position
 * from 0; what the functions answer is put at `$.solvedPods` in the order of the pods, beside everything else in the flow. Children
 * are EXPRESS: solving a pod twice does no harm, and they are billed by duration, not by transition. A pod that fails fails them all
 * (`States.ExceedToleratedFailureThreshold`), so whoever uses the fragment adds a catcher.
 * @returns the Map, to be led on with `next` and `addCatch`.
 * @throws RangeError when a function may run longer than an EXPRESS execution, or not one pod is solved at once.
 */
export function solvePods(scope: Construct, { version, timeoutSeconds, atOnce }: PodFacts): DistributedMap {
  const taskSeconds = timeoutSeconds + TASK_MARGIN_SECONDS;
  if (taskSeconds > EXPRESS_SECONDS) {
    throw new RangeError(
      `The function that solves a pod may run ${timeoutSeconds} s; in an EXPRESS execution ${EXPRESS_SECONDS - TASK_MARGIN_SECONDS} s are the most.`,
    );
  }
  if (!Number.isInteger(atOnce) || atOnce < 1) {
    throw new RangeError(`The number of pods that are solved at once is a whole number from 1 on, not ${atOnce}.`);
  }
  const solvePod = new LambdaInvoke(scope, 'SolvePod', {
    lambdaFunction: version,
    outputPath: '$.Payload',
    taskTimeout: Timeout.duration(Duration.seconds(taskSeconds)),
    // CDK's own retry would add six attempts to ours.
    retryOnServiceExceptions: false,
  });
  retryServiceFaults(solvePod);
  return new DistributedMap(scope, 'SolvePods', {
    itemsPath: '$.pods',
    itemSelector: {
      executionId: JsonPath.stringAt('$.executionId'),
      skill: JsonPath.stringAt('$.skill'),
      index: JsonPath.numberAt('$$.Map.Item.Index'),
      pod: JsonPath.objectAt('$$.Map.Item.Value'),
    },
    maxConcurrency: atOnce,
    mapExecutionType: StateMachineType.EXPRESS,
    resultPath: '$.solvedPods',
    // A name of ours in the ARNs of map runs and children.
    label: 'pods',
  }).itemProcessor(solvePod);
}
