import type * as z from 'zod';
import type { executionAccepted, executionView, health } from '../../../../lib/platform/contracts/api.ts';
import { type Answer, type Asked, startLoopback } from '../../../contract/loopback.ts';
import { type Keys, wrongWith } from './sigv4.ts';

export const KEYS: Keys & { sessionToken: string } = {
  accessKeyId: 'AKIDCOMMANDLINE',
  secretAccessKey: 'a/secret+that/is+never/printed/anywhere=',
  sessionToken: 'a-session-token-that-is-never-printed',
};
export const REGION = 'eu-central-1';

/** The variables of a caller who has signed in. */
export const SIGNED_IN = {
  AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
  AWS_SESSION_TOKEN: KEYS.sessionToken,
  AWS_REGION: REGION,
};

export const EXECUTION = 'ex-aaaaaaaaaaaaaaaaaaaaaaaaaa';

/** What an execution looks like while people are asked. */
export const waiting: z.input<typeof executionView> = {
  executionId: EXECUTION,
  skill: 'human-approval-routing-for-sales-and-client-success',
  accountId: 'acc-castellan',
  requester: 'ana.ruiz',
  status: 'waiting',
  createdAt: '2026-11-20T09:00:00Z',
  updatedAt: '2026-11-20T09:00:05Z',
  configuration: { version: '1.0.0-b7d1be49', digest: `sha256:${'0'.repeat(64)}` },
  gates: [],
  waitingFor: {
    stage: 1,
    round: 1,
    deadlineAt: '2026-11-21T09:00:00Z',
    levels: [
      {
        levelId: 'manager',
        name: 'Sales manager',
        required: 1,
        status: 'open',
        dueAt: '2026-11-21T09:00:00Z',
        seats: [{ seatId: 'manager.1', principal: 'noah.berg', approver: 'noah.berg', status: 'open' }],
      },
    ],
  },
};

const accepted: z.input<typeof executionAccepted> = { executionId: EXECUTION, statusUrl: 'https://api.example/x' };

const json = (status: number, document: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(document),
});

/** As API Gateway words it: with the request and its token in it, which nobody may print. */
const mismatch = (asked: Asked): Answer =>
  json(
    403,
    { message: `The request signature we calculated does not match. Canonical: ${JSON.stringify(asked.headers)}` },
    { 'x-amzn-errortype': 'InvalidSignatureException' },
  );

/**
 * An environment's API behind IAM on the loopback interface: it recomputes every signature, and refuses as API Gateway does.
 * @param special answers that a test wants instead; asked only for requests whose signature holds.
 */
export function startAwsApi(environment: string, special: (asked: Asked) => Answer | undefined = () => undefined) {
  const alive: z.input<typeof health> = {
    status: 'ok',
    environment,
    now: '2026-11-20T09:00:00Z',
    flags: {},
    skills: [],
  };
  return startLoopback((asked) => {
    const path = asked.path.replace(/^\/api/, '');
    if (path === '/healthz') return json(200, alive);
    const wrong = wrongWith(asked, { keys: KEYS, region: REGION, service: 'execute-api', now: new Date() });
    if (wrong !== undefined) return mismatch(asked);
    const answer = special({ ...asked, path });
    if (answer !== undefined) return answer;
    if (asked.method === 'POST' && path.endsWith('/executions')) return json(202, accepted);
    if (path === `/executions/${EXECUTION}`) return json(200, waiting);
    if (path.startsWith('/executions?')) return json(200, { executions: [] });
    return json(
      403,
      { message: 'Missing Authentication Token' },
      { 'x-amzn-errortype': 'MissingAuthenticationTokenException' },
    );
  });
}

/** A service of AWS on the loopback interface that knows the configuration of functions, by name. */
export function startLambda(
  functions: Readonly<Record<string, Readonly<Record<string, string>>>>,
  account = '111122223333',
) {
  return startLoopback((asked) => {
    const wrong = wrongWith(asked, { keys: KEYS, region: REGION, service: 'lambda', now: new Date() });
    if (wrong !== undefined) return json(403, { message: wrong }, { 'x-amzn-errortype': 'InvalidSignatureException' });
    const name = /\/functions\/([^/]+)\/configuration/.exec(asked.path)?.[1] ?? '';
    const variables = functions[name];
    if (variables === undefined)
      return json(404, { Message: `Function not found: ${name}` }, { 'x-amzn-errortype': 'ResourceNotFoundException' });
    const FunctionArn = `arn:aws:lambda:${REGION}:${account}:function:${name}`;
    return json(200, { FunctionName: name, FunctionArn, Environment: { Variables: variables } });
  });
}
