import { beforeAll, describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { skills } from '#skills';
import { ApiClient } from '../../../lib/local/api-client.ts';
import { decideByMail } from '../../../lib/local/person.ts';
import { executionList, executionTrace, executionView, preview } from '../../../lib/platform/contracts/api.ts';
import { verifyEvidence } from '../../../lib/platform/evidence/verify.ts';
import { engineVersions } from '../../../lib/platform/executions/engine-versions.ts';
import { call, errorIn } from '../support/call.ts';
import { exampleNumber, requesterOf, requestOf, SKILL } from '../support/example-requests.ts';
import { startWaiting, untilEnded, untilWaiting } from '../support/flow.ts';
import { addressOf } from '../support/mails.ts';
import { ownSystem } from '../support/own-system.ts';

const { api: apiUrl, inbox } = ownSystem();
const api = new ApiClient(apiUrl);
const get = (path: string) => call(apiUrl, 'GET', path, { caller: 'auditor' });

type Listed = z.infer<typeof executionList>['executions'];

/** Walks through every page of a list. */
async function listAll(query: string, limit: number): Promise<{ found: Listed; pages: number }> {
  const found: Listed[number][] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const at = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = executionList.parse((await get(`/executions?limit=${limit}&${query}${at}`)).json);
    expect(page.executions.length).toBeLessThanOrEqual(limit);
    found.push(...page.executions);
    cursor = page.cursor;
    pages += 1;
  } while (cursor !== undefined);
  return { found, pages };
}

/** A skill's result without the due times, which depend on the instant that it was computed for. */
function timeless<Result extends { artifact?: unknown }>(result: Result): Result {
  const { dueInstants: _, ...artifact } = result.artifact as { dueInstants?: unknown };
  return { ...result, artifact };
}

describe('an execution from its start to its end', () => {
  let executionId: string;
  beforeAll(async () => {
    executionId = await startWaiting(api, '02');
  });

  test('says what it waits for: stage, levels, seats, due', async () => {
    const answer = await get(`/executions/${executionId}`);
    expect(answer.status).toBe(200);
    const view = executionView.parse(answer.json);
    expect(view).toMatchObject({ status: 'waiting', skill: exampleNumber('02').skill.name, accountId: 'acc-bergwerk' });
    expect(view).not.toHaveProperty('outcome');
    expect(view.waitingFor).toMatchObject({ stage: 1, round: 1 });
    expect(view.waitingFor?.levels).toMatchObject([
      {
        levelId: 'sales-manager',
        required: 1,
        status: 'open',
        seats: [{ principal: 'javier.moreno', approver: 'javier.moreno', status: 'open' }],
      },
    ]);
    expect(view.waitingFor?.levels[0]?.dueAt).toBe(view.waitingFor?.deadlineAt);
    expect((view.waitingFor?.deadlineAt ?? '') > (await api.now())).toBe(true);
  });

  test('is previewed as it is computed, and the preview stores nothing', async () => {
    const before = await listAll('', 100);
    const answer = await call(apiUrl, 'POST', `/skills/${SKILL}/preview`, {
      caller: requesterOf('02'),
      body: requestOf('02'),
    });
    expect(answer.status).toBe(200);
    const route = preview.parse(answer.json);
    expect(route).toMatchObject({ verdict: 'approve', rolledOut: true });
    const { artifacts } = (await api.evidence(executionId)) as { artifacts: { role: string; document: object }[] };
    const result = artifacts.find(({ role }) => role === 'result')?.document ?? {};
    // Everything that the execution computed, the preview computed too; only due times follow from when it was asked.
    expect(timeless(route)).toMatchObject(timeless(result));
    expect(await listAll('', 100)).toEqual(before);
  });

  test('answers why and why not for every rule of the policy', async () => {
    const trace = executionTrace.parse((await get(`/executions/${executionId}/trace`)).json);
    const policy = exampleNumber('02').skill.baselineConfiguration() as { rules: { id: string }[] };
    const weighed = new Map(trace.decisions.map(({ id, met, because }) => [id, { met, because }]));
    for (const { id } of policy.rules) {
      expect(weighed.has(id), id).toBe(true);
      expect(weighed.get(id)?.because, id).not.toBe('');
    }
    expect(weighed.get('discount-beyond-standard')?.met).toBe(true);
    expect(weighed.get('discount-floor')?.met).toBe(false);
    expect(trace.steps.map(({ seq }) => seq)).toEqual(trace.steps.map((_, index) => index + 1));
    expect(trace.steps[0]?.type).toBe('execution-accepted');
    expect(trace.steps.some(({ type }) => type === 'decision-recorded')).toBe(false);
  });

  test('shows the decisions as they come in, and its three outputs at the end', async () => {
    await decideByMail(inbox, addressOf('javier.moreno'), executionId, { choice: 'approve' });
    const { waitingFor } = await untilWaiting(api, executionId, 2);
    expect(waitingFor?.levels.map(({ levelId }) => levelId)).toEqual(['deal-desk']);
    await decideByMail(inbox, addressOf('anil.deshpande'), executionId, { choice: 'approve', comment: 'Fine.' });
    await untilEnded(api, executionId);
    const view = executionView.parse((await get(`/executions/${executionId}`)).json);
    expect(view).toMatchObject({ status: 'succeeded', outcome: 'published' });
    expect(view).not.toHaveProperty('waitingFor');
    expect(view.gates.map(({ gate, result }) => [gate, result])).toEqual([
      ['schema-contract-check', 'pass'],
      ['determinism-check', 'pass'],
      ['policy-approval-check', 'pass'],
    ]);
    const { outputs } = view;
    expect(outputs?.primary_artifact_bundle.approvals.map(({ approver, comment }) => [approver, comment])).toEqual([
      ['javier.moreno', ''],
      ['anil.deshpande', 'Fine.'],
    ]);
    expect(outputs?.execution_scorecard.measures).toMatchObject({ levels: 2, decisions: 2, escalations: 0 });
    expect(outputs?.handoff_packet.declaredConsumer).toBe(requestOf('02').consumer);
    for (const output of Object.values(outputs ?? {}))
      expect(output).toMatchObject({ executionId, outcome: 'published' });
  });

  test('leaves evidence that a stranger can re-check', async () => {
    const answer = await get(`/executions/${executionId}/evidence`);
    expect(answer.status).toBe(200);
    const report = await verifyEvidence(answer.json, { skills, versions: engineVersions });
    expect(report).toMatchObject({ ok: true });
    expect(report.checks.find(({ check }) => check === 're-execution')?.result).toBe('pass');
  });

  test.each(['', '/trace', '/evidence'])('is told apart from an unknown one at /executions/{id}%s', async (below) => {
    for (const unknown of ['ex-unknown', `${executionId}x`, '%2e%2e', 'ex-%00']) {
      const answer = await get(`/executions/${unknown}${below}`);
      expect(answer.status, unknown).toBe(404);
      expect(errorIn(answer).code).toBe('NotFound');
    }
  });
});

