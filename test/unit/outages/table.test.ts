import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Conflict } from '../../../lib/core/errors.ts';
import { fixedRetries, RETRY_DELAYS_MS } from '../../../lib/platform/aws/retry-strategy.ts';
import { changeAggregate } from '../../../lib/platform/store/aggregate.ts';
import { Table } from '../../../lib/platform/store/table.ts';

interface Scripted {
  readonly status: number;
  readonly type?: string;
  readonly body?: object;
}

const key = { pk: 'A', sk: 'B' };
let attempts: number[];
let script: Scripted[];

/** A client whose wire is a script; the last line of it repeats. Its retries are those of every function in AWS. */
function scriptedTable(): Table {
  const started = Date.now();
  const handle = async () => {
    const { status, type, body = {} } = script[Math.min(attempts.length, script.length - 1)]!;
    attempts.push(Date.now() - started);
    const document = type === undefined ? body : { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: type };
    return {
      response: {
        statusCode: status,
        headers: { 'content-type': 'application/x-amz-json-1.0' },
        body: new TextEncoder().encode(JSON.stringify(document)),
      },
    };
  };
  const client = new DynamoDBClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    retryStrategy: fixedRetries(),
    maxAttempts: RETRY_DELAYS_MS.length + 1,
    requestHandler: { handle, metadata: { handlerProtocol: 'http/1.1' } } as never,
  });
  return new Table(client, 'countersign-test');
}

beforeAll(async () => {
  // The SDK loads parts of itself with its first call; while that happens, no clock may be stopped.
  attempts = [];
  script = [{ status: 200 }];
  await scriptedTable().get(key);
});

beforeEach(() => {
  vi.useFakeTimers();
  attempts = [];
});
afterEach(() => {
  vi.useRealTimers();
});

/** Runs a call while time flies; answers what came of it. */
async function settled<T>(call: Promise<T>): Promise<{ value?: T; error?: Error }> {
  const outcome = call.then(
    (value) => ({ value }),
    (error: Error) => ({ error }),
  );
  await vi.advanceTimersByTimeAsync(60_000);
  return outcome;
}

const THROTTLES = ['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'];

describe('the table throttles', () => {
  test.each(THROTTLES)('%s: four attempts, 750, 1500 and 3000 ms apart, then the caller hears of it', async (type) => {
    script = [{ status: 400, type }];
    const { error } = await settled(scriptedTable().get(key));
    expect(error?.name).toBe(type);
    expect(attempts).toEqual([0, 750, 2_250, 5_250]);
  });

  test('three times, and answers at the fourth: nobody notices', async () => {
    const throttled = { status: 400, type: 'ThrottlingException' };
    script = [throttled, throttled, throttled, { status: 200, body: { Item: { pk: { S: 'A' }, sk: { S: 'B' } } } }];
    expect((await settled(scriptedTable().get(key))).value).toEqual(key);
    expect(attempts).toEqual([0, 750, 2_250, 5_250]);
  });

  test('a fault on its side is tried again the same way', async () => {
    script = [{ status: 500, type: 'InternalServerError' }, { status: 200 }];
    expect((await settled(scriptedTable().put({ ...key, version: 1 }))).error).toBeUndefined();
    expect(attempts).toEqual([0, 750]);
  });
});

describe('what is the caller’s own is never tried again by the client', () => {
  test('a conflict is an answer: one attempt', async () => {
    script = [{ status: 400, type: 'ConditionalCheckFailedException' }];
    expect((await settled(scriptedTable().putNew({ ...key, version: 1 }))).error).toBeInstanceOf(Conflict);
    expect(attempts).toHaveLength(1);
  });

  test('neither is a malformed request', async () => {
    script = [{ status: 400, type: 'ValidationException' }];
    expect((await settled(scriptedTable().get(key))).error?.name).toBe('ValidationException');
    expect(attempts).toHaveLength(1);
  });

  test('an aggregate that loses its race reads anew and decides anew, at once', async () => {
    const item = { Item: { pk: { S: 'A' }, sk: { S: 'B' }, version: { N: '1' }, count: { N: '1' } } };
    const later = { Item: { pk: { S: 'A' }, sk: { S: 'B' }, version: { N: '2' }, count: { N: '5' } } };
    script = [
      { status: 200, body: item },
      { status: 400, type: 'ConditionalCheckFailedException' },
      { status: 200, body: later },
      { status: 200 },
    ];
    const change = changeAggregate<{ version: number; count: number }>(scriptedTable(), key, (current) => ({
      ...current,
      count: current.count + 1,
    }));
    expect((await settled(change)).value).toMatchObject({ version: 3, count: 6 });
    expect(attempts).toEqual([0, 0, 0, 0]);
  });
});
