import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ApiClient } from '../../../lib/local/api-client.ts';
import { LOCAL_FLAG_ENVIRONMENT } from '../../../lib/local/services/unleash.ts';
import { executionAccepted } from '../../../lib/platform/contracts/api.ts';
import { setFlagEnabled } from '../../../lib/platform/flags/admin.ts';
import { type Answer, type CallOptions, call, errorIn } from '../support/call.ts';
import { exampleNumber, requesterOf, requestOf, SKILL } from '../support/example-requests.ts';
import { untilEnded, untilWaiting } from '../support/flow.ts';
import { ownSystem } from '../support/own-system.ts';

const { api: apiUrl, flags: flagsUrl, directory } = ownSystem();
const api = new ApiClient(apiUrl);
const { skill } = exampleNumber('01');

const post = (options: CallOptions, named: string = SKILL): Promise<Answer> =>
  call(apiUrl, 'POST', `/skills/${named}/executions`, { caller: requesterOf('01'), body: requestOf('01'), ...options });

const idIn = (answer: Answer): string => executionAccepted.parse(answer.json).executionId;

/** The problems of a refused request, as `pointer code`. */
const problemsIn = (answer: Answer): string[] =>
  errorIn(answer).problems.map(({ pointer, code }) => `${pointer} ${code}`);

describe('a request that fits', () => {
  test('is answered 202 with the id and where it stands', async () => {
    const answer = await post({});
    expect(answer.status).toBe(202);
    const { executionId, statusUrl } = executionAccepted.parse(answer.json);
    expect(statusUrl).toBe(`${apiUrl}/executions/${executionId}`);
    expect(answer.headers.get('location')).toBe(statusUrl);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await untilEnded(api, executionId)).outcome).toBe('published');
  });

  test.each([skill.name, skill.id, `${skill.id}-${skill.name}`])('names the skill as %s', async (named) => {
    const answer = await post({}, named);
    expect(answer.status).toBe(202);
    expect((await api.execution(idIn(answer))).skill).toBe(skill.name);
  });
});

