import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { skills } from '#skills';
import { seed } from '../../../lib/platform/configuration/seed.ts';
import type { Answer, Asked } from '../../contract/loopback.ts';
import { startLoopback } from '../../contract/loopback.ts';
import { startTable } from '../../support/dynamodb.ts';
import { testRuntime } from '../../support/runtime.ts';
import { EXECUTION, KEYS, REGION, SIGNED_IN, startAwsApi, startLambda } from './support/aws-api.ts';
import { deployedFunctions } from './support/deployed-functions.ts';
import { type Ran, runHere } from './support/run-here.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-env-'));
const file = join(folder, 'countersign.env.json');
const request = join(folder, 'request.json');
writeFileSync(request, JSON.stringify({ input: { kind: 'discount' } }));

let special: (asked: Asked) => Answer | undefined = () => undefined;
let api: Awaited<ReturnType<typeof startAwsApi>>;
const ran: Ran[] = [];

beforeAll(async () => {
  api = await startAwsApi('dev', (asked) => special(asked));
});
afterEach(() => {
  special = () => undefined;
  rmSync(file, { force: true });
});
afterAll(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = async (args: readonly string[], variables: Record<string, string> = SIGNED_IN): Promise<Ran> => {
  const one = await runHere(args, { COUNTERSIGN_ENV_FILE: file, ...variables });
  ran.push(one);
  return one;
};
const dev = (...args: string[]) => run([...args, '--env', 'dev', '--api', `${api.url}/api`]);
const refused = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  special = () => ({ status, headers, body: JSON.stringify(body) });
};

describe('an environment in AWS', () => {
  test('answers signed requests, and the request arrives as it was written', async () => {
    const { code, stdout } = await dev('submit', 'u01668', request, '--key', 'order-17', '--on-behalf-of', 'ana.ruiz');
    expect(code).toBe(0);
    expect(stdout).toContain(`${EXECUTION} is accepted.`);
    const asked = api.asked.at(-1)!;
    expect(asked).toMatchObject({ method: 'POST', path: '/api/skills/u01668/executions' });
    expect(asked.headers).toMatchObject({ 'idempotency-key': 'order-17', 'countersign-on-behalf-of': 'ana.ruiz' });
    expect(JSON.parse(asked.body.toString('utf8'))).toEqual({ input: { kind: 'discount' } });
  });

  test('shows an execution to people, and the whole document with --json', async () => {
    const shown = await dev('status', EXECUTION);
    expect(shown.stdout).toContain('Sales manager (1 of 1, open, due 2026-11-21T09:00:00Z): noah.berg open');
    const { code, stdout } = await dev('status', EXECUTION, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ executionId: EXECUTION, status: 'waiting' });
  });

  test('filters of a list are signed and arrive whole', async () => {
    const { code } = await dev(
      'status',
      '--from',
      '2026-11-01T00:00:00Z',
      '--outcome',
      'published',
      '--skill',
      'a b&c',
    );
    expect(code).toBe(0);
    const query = new URL(api.asked.at(-1)?.path ?? '', api.url).searchParams;
    expect(Object.fromEntries(query)).toEqual({
      skill: 'a b&c',
      outcome: 'published',
      from: '2026-11-01T00:00:00Z',
      limit: '25',
    });
  });

  test('tells a terminal nothing that the answer smuggles in', async () => {
    refused(409, { error: { code: 'NotRolledOut', message: 'no \u001b[2Jscreen', problems: [] } });
    const { code, stderr } = await dev('submit', 'u01668', request);
    expect(code).toBe(1);
    expect(stderr).toContain('screen');
    expect(stderr).not.toContain('\u001b');
  });
});

