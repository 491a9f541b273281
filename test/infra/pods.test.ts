import { createRequire } from 'node:module';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { DefinitionBody, Fail, Pass, StateMachine, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../lib/core/json.ts';
import { type PodFacts, solvePods } from '../../lib/infra/pods.ts';
import { readTemplates } from '../../lib/infra/read-template.ts';
import { execute, outcome, start } from '../unit/states/support/harness.ts';
import { FUNCTION } from '../unit/states/support/machines.ts';
import { synthesized } from '../unit/states/support/synthesized.ts';
import { stacksOf } from './support/templates.ts';

type Validation = { isValid: boolean; errorsText: (separator?: string) => string };
const validate = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => Validation;

const solver = (stack: Stack) => LambdaFunction.fromFunctionArn(stack, 'Solver', `${FUNCTION}:7`);
const facts = (stack: Stack, changed: Partial<PodFacts> = {}): PodFacts => ({
  version: solver(stack),
  timeoutSeconds: 120,
  atOnce: 8,
  ...changed,
});

/** A machine that solves pods and says how it ended. */
const definition = synthesized((stack) => {
  const each = solvePods(stack, facts(stack));
  each.addCatch(new Fail(stack, 'Failed', { errorPath: '$.fault.Error' }), { resultPath: '$.fault' });
  return new Pass(stack, 'Split').next(each).next(new Succeed(stack, 'Done'));
});
const states = JSON.parse(definition).States as Record<string, Record<string, Json>>;
const flow = { executionId: 'e', skill: 's', verdict: 'continue', pods: ['sha256:a', 'sha256:b', 'sha256:c'] };

describe('the fragment that solves pods', () => {
  test('is accepted by asl-validator', () => {
    const result = validate(JSON.parse(definition));
    expect(result.isValid ? '' : result.errorsText('\n')).toBe('');
  });

  test('is a Distributed Map over the pods with EXPRESS children, as many at once as declared', () => {
    expect(states.SolvePods).toMatchObject({
      Type: 'Map',
      ItemsPath: '$.pods',
      MaxConcurrency: 8,
      ResultPath: '$.solvedPods',
      Label: 'pods',
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' }, StartAt: 'SolvePod' },
    });
    expect(states.SolvePods).not.toHaveProperty('ToleratedFailureCount');
    expect(states.SolvePods).not.toHaveProperty('ToleratedFailurePercentage');
  });

  test('tries the faults of the service again exactly as every other task does, and nothing else', () => {
    const processor = states.SolvePods?.ItemProcessor as {
      States: Record<string, { Retry: Json; TimeoutSeconds: number }>;
    };
    const { Retry, TimeoutSeconds } = processor.States.SolvePod!;
    const { stateMachines } = readTemplates(stacksOf('dev'));
    const others = stateMachines[0]!.definition.States as Record<string, { Retry: Json }>;
    expect(Retry).toEqual(others.Preflight!.Retry);
    expect(TimeoutSeconds).toBe(150);
  });

  test('runs on one machine: what each function is given, and the answers in the order of the pods', async () => {
    const harness = await start(definition, { work: (payload) => `${(payload as { pod: string }).pod} solved` });
    const arn = await execute(harness, flow);
    expect(harness.calls).toEqual(
      flow.pods.map((pod, index) => ({
        functionArn: `${FUNCTION}:7`,
        payload: { executionId: 'e', skill: 's', index, pod },
      })),
    );
    const solvedPods = flow.pods.map((pod) => `${pod} solved`);
    expect(await outcome(harness, arn)).toEqual({ status: 'SUCCEEDED', output: { ...flow, solvedPods } });
  });

  test('fails as a whole when one pod does', async () => {
    const harness = await start(definition, {
      work: (payload) => {
        if ((payload as { index: number }).index === 1) throw new Error('unsolvable');
        return 'solved';
      },
    });
    const arn = await execute(harness, flow);
    expect(await outcome(harness, arn)).toEqual({ status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold' });
  });

  test('lets the machine start and stop executions of itself, and no others', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack', { env: { account: '000000000000', region: 'eu-central-1' } });
    new StateMachine(stack, 'Machine', {
      definitionBody: DefinitionBody.fromChainable(solvePods(stack, facts(stack))),
    });
    const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    const statements = policies.flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[],
    );
    const ofStates = statements.filter(({ Action }) => [Action].flat().some((action) => action.startsWith('states:')));
    expect(ofStates.flatMap(({ Action }) => Action).sort()).toEqual([
      'states:DescribeExecution',
      'states:RedriveExecution',
      'states:StartExecution',
      'states:StopExecution',
    ]);
    for (const { Resource } of ofStates) expect(JSON.stringify(Resource)).toContain('Machine');
  });

  test.each<[string, Partial<PodFacts>, RegExp]>([
    [
      'a function that may outlast an EXPRESS execution',
      { timeoutSeconds: 271 },
      /may run 271 s; .* 270 s are the most/,
    ],
    ['no pod at once', { atOnce: 0 }, /from 1 on, not 0/],
    ['half a pod at once', { atOnce: 1.5 }, /from 1 on, not 1\.5/],
  ])('refuses %s', (_title, changed, message) => {
    const stack = new Stack(new App(), 'Stack');
    expect(() => solvePods(stack, facts(stack, changed))).toThrow(message);
  });

  test('takes a function that may run as long as an EXPRESS execution leaves it', () => {
    const stack = new Stack(new App(), 'Stack');
    expect(() => solvePods(stack, facts(stack, { timeoutSeconds: 270 }))).not.toThrow();
  });
});
