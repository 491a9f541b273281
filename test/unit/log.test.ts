import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvalidInput } from '../../lib/core/errors.ts';
import { faultToThrow, loggedFault } from '../../lib/platform/fault.ts';
import { log, sendLogTo, withLogContext } from '../../lib/platform/log.ts';
import { measure, measureEnded, measurePosture } from '../../lib/platform/metrics.ts';

let lines: { readonly [name: string]: unknown }[] = [];
beforeEach(() => {
  lines = [];
  sendLogTo((line) => lines.push(JSON.parse(line)));
});
afterEach(() => sendLogTo(() => {}));

const ports = {
  clock: { now: () => '2026-11-20T09:00:00.000Z' as const },
  settings: { environment: 'test' },
} as Parameters<typeof measure>[0];

describe('a line of the log', () => {
  test('carries the context of its invocation, however deep and late it is written', async () => {
    await withLogContext({ requestId: 'r-1', functionName: 'verify' }, () =>
      withLogContext({ executionId: 'e-1', skill: 'tiny' }, async () => {
        await Promise.resolve();
        log('info', { event: 'deep' });
      }),
    );
    expect(lines).toEqual([
      { requestId: 'r-1', functionName: 'verify', executionId: 'e-1', skill: 'tiny', level: 'info', event: 'deep' },
    ]);
  });

  test('never carries that of another invocation that runs at the same time', async () => {
    const order: (() => void)[] = [];
    const turn = () => new Promise<void>((resolve) => order.push(resolve));
    const work = (requestId: string) =>
      withLogContext({ requestId }, async () => {
        await turn();
        log('info', { event: requestId });
      });
    const all = [work('a'), work('b'), work('c')];
    for (const resolve of order.toReversed()) resolve();
    await Promise.all(all);
    log('info', { event: 'outside' });
    expect(lines).toHaveLength(4);
    for (const { event, requestId } of lines) expect(requestId).toBe(event === 'outside' ? undefined : event);
  });

  test('says about which execution it is even where the context names another', () => {
    withLogContext({ executionId: 'e-1' }, () => log('warn', { event: 'swept', executionId: 'e-2' }));
    expect(lines[0]).toMatchObject({ executionId: 'e-2' });
  });
});

describe('a fault in the log', () => {
  const secret = 'bob@example.com owes 4711';

  test.each([
    ['a parser that quotes', () => JSON.parse(`{"terms": ${secret}`)],
    [
      'a mail server that names addresses',
      () => {
        throw Object.assign(new Error(`Address is not verified: ${secret}`), {
          name: 'MessageRejected',
          recipient: secret,
        });
      },
    ],
    [
      'a message of several lines',
      () => {
        throw new TypeError(`first\n${secret}\n  at last`);
      },
    ],
    [
      'something that is no error',
      () => {
        throw secret;
      },
    ],
  ])('does not carry what was found: %s', (_name, fail) => {
    let thrown: unknown;
    try {
      fail();
    } catch (error) {
      thrown = error;
    }
    const logged = JSON.stringify(loggedFault(thrown));
    const rethrown = faultToThrow(thrown);
    const shown = `${logged} ${rethrown.message} ${rethrown.stack} ${JSON.stringify({ ...rethrown })}`;
    expect(shown).not.toContain('bob@example.com');
    expect(shown).not.toContain('4711');
    expect(rethrown.name).toBe(thrown instanceof Error ? thrown.name : 'unknown');
  });

  test('says of our own errors the message, and where what did not fit', () => {
    const error = new InvalidInput('The terms do not fit.', [
      { pointer: '/amount', code: 'too-big', message: `${secret} is too much.`, mend: secret },
    ]);
    expect(loggedFault(error)).toMatchObject({
      error: 'InvalidInput',
      message: 'The terms do not fit.',
      problems: '/amount too-big',
      stack: expect.stringContaining('log.test.ts'),
    });
    expect(JSON.stringify(loggedFault(error))).not.toContain(secret);
    expect(Object.keys(faultToThrow(error))).not.toContain('problems');
  });

  test('says of a missing right which one, and under which request AWS refused', () => {
    const error = Object.assign(new Error('not authorized to perform dynamodb:PutItem'), {
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400, requestId: 'aws-1' },
    });
    expect(loggedFault(error)).toMatchObject({
      error: 'AccessDeniedException',
      message: 'not authorized to perform dynamodb:PutItem',
      status: 400,
      awsRequestId: 'aws-1',
    });
  });
});

describe('a figure', () => {
  test('is written in the embedded metric format, with every dimension and unit that it names', () => {
    measure(ports, { OverdueApproval: 12, WaitingApprovals: 3 });
    measurePosture(ports, 'tiny', 'critical');
    measureEnded(ports, 'tiny', 'rolled-back', 2);
    const metrics = lines.map((line) => {
      const { CloudWatchMetrics } = line._aws as {
        CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }[];
      };
      const [{ Dimensions, Metrics } = { Dimensions: [], Metrics: [] }] = CloudWatchMetrics;
      return {
        dimensions: Object.fromEntries((Dimensions[0] ?? []).map((name) => [name, line[name]])),
        values: Metrics.map(({ Name, Unit }) => [Name, line[Name], Unit]),
      };
    });
    expect(metrics).toEqual([
      {
        dimensions: { Environment: 'test' },
        values: [
          ['OverdueApproval', 12, 'Seconds'],
          ['WaitingApprovals', 3, 'Count'],
        ],
      },
      { dimensions: { Environment: 'test', Skill: 'tiny' }, values: [['Posture', 2, 'None']] },
      { dimensions: { Environment: 'test', Skill: 'tiny', Outcome: 'rolled-back' }, values: [['Ended', 2, 'Count']] },
    ]);
  });
});
