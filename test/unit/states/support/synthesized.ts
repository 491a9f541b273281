import { App, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import {
  DefinitionBody,
  DistributedMap,
  type DistributedMapProps,
  type IChainable,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Json } from '../../../../lib/core/json.ts';
import { FUNCTION } from './machines.ts';

/** The text of a synthesized definition: its joins joined, its references to the partition resolved. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (Ref === 'AWS::Partition') return 'aws';
  if (join === undefined) throw new Error(`Not resolvable: ${JSON.stringify(value)}`);
  return join[1].map(textOf).join(join[0]);
}

/** The definition that CDK synthesizes of some states. */
export function synthesized(build: (stack: Stack) => IChainable): string {
  const app = new App();
  const stack = new Stack(app, 'Stack', { env: { account: '000000000000', region: 'eu-central-1' } });
  new StateMachine(stack, 'Machine', { definitionBody: DefinitionBody.fromChainable(build(stack)) });
  const { Resources } = app.synth().getStackByName('Stack').template as {
    Resources: Record<string, { Type: string; Properties: { DefinitionString: unknown } }>;
  };
  const machine = Object.values(Resources).find(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
  return textOf(machine?.Properties.DefinitionString);
}

/** A task that invokes the function with its input and answers what it returned. */
export function invoking(stack: Stack, id: string): LambdaInvoke {
  const lambdaFunction = LambdaFunction.fromFunctionArn(stack, `${id}Function`, FUNCTION);
  return new LambdaInvoke(stack, id, { lambdaFunction, outputPath: '$.Payload', retryOnServiceExceptions: false });
}

/** A Map over `$.items` with EXPRESS children of one task, as CDK's construct writes it. */
export function solving(
  stack: Stack,
  options: DistributedMapProps = {},
  configure: (child: LambdaInvoke) => void = () => undefined,
): DistributedMap {
  const child = invoking(stack, 'Work');
  configure(child);
  return new DistributedMap(stack, 'Each', {
    itemsPath: '$.items',
    mapExecutionType: StateMachineType.EXPRESS,
    ...options,
  }).itemProcessor(child);
}

/** A machine of that Map alone. */
export function mapAlone(options: DistributedMapProps = {}, configure?: (child: LambdaInvoke) => void): Json {
  return synthesized((stack) => solving(stack, options, configure));
}