describe('whoever calls', () => {
  const local = (variables: Record<string, string>) =>
    run(['status', EXECUTION, '--env', 'dev', '--api', `${api.url}/api`], variables);

  test('without credentials is told to sign in', async () => {
    const { code, stderr } = await local({ AWS_REGION: REGION });
    expect(code).toBe(3);
    expect(stderr).toMatch(/No AWS credentials were found\. Sign in .*--profile/);
  });

  test('is found in a profile, which wins over the keys of variables', async () => {
    const config = join(folder, 'aws-config');
    const lines = [
      '[profile sales]',
      `aws_access_key_id = ${KEYS.accessKeyId}`,
      `aws_secret_access_key = ${KEYS.secretAccessKey}`,
      `aws_session_token = ${KEYS.sessionToken}`,
      `region = ${REGION}`,
    ];
    writeFileSync(config, lines.join('\n'));
    const variables = { AWS_CONFIG_FILE: config, AWS_ACCESS_KEY_ID: 'OTHER', AWS_SECRET_ACCESS_KEY: 'other' };
    const args = ['status', EXECUTION, '--env', 'dev', '--api', `${api.url}/api`];
    expect((await run([...args, '--profile', 'sales'], variables)).code).toBe(0);
    const absent = await run([...args, '--profile', 'marketing'], variables);
    expect([absent.code, absent.stderr]).toEqual([3, expect.stringContaining('--profile')]);
  });

  test('without a region is told to name one', async () => {
    const { AWS_REGION: _, ...keys } = SIGNED_IN;
    const { code, stderr } = await local(keys);
    expect(code).toBe(2);
    expect(stderr).toContain('--region');
  });

  test('whose signature AWS does not accept is not shown the request that AWS quotes', async () => {
    const { code, stderr } = await local({ ...SIGNED_IN, AWS_REGION: 'us-east-1' });
    expect(code).toBe(3);
    expect(stderr).toContain('--region is the region of the API');
    expect(stderr).not.toContain(KEYS.sessionToken);
  });

  test.each([
    [
      403,
      { message: 'The security token included in the request is expired' },
      'ExpiredTokenException',
      3,
      'aws sso login',
    ],
    [
      403,
      { message: 'The security token included in the request is invalid.' },
      'UnrecognizedClientException',
      3,
      '--profile',
    ],
    [
      403,
      { message: 'Signature expired: 20261120T0900Z is now earlier than' },
      'InvalidSignatureException',
      3,
      'clock',
    ],
    [
      403,
      { Message: 'User: arn:aws:iam::1:user/x is not authorized to perform: execute-api:Invoke' },
      'AccessDeniedException',
      3,
      'execute-api:Invoke',
    ],
    [403, { message: 'Missing Authentication Token' }, 'MissingAuthenticationTokenException', 3, '"BaseUrl"'],
    [500, { message: 'Internal server error' }, 'InternalServerErrorException', 3, 'failed with 500'],
    [404, { message: 'nothing' }, '', 3, 'no API of Countersign'],
  ])('refused with %i %j is told what to do', async (status, body, type, exitCode, words) => {
    refused(status, body, { 'x-amzn-errortype': type });
    const { code, stderr } = await dev('status', EXECUTION);
    expect(code).toBe(exitCode);
    expect(stderr).toContain(words);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('too often is told when to come again, and how to send the same request once', async () => {
    refused(429, { message: 'Too Many Requests' }, { 'retry-after': '7' });
    const { code, stderr } = await dev('submit', 'u01668', request, '--key', 'order-18');
    expect(code).toBe(3);
    expect(stderr).toContain('Try again in 7 s.');
    expect(stderr).toContain('--key order-18');
  });

  test('that finds every slot taken is told so once', async () => {
    refused(
      429,
      { error: { code: 'NoSlot', message: 'Every computing slot is taken; try again in 5 s.', problems: [] } },
      { 'retry-after': '5' },
    );
    const { code, stderr } = await dev('retry', EXECUTION);
    expect([code, stderr]).toEqual([3, 'Throttled: Every computing slot is taken; try again in 5 s.\n']);
  });

  test.each([
    [400, 'InvalidInput', 2],
    [403, 'Forbidden', 1],
    [404, 'NotFound', 2],
    [409, 'NotPossibleNow', 1],
    [413, 'PayloadTooLarge', 2],
    [422, 'NeedsScoping', 2],
    [503, 'ArtifactsUnavailable', 3],
  ])(
    'is told what the API answers with %i %s, and the exit code says which kind it is',
    async (status, code, exitCode) => {
      const problems = [{ pointer: '/input', code: 'x', message: 'It is wrong.', mend: 'Mend it.' }];
      refused(status, { error: { code, message: 'The API says why.', problems } });
      const answer = await dev('withdraw', EXECUTION);
      expect(answer.code).toBe(exitCode);
      expect(answer.stderr).toContain('The API says why.');
      if (status < 500) expect(answer.stderr).toContain('/input: It is wrong. Mend it.');
    },
  );

  test('cannot say to be somebody else: the signature says who calls', async () => {
    for (const args of [
      ['withdraw', EXECUTION, '--as', 'ana.ruiz'],
      ['retry', EXECUTION, '--by', 'ana.ruiz'],
    ]) {
      const { code, stderr } = await dev(...args);
      expect(code).toBe(2);
      expect(stderr).toContain('the signature says who');
    }
  });
});

describe('what operators order in AWS', () => {
  const posture = {
    skill: 'human-approval-routing-for-sales-and-client-success',
    posture: 'critical',
    since: '2026-11-20T09:00:00Z',
    moves: [
      { at: '2026-11-20T09:00:00Z', from: 'normal', to: 'critical', by: 'grace.kim', because: 'Stop', executions: [] },
    ],
  };
  const followUp = {
    followUpId: 'fu-1',
    skill: posture.skill,
    title: 'Look at the incident',
    status: 'done',
    owner: 'oversight@example.com',
    openedAt: '2026-11-20T09:00:00Z',
    due: '2026-11-21T09:00:00Z',
    closedAt: '2026-11-20T10:00:00Z',
    closedBy: 'grace.kim',
    note: 'Seen.',
  };
  const json = (status: number, document: unknown): Answer => ({ status, body: JSON.stringify(document) });

  test('goes through the API, signed, and so under the rules of the directory', async () => {
    special = ({ method, path }) => {
      if (path === '/skills/u01668/posture') return json(200, posture);
      if (path.startsWith('/follow-ups?')) return json(200, { followUps: [followUp] });
      if (method === 'POST' && path === '/follow-ups/fu-1/done') return json(200, followUp);
      if (method === 'POST' && path === `/executions/${EXECUTION}/retry`)
        return json(202, { executionId: 'ex-bbbbbbbbbbbbbbbbbbbbbbbbbb', statusUrl: 'https://api.example/x' });
      return undefined;
    };
    const shown = await dev('posture', 'show', 'u01668');
    expect(shown.stdout).toContain('critical since 2026-11-20T09:00:00Z');
    expect(shown.stdout).toContain('normal -> critical, by grace.kim: Stop');
    const set = await dev('posture', 'set', 'u01668', 'critical', '--because', 'Stop');
    expect([set.code, JSON.parse(String(api.asked.at(-1)?.body))]).toEqual([
      0,
      { posture: 'critical', because: 'Stop' },
    ]);
    const listed = await dev('follow-ups', '--status', 'done');
    expect(listed.stdout).toContain('fu-1  done  due 2026-11-21T09:00:00Z');
    const done = await dev('follow-ups', 'done', 'fu-1', '--note', 'Seen.');
    expect([done.code, JSON.parse(String(api.asked.at(-1)?.body))]).toEqual([0, { note: 'Seen.' }]);
    const rerun = await dev('retry', EXECUTION);
    expect(rerun.stdout).toBe(`${EXECUTION} runs again as ex-bbbbbbbbbbbbbbbbbbbbbbbbbb.\n`);
  });

  test('is checked before it is sent', async () => {
    const before = api.asked.length;
    const { code, stderr } = await dev('posture', 'set', 'u01668', 'panic', '--because', 'x');
    expect(code).toBe(2);
    expect(stderr).toContain('/posture');
    expect(api.asked.slice(before).map(({ path }) => path)).toEqual(['/api/healthz']);
  });
});

describe('the commands that need the table of an environment in AWS', () => {
  test('find everything by --env alone: names from what is deployed, the caller from AWS', async () => {
    const store = await startTable();
    const seeded = testRuntime({ table: store.table, skills });
    await seed(seeded);
    const functions = Object.fromEntries(
      Object.entries(deployedFunctions('dev')).map(([name, own]) => [
        name,
        { ...own, COUNTERSIGN_TABLE: store.tableName },
      ]),
    );
    const lambda = await startLambda(functions);
    const mixedUp = await startLambda(
      Object.fromEntries(Object.entries(functions).map(([name, own]) => [name.replace('-dev-', '-prod-'), own])),
    );
    const { hostname, port } = (await store.client.config.endpoint?.())!;
    const places = {
      ...SIGNED_IN,
      AWS_ENDPOINT_URL_LAMBDA: lambda.url,
      AWS_ENDPOINT_URL_DYNAMODB: `http://${hostname}:${port}`,
    };
    const args = ['baseline', 'list', '--json', '--skill', 'u01668', '--env'];
    const listed = await run([...args, 'dev'], places);
    const nobody = await run([...args, 'dev'], { ...places, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
    const elsewhere = await run([...args, 'prod'], { ...places, AWS_ENDPOINT_URL_LAMBDA: mixedUp.url });
    const byHand = await run([...args, 'dev'], {
      ...places,
      ...functions['countersign-dev-sweep'],
      AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:9',
    });
    await Promise.all([lambda.close(), mixedUp.close(), store.close()]);
    expect(listed.stderr).toBe('');
    expect(JSON.parse(listed.stdout)).toMatchObject({ versions: [{ status: 'stable', baseline: true }] });
    expect([nobody.code, nobody.stderr]).toEqual([3, expect.stringContaining('No AWS credentials were found.')]);
    expect([elsewhere.code, elsewhere.stderr]).toEqual([2, expect.stringContaining('say that they belong to "dev"')]);
    expect(byHand.stdout).toBe(listed.stdout);
  });
});

describe('the address of an API', () => {
  test('of another environment is refused before anything is sent there', async () => {
    const before = api.asked.length;
    const { code, stderr } = await run(['submit', 'u01668', request, '--env', 'prod', '--api', `${api.url}/api`]);
    expect(code).toBe(2);
    expect(stderr).toContain('there is "dev", not "prod"');
    expect(api.asked.slice(before).map(({ path }) => path)).toEqual(['/api/healthz']);
  });

  test('must be one that keeps a signature secret, and holds no secret', async () => {
    for (const url of [
      'http://api.example.com/api',
      'https://me:pass@api.example.com',
      'https://a.example/?key=1',
      'dev',
    ]) {
      const { code, stderr } = await run(['status', '--env', 'dev', '--api', url]);
      expect(code).toBe(2);
      expect(stderr).toContain('https address without user');
    }
  });

  test('is not taken for the local system’s when the environment is left out', async () => {
    const { code, stderr } = await run(['submit', 'u01668', request, '--api', `${api.url}/api`]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Say with --env which one it is.')]);
  });

  test('at which nobody answers is named', async () => {
    const { code, stderr } = await run(['status', '--env', 'dev', '--api', 'http://127.0.0.1:9/api']);
    expect(code).toBe(3);
    expect(stderr).toContain('http://127.0.0.1:9/api does not answer');
  });

  test('is kept by env add, once it is known to be that environment, and then --env is enough', async () => {
    const wrong = await run(['env', 'add', 'prod', '--api', `${api.url}/api`]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('there is "dev", not "prod"');
    expect((await run(['env', 'add', 'dev', '--api', `${api.url}/api/`, '--region', REGION])).code).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      environments: { dev: { api: `${api.url}/api`, region: REGION } },
    });
    const { AWS_REGION: _, ...keys } = SIGNED_IN;
    expect((await run(['status', EXECUTION, '--env', 'dev'], keys)).code).toBe(0);
    expect((await run(['env', 'list'])).stdout).toContain(`dev  ${api.url}/api  ${REGION}`);
    expect((await run(['env', 'remove', 'dev'])).code).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ environments: {} });
  });

  test('can be a variable', async () => {
    const variables = { ...SIGNED_IN, COUNTERSIGN_API_URL: `${api.url}/api` };
    expect((await run(['status', EXECUTION, '--env', 'dev'], variables)).code).toBe(0);
  });

  test('is asked of what is deployed when nobody wrote it down', async () => {
    const lambda = await startLambda({ 'countersign-dev-health': { COUNTERSIGN_BASE_URL: `${api.url}/api` } });
    const variables = { ...SIGNED_IN, AWS_ENDPOINT_URL_LAMBDA: lambda.url };
    const found = await run(['status', EXECUTION, '--env', 'dev'], variables);
    const absent = await run(['status', EXECUTION, '--env', 'staging'], variables);
    await lambda.close();
    expect(found.code).toBe(0);
    expect(absent.code).toBe(3);
    expect(absent.stderr).toContain('There is no environment "staging" in this account and region');
  });

  test('that a caller may not look up is said to be an output of the stack', async () => {
    const lambda = await startLoopback(() => ({
      status: 403,
      headers: { 'x-amzn-errortype': 'AccessDeniedException' },
      body: JSON.stringify({ Message: 'User: arn:aws:iam::1:user/x is not authorized' }),
    }));
    const { code, stderr } = await run(['status', '--env', 'dev'], {
      ...SIGNED_IN,
      AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    });
    await lambda.close();
    expect(code).toBe(2);
    expect(stderr).toContain('output "BaseUrl" of the stack countersign-dev-platform');
    expect(stderr).toContain('countersign env add dev --api URL');
  });

  test('of an environment that nobody knows is asked for', async () => {
    const { code, stderr } = await run(['status', '--env', 'stagin']);
    expect(code).toBe(2);
    expect(stderr).toContain('local, dev, staging, prod');
  });
});

test('no command has printed a credential', () => {
  expect(ran.length).toBeGreaterThan(30);
  const all = ran.map(({ stdout, stderr }) => stdout + stderr).join('\n');
  for (const secret of [KEYS.secretAccessKey, KEYS.sessionToken, KEYS.accessKeyId]) expect(all).not.toContain(secret);
});