describe('the list', () => {
  let ids: string[];
  let from: string;
  beforeAll(async () => {
    from = await api.now();
    ids = await Promise.all(Array.from({ length: 5 }, () => api.start(SKILL, requesterOf('08'), requestOf('08'))));
    await Promise.all(ids.map((id) => untilEnded(api, id)));
  });

  test('is walked through by its cursor: every execution once, newest first', async () => {
    const { found, pages } = await listAll(`from=${from}`, 2);
    expect(pages).toBeGreaterThanOrEqual(3);
    const listed = found.map(({ executionId }) => executionId);
    expect(new Set(listed).size).toBe(listed.length);
    expect([...listed].sort()).toEqual([...ids].sort());
    const times = found.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());
    expect((await listAll(`from=${from}`, 100)).found).toEqual(found);
  });

  test.each([
    [`skill=${SKILL}`, 5],
    [`skill=${exampleNumber('08').skill.name}`, 5],
    ['outcome=blocked', 5],
    ['outcome=published', 0],
    ['status=succeeded', 5],
    ['status=waiting', 0],
    ['status=succeeded&outcome=rejected', 0],
  ])('is filtered by %s', async (filter, count) => {
    expect((await listAll(`from=${from}&${filter}`, 2)).found).toHaveLength(count);
  });

  test('ends at `to`', async () => {
    const before = new Date(Date.parse(from) - 1).toISOString();
    const { found } = await listAll(`to=${before}`, 100);
    expect(found.filter(({ executionId }) => ids.includes(executionId))).toEqual([]);
  });

  test.each([
    ['limit=0', '/limit'],
    ['limit=101', '/limit'],
    ['limit=many', '/limit'],
    ['status=sleeping', '/status'],
    ['outcome=fine', '/outcome'],
    ['from=yesterday', '/from'],
    ['to=2026-13-01T00:00:00Z', '/to'],
    ['cursor=nonsense', '/cursor'],
    ['colour=green', '/colour'],
  ])('refuses %s with its pointer', async (query, pointer) => {
    const answer = await get(`/executions?${query}`);
    expect(answer.status).toBe(400);
    expect(errorIn(answer).problems.map((problem) => problem.pointer)).toEqual([pointer]);
  });

  test('refuses a skill that is not there', async () => {
    expect((await get('/executions?skill=none')).status).toBe(404);
  });
});

describe('a preview', () => {
  test('says that a request would be blocked, and why', async () => {
    const answer = await call(apiUrl, 'POST', `/skills/${SKILL}/preview`, {
      caller: requesterOf('08'),
      body: requestOf('08'),
    });
    const route = preview.parse(answer.json);
    expect(route.verdict).toBe('block');
    expect(route.reasons.length).toBeGreaterThan(0);
    expect(route).not.toHaveProperty('plan');
  });

  test('refuses what starting refuses', async () => {
    const bad = await call(apiUrl, 'POST', `/skills/${SKILL}/preview`, {
      caller: requesterOf('01'),
      body: { ...requestOf('01'), policy: {} },
    });
    expect(bad.status).toBe(400);
    expect(errorIn(bad).problems.map(({ pointer }) => pointer)).toEqual(['/policy']);
    const stranger = await call(apiUrl, 'POST', `/skills/${SKILL}/preview`, {
      caller: 'mallory',
      body: requestOf('01'),
    });
    expect(stranger.status).toBe(403);
    const unknown = await call(apiUrl, 'POST', '/skills/none/preview', { caller: 'ana.ruiz', body: requestOf('01') });
    expect(unknown.status).toBe(404);
  });
});

describe('the pages for operators', () => {
  test('show the executions, and each one with its way', async () => {
    const executionId = await startWaiting(api, '06');
    const status = await get('/status');
    expect(status.status).toBe(200);
    expect(status.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(status.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(status.text).toContain(executionId);
    const one = await get(`/status/${executionId}`);
    expect(one.status).toBe(200);
    expect(one.text).toContain('RequestApproval');
    expect(one.text).not.toContain('<script');
    expect((await get('/status/ex-unknown')).status).toBe(404);
    await api.request('POST', `/executions/${executionId}/withdraw`, requesterOf('06'));
  });
});
