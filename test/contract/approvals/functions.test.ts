import type { APIGatewayProxyEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handler as approvalLink } from '../../../functions/api/approval-link.ts';
import { installRuntime } from '../../../functions/runtime.ts';
import { handler as escalate } from '../../../functions/steps/escalate.ts';
import { handler as requestApproval } from '../../../functions/steps/request-approval.ts';
import { handler as requestOversight } from '../../../functions/steps/request-oversight.ts';
import { prepareStage } from '../../../lib/platform/approvals/prepare-stage.ts';
import { sendLogTo } from '../../../lib/platform/log.ts';
import { endWorlds, level, linkOf, plan, startWorld, type World } from './world.ts';

let world: World;
let next: Awaited<ReturnType<typeof prepareStage>>;
const logged: string[] = [];

beforeAll(async () => {
  sendLogTo((line) => logged.push(line));
  world = await startWorld(plan([level('manager', ['ada'])]));
  installRuntime(world.runtime);
  next = await prepareStage(world.runtime, world.executionId, 1, world.runtime.clock.now());
});
afterAll(endWorlds);

const flow = () => ({ executionId: world.executionId, skill: 'sample', verdict: 'approve', next });

/** An event as API Gateway's REST API makes it (payload version 1), as far as a handler may look. */
function event(httpMethod: string, link: string, headers: Record<string, string> = {}, body: string | null = null) {
  return {
    httpMethod,
    resource: '/approvals/{link}',
    path: `/approvals/${link}`,
    pathParameters: { link },
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    body: body === null ? null : Buffer.from(body).toString('base64'),
    isBase64Encoded: body !== null,
    requestContext: { requestId: 'request-1' },
  } as unknown as APIGatewayProxyEvent;
}

describe('the functions of the approval desk', () => {
  it('open a stage by the payload of a waiting task', async () => {
    await requestApproval({ taskToken: 'a-token', flow: flow() });
    expect(world.runtime.mail.to('ada@example.com')).toHaveLength(1);
  });

  it('refuse payloads that do not fit their contract', async () => {
    await expect(requestApproval({ flow: flow() })).rejects.toMatchObject({ code: 'InvalidInput' });
    await expect(requestOversight({ taskToken: '' })).rejects.toMatchObject({ code: 'InvalidInput' });
    await expect(escalate({ executionId: 'x' })).rejects.toMatchObject({ code: 'InvalidInput' });
  });

  it('show and decide through API Gateway events, headers in any case', async () => {
    const link = linkOf(world, 'ada');
    const shown = await approvalLink(event('GET', link, { 'User-Agent': 'Mozilla/5.0 Firefox/140.0' }));
    expect([shown.statusCode, shown.headers?.['Content-Type']]).toEqual([200, 'text/html; charset=utf-8']);
    const cookie = String(shown.headers?.['Set-Cookie']).split(';')[0]!;
    const nonce = /name="nonce" value="([^"]+)"/.exec(shown.body)?.[1] ?? '';
    const headers = {
      Origin: 'http://127.0.0.1:8080',
      Cookie: `theme=dark; ${cookie}`,
      'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
    };
    const body = new URLSearchParams({ nonce, choice: 'approve', comment: 'Schön so.\r\nDanke.' }).toString();
    const decided = await approvalLink(event('POST', link, headers, body));
    expect([decided.statusCode, decided.body.includes('Schön so.')]).toEqual([200, true]);
    expect(world.runtime.states.signals).toHaveLength(1);
  });

  it('answer a fault with a page, without details, and log neither link nor secret', async () => {
    const link = linkOf(world, 'ada');
    const broken = {
      ...world.runtime,
      artifacts: {
        get: async () => Promise.reject(new Error(link)),
        put: world.runtime.artifacts.put,
        erase: world.runtime.artifacts.erase,
      },
    };
    installRuntime(broken);
    const answer = await approvalLink(event('GET', link));
    installRuntime(world.runtime);
    expect([answer.statusCode, answer.headers?.['Cache-Control'], answer.body.includes(link)]).toEqual([
      500,
      'no-store',
      false,
    ]);
    expect(logged.join('\n')).toContain('approval-link-failed');
    expect(logged.some((line) => link.split('.').some((part) => line.includes(part)))).toBe(false);
  });

  it('carry on after a timeout', async () => {
    const timedOut = { ...flow(), timeout: { Error: 'States.Timeout', Cause: '' } };
    expect(await escalate(timedOut)).toEqual({ executionId: world.executionId, skill: 'sample', verdict: 'approved' });
  });
});