describe('an idempotency key', () => {
  const key = randomUUID();
  const headers = { 'Idempotency-Key': key };
  let first: string;

  test('gives the same execution to the same caller and body, whatever the order of fields', async () => {
    first = idIn(await post({ headers }));
    const { input, ...rest } = requestOf('01');
    const reordered = { ...Object.fromEntries(Object.entries(rest).reverse()), input };
    const repeats = await Promise.all([post({ headers }), post({ headers }), post({ headers, body: reordered })]);
    expect(repeats.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(new Set(repeats.map(idIn))).toEqual(new Set([first]));
  });

  test('gives one execution to many posts at once', async () => {
    const at = { headers: { 'Idempotency-Key': randomUUID() } };
    const ids = (await Promise.all(Array.from({ length: 6 }, () => post(at)))).map(idIn);
    expect(new Set(ids).size).toBe(1);
    const { executionId } = await untilEnded(api, ids[0] ?? '');
    const trace = (await api.request('GET', `/executions/${executionId}/trace`, 'anybody')) as {
      steps: { type: string }[];
    };
    expect(trace.steps.filter(({ type }) => type === 'execution-accepted')).toHaveLength(1);
    expect(trace.steps.filter(({ type }) => type === 'execution-concluded')).toHaveLength(1);
  });

  test('is refused with another body', async () => {
    const other = requestOf('01');
    other.input.justification = 'Another reason altogether.';
    const answer = await post({ headers, body: other });
    expect(answer.status).toBe(409);
    expect(errorIn(answer).code).toBe('IdempotencyConflict');
    expect(errorIn(answer).message).toContain(first);
  });

  test('of one caller means nothing to another', async () => {
    const answer = await post({ headers, caller: 'javier.moreno' });
    expect(answer.status).toBe(202);
    expect(idIn(answer)).not.toBe(first);
  });

  test('is no place for contents', async () => {
    const answer = await post({ headers: { 'Idempotency-Key': 'k'.repeat(201) } });
    expect(answer.status).toBe(400);
    expect(problemsIn(answer)).toEqual([' invalid-idempotency-key']);
  });
});

describe('a body that does not fit', () => {
  test('is answered with every problem at once: pointer, code, message, mend', async () => {
    const body = requestOf('02') as Record<string, unknown> & ReturnType<typeof requestOf>;
    delete (body.input as Record<string, unknown>).kind;
    body.input.amount = { currency: 'EURO', minorUnits: 1.5 };
    body.input.termMonths = -1;
    body.input.surprise = true;
    body.consumer = 'somebody' as never;
    const answer = await post({ body });
    expect(answer.status).toBe(400);
    expect(problemsIn(answer).sort()).toEqual([
      '/consumer invalid-value',
      '/input/amount/currency invalid-format',
      '/input/amount/minorUnits invalid-type',
      '/input/kind invalid-value',
      '/input/surprise unknown-field',
      '/input/termMonths too-small',
    ]);
    for (const { message, mend } of errorIn(answer).problems) {
      expect(message).not.toBe('');
      expect(mend).not.toBe('');
    }
  });

  test.each(['policy', 'directory', 'requester', 'instant'])('may not bring its own %s', async (field) => {
    const own = await post({ body: { ...requestOf('01'), [field]: {} } });
    expect(own.status).toBe(400);
    expect(problemsIn(own)).toEqual([`/${field} unknown-field`]);
    const request = requestOf('01');
    const within = await post({ body: { ...request, input: { ...request.input, [field]: {} } } });
    expect(within.status).toBe(400);
    expect(problemsIn(within)).toEqual([`/input/${field} unknown-field`]);
  });

  test.each(['__proto__', 'constructor', 'prototype'])('may not name a field %s', async (field) => {
    const text = JSON.stringify(requestOf('01'));
    const own = await post({ body: text.replace('{', `{"${field}":{"policy":{}},`) });
    expect(own.status).toBe(400);
    expect(problemsIn(own)).toEqual([`/${field} forbidden-field-name`]);
    const deep = await post({ body: text.replace('"account":{', `"account":{"${field}":1,`) });
    expect(problemsIn(deep)).toEqual([`/input/account/${field} forbidden-field-name`]);
  });

  test('contradicts itself: lines that do not come to the amount', async () => {
    const body = requestOf('01');
    body.input.amount = { currency: 'EUR', minorUnits: 1 };
    const answer = await post({ body });
    expect(answer.status).toBe(400);
    expect(problemsIn(answer)).toEqual(['/input/amount/minorUnits custom']);
  });

  test.each([
    ['no JSON', '{"input": '],
    ['nothing', ''],
    ['two documents', '{} {}'],
  ])('holds %s', async (_what, body) => {
    const answer = await post({ body, headers: { 'Content-Type': 'application/json' } });
    expect(answer.status).toBe(400);
    expect(problemsIn(answer)).toEqual([' invalid-json']);
  });

  test.each([
    ['a list', []],
    ['a number', 7],
    ['null', null],
  ])('is %s', async (_what, body) => {
    const answer = await post({ body: JSON.stringify(body) });
    expect(answer.status).toBe(400);
    expect(problemsIn(answer)[0]).toMatch(/^ invalid-type/);
  });

  test('is nested too deeply', async () => {
    const answer = await post({ body: `{"input":${'['.repeat(200)}${']'.repeat(200)}}` });
    expect(answer.status).toBe(400);
    expect(problemsIn(answer)[0]).toMatch(/ too-deep$/);
  });

  test('is over 1 MiB: 413, and exactly 1 MiB is read', async () => {
    const withJustification = (bytes: number): string => {
      const request = requestOf('01');
      const empty = JSON.stringify({ ...request, input: { ...request.input, justification: '' } });
      const padded = { ...request.input, justification: 'x'.repeat(bytes - empty.length) };
      return JSON.stringify({ ...request, input: padded });
    };
    const over = await post({ body: withJustification(1_048_577) });
    expect(over.status).toBe(413);
    expect(errorIn(over).code).toBe('PayloadTooLarge');
    const within = await post({ body: withJustification(1_048_576) });
    expect(within.status).toBe(400);
    expect(problemsIn(within)).toEqual(['/input/justification too-big']);
  });
});

describe('a request without scope', () => {
  test.each([
    ['acceptanceCriteria', ['/acceptanceCriteria']],
    ['consumer', ['/consumer']],
  ])('that leaves out %s is answered 422 with a hint', async (field, pointers) => {
    const body = Object.fromEntries(Object.entries(requestOf('01')).filter(([name]) => name !== field));
    const answer = await post({ body });
    expect(answer.status).toBe(422);
    const error = errorIn(answer);
    expect(error.code).toBe('NeedsScoping');
    expect(error.message).toContain(field);
    expect(error.problems.map(({ pointer }) => pointer)).toEqual(pointers);
  });
});

describe('a skill that is not there', () => {
  test('is answered 404 with the skills there are', async () => {
    const answer = await post({}, 'no-such-skill');
    expect(answer.status).toBe(404);
    expect(errorIn(answer).message).toContain(skill.name);
    expect(errorIn(answer).message).toContain(skill.id);
  });
});

describe('facts that the directory does not bear out', () => {
  test('that contradict it bring in a person where all else would pass by itself', async () => {
    const body = requestOf('01');
    body.input.account.annualRecurringRevenue = { currency: 'EUR', minorUnits: 6_400_001 };
    const executionId = idIn(await post({ body }));
    const { waitingFor } = await untilWaiting(api, executionId);
    expect(waitingFor?.levels.map(({ levelId }) => levelId)).toEqual(['deal-desk']);
    await api.request('POST', `/executions/${executionId}/withdraw`, requesterOf('01'));
  });

  test('about an account nobody knows bring in a person as well', async () => {
    const body = requestOf('01');
    body.input.account.id = 'acc-nobody-knows';
    const executionId = idIn(await post({ body }));
    const { waitingFor } = await untilWaiting(api, executionId);
    expect(waitingFor?.levels.map(({ levelId }) => levelId)).toEqual(['deal-desk']);
    await api.request('POST', `/executions/${executionId}/withdraw`, requesterOf('01'));
  });
});

describe('who asks', () => {
  const onBehalfOf = (person: string) => ({ 'Countersign-On-Behalf-Of': person });

  test('must be known: no identity', async () => {
    const answer = await call(apiUrl, 'POST', `/skills/${SKILL}/executions`, { body: requestOf('01') });
    expect(answer.status).toBe(403);
    expect(errorIn(answer).code).toBe('MissingIdentity');
  });

  test.each([
    ['nobody of the directory', 'mallory'],
    ['somebody who has left', 'petra.hoffmann'],
    ['a system that names nobody', 'crm-integration'],
  ])('is refused: %s', async (_who, caller) => {
    const answer = await post({ caller });
    expect(answer.status).toBe(403);
    expect(errorIn(answer).code).toBe('Forbidden');
  });

  test('may be named by a listed system, and both are recorded', async () => {
    const answer = await post({ caller: 'crm-integration', headers: onBehalfOf('ana.ruiz') });
    expect(answer.status).toBe(202);
    const executionId = idIn(answer);
    expect((await untilEnded(api, executionId)).requester).toBe('ana.ruiz');
    const evidence = JSON.stringify(await api.evidence(executionId));
    expect(evidence).toContain('"crm-integration"');
    expect(evidence).toContain('"Customer relationship management"');
  });

  test('may not be named by anybody else', async () => {
    for (const caller of ['ana.ruiz', 'other-system']) {
      const answer = await post({ caller, headers: onBehalfOf('lukas.weber') });
      expect(answer.status).toBe(403);
      expect(errorIn(answer).message).toContain('trusted');
    }
  });

  test('may not be named as nobody', async () => {
    const answer = await post({ caller: 'crm-integration', headers: onBehalfOf('mallory') });
    expect(answer.status).toBe(403);
  });
});

describe('a flag that is off', () => {
  const secrets = JSON.parse(readFileSync(join(directory, 'flags', 'secrets.json'), 'utf8')) as { admin: string };
  const switchFlag = async (on: boolean): Promise<void> => {
    const admin = { url: flagsUrl, adminToken: `*:*.${secrets.admin}` };
    await setFlagEnabled(admin, LOCAL_FLAG_ENVIRONMENT, skill.flag, on);
    // The schedules run whenever time is skipped, the one that syncs the flags among them.
    await api.skipTime(1);
  };
  afterAll(() => switchFlag(true));

  test('keeps the skill from starting, and lets it when it is on again', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    await switchFlag(false);
    const refused = await post({ headers });
    expect(refused.status).toBe(409);
    expect(errorIn(refused).code).toBe('NotRolledOut');
    expect(errorIn(refused).message).toContain(skill.flag);
    const preview = await call(apiUrl, 'POST', `/skills/${SKILL}/preview`, {
      caller: requesterOf('01'),
      body: requestOf('01'),
    });
    expect(preview.json).toMatchObject({ rolledOut: false });

    await switchFlag(true);
    const accepted = await post({ headers });
    expect(accepted.status).toBe(202);
    expect((await untilEnded(api, idIn(accepted))).outcome).toBe('published');
  });
});
