import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { readTemplates } from '../../lib/infra/read-template.ts';
import { edgesOf, reachableFrom, type States } from './support/graph.ts';
import { stacksOf } from './support/templates.ts';

type Validation = { isValid: boolean; errorsText: (separator?: string) => string };
const validate = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => Validation;

const { stateMachines } = readTemplates(stacksOf('dev'));
const definition = stateMachines[0]!.definition;
const states = definition.States as States;
const edges = edgesOf(states);
const tasks = Object.entries(states).filter(([, state]) => state.Type === 'Task');
const waits = tasks.filter(([, state]) => state.Resource?.endsWith('.waitForTaskToken'));

describe('the definition of a state machine', () => {
  test('is accepted by asl-validator', () => {
    const result = validate(definition);
    expect(result.isValid ? '' : result.errorsText('\n')).toBe('');
    expect(validate({ ...definition, StartAt: 'Nowhere' }).isValid).toBe(false);
  });

  test('has these states', () => {
    expect(Object.keys(states).sort()).toEqual(
      [
        ...['Preflight', 'Execute', 'Verify', 'Verdict', 'RequestApproval', 'Escalate', 'StageVerdict'],
        ...['RequestOversight', 'Publish', 'Conclude', 'Block', 'Recover'],
        ...['Published', 'Concluded', 'Blocked', 'Failed'],
      ].sort(),
    );
    expect(definition.StartAt).toBe('Preflight');
  });

  test('takes six transitions for an automatic execution and eight with one stage', () => {
    const automatic = ['Preflight', 'Execute', 'Verify', 'Verdict', 'Publish', 'Published'];
    const oneStage = [...automatic.slice(0, 4), 'RequestApproval', 'StageVerdict', 'Publish', 'Published'];
    for (const path of [automatic, oneStage])
      for (const [index, to] of path.slice(1).entries())
        expect(edges.some((edge) => edge.from === path[index] && edge.to === to && !edge.by.startsWith('catch'))).toBe(
          true,
        );
    expect([automatic.length, oneStage.length]).toEqual([6, 8]);
  });

  test('chooses by the verdict, and blocks or concludes what it does not know', () => {
    const ways = (from: string) => edges.filter((edge) => edge.from === from).map(({ by, to }) => `${by} -> ${to}`);
    expect(ways('Verdict')).toEqual([
      'default -> Block',
      'choice publish -> Publish',
      'choice approve -> RequestApproval',
      'choice escalate -> RequestOversight',
    ]);
    expect(ways('StageVerdict')).toEqual([
      'default -> Conclude',
      'choice next-stage -> RequestApproval',
      'choice reopen -> RequestApproval',
      'choice approved -> Publish',
    ]);
  });

  test('ends business outcomes in Succeed and only faults in Fail', () => {
    const ends = Object.entries(states).filter(([, state]) => ['Succeed', 'Fail'].includes(state.Type));
    expect(Object.fromEntries(ends.map(([name, state]) => [name, state.Type]))).toEqual({
      Published: 'Succeed',
      Concluded: 'Succeed',
      Blocked: 'Succeed',
      Failed: 'Fail',
    });
    expect(states.Failed).toMatchObject({ Error: 'CountersignFault' });
    expect(edges.filter(({ to }) => to === 'Failed').map(({ from }) => from)).toEqual(['Recover']);
  });

  test('never leads from a failed determinism or policy gate to Publish', () => {
    for (const by of ['choice escalate', 'default']) {
      const failed = edges.find((edge) => edge.from === 'Verdict' && edge.by === by)!;
      expect([...reachableFrom(failed.to, edges)]).not.toContain('Publish');
    }
  });

  test('never leads from a fault to Publish', () => {
    for (const fault of edges.filter(({ by }) => by === 'catch States.ALL'))
      expect([...reachableFrom(fault.to, edges)]).not.toContain('Publish');
  });

  test('reaches Publish only by the verdicts "publish" of Verify and "approved" of the approval desk', () => {
    const entrances = edges.filter(({ to }) => to === 'Publish').map(({ from, by }) => `${from}: ${by}`);
    expect(entrances.sort()).toEqual(['StageVerdict: choice approved', 'Verdict: choice publish']);
  });

  test('lets every wait time out, into a state that reaches Publish only by the verdict "approved" if at all', () => {
    expect(waits.map(([name]) => name).sort()).toEqual(['RequestApproval', 'RequestOversight']);
    const withoutApproval = edges.filter(({ by }) => by !== 'choice approved');
    for (const [name, state] of waits) {
      expect(state.TimeoutSeconds ?? state.TimeoutSecondsPath).toBeDefined();
      const timeout = edges.find(({ from, by }) => from === name && by === 'catch States.Timeout')!;
      expect([...reachableFrom(timeout.to, withoutApproval)]).not.toContain('Publish');
    }
    const oversight = edges.find(({ from, by }) => from === 'RequestOversight' && by === 'catch States.Timeout')!;
    expect([...reachableFrom(oversight.to, edges)]).not.toContain('Publish');
  });

  test('reads the timeout of a stage from the flow, and that of oversight from the skill', () => {
    expect(states.RequestApproval).toMatchObject({ TimeoutSecondsPath: '$.next.timeoutSeconds' });
    expect(states.RequestOversight).toMatchObject({ TimeoutSeconds: 3600 });
  });

  test('gives every other task a timeout longer than its function may run', () => {
    const { functions } = readTemplates(stacksOf('dev'));
    for (const [name, state] of tasks.filter(([name]) => !waits.some(([wait]) => wait === name))) {
      const invoked = (state as unknown as { Parameters: { FunctionName: string } }).Parameters.FunctionName;
      const run = functions.find(({ functionName }) => functionName === invoked)!;
      expect(state.TimeoutSeconds, name).toBeGreaterThan(run.timeoutSeconds);
    }
  });

  test('passes the token and the flow to the waiting tasks, the flow alone to the others', () => {
    for (const [name, state] of tasks) {
      const waiting = waits.some(([wait]) => wait === name);
      expect(state).toMatchObject(
        waiting
          ? {
              Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
              Parameters: { Payload: { 'taskToken.$': '$$.Task.Token', 'flow.$': '$' } },
            }
          : {
              Resource: 'arn:aws:states:::lambda:invoke',
              OutputPath: '$.Payload',
              Parameters: { 'Payload.$': '$' },
            },
      );
    }
  });

  test('retries faults of the Lambda service three times, a held publish for a day, and nothing else', () => {
    const faults = {
      ErrorEquals: [
        'Lambda.ServiceException',
        'Lambda.AWSLambdaException',
        'Lambda.SdkClientException',
        'Lambda.TooManyRequestsException',
      ],
      IntervalSeconds: 1,
      MaxAttempts: 3,
      BackoffRate: 2,
    };
    const held = { ErrorEquals: ['PublishHeld'], IntervalSeconds: 300, MaxAttempts: 288, BackoffRate: 1 };
    for (const [name, state] of tasks)
      expect(state.Retry, name).toEqual(name === 'Publish' ? [held, faults] : [faults]);
  });

  test('catches everything but what Recover itself throws, and keeps the flow beside the fault', () => {
    for (const [name, state] of tasks) {
      const last = state.Catch?.at(-1);
      if (name === 'Recover') expect(state.Catch).toBeUndefined();
      else expect(last, name).toEqual({ ErrorEquals: ['States.ALL'], ResultPath: '$.fault', Next: 'Recover' });
    }
    for (const [, state] of waits)
      expect(state.Catch?.[0]).toMatchObject({ ErrorEquals: ['States.Timeout'], ResultPath: '$.timeout' });
  });
});
