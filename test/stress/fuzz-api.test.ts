import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { approvalPlan } from '../../lib/core/approval/plan.ts';
import { openLink } from '../../lib/local/person.ts';
import { executionAccepted, executionList, preview } from '../../lib/platform/contracts/api.ts';
import { type Answer, call, errorIn } from '../e2e/support/call.ts';
import { examples, SKILL } from '../e2e/support/example-requests.ts';
import { count, printFigures, seed } from './support/counts.ts';
import { hostileDocuments } from './support/hostile-json.ts';
import { LightHost } from './support/light-host.ts';
import { askPanel, newestLink, PANEL, PANEL_REQUESTER, PANEL_SKILL, panelRequest } from './support/panel.ts';
import { soundEvidence } from './support/soundness.ts';

const host = new LightHost(inject('templateFile'));
const began = performance.now();
const figures: Record<string, number> = {};
const numRuns = count(80, 2_000);
const TIME = 3_600_000;

const bodies = hostileDocuments([
  ...examples.map(({ example }) => example.request),
  panelRequest(2, 1),
  panelRequest(3, 2),
]);
const callers = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...new Set(examples.map(({ example }) => example.requester))) },
  { weight: 1, arbitrary: fc.constantFrom(PANEL_REQUESTER, 'nobody', 'local-operator') },
  { weight: 1, arbitrary: fc.stringMatching(/^[!-~]{1,40}$/) },
);
/** Segments of a path: proper ones, encoded ones, and ones that cannot be decoded. */
const segments = fc.oneof(
  fc.constantFrom(SKILL, PANEL_SKILL, '%', '%E0%A4%A', '%00', '..%2f..', '%2525', 'é', 'a'.repeat(3_000)),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }).map((text) => encodeURIComponent(text.toWellFormed())),
  fc.stringMatching(/^[!-"$-.0-~]{1,40}$/),
);

/** A cursor of the list of executions, for an entry that is in no such list. */
function cursorOf(gsi1pk: string): string {
  const from = { pk: 'EXECUTION#x', sk: 'EXECUTION', gsi1pk, gsi1sk: 'x' };
  return Buffer.from(JSON.stringify({ month: '2026-11', from })).toString('base64url');
}

beforeAll(async () => {
  await host.start();
});
afterAll(async () => {
  await host.close();
  printFigures('fuzzed API', figures, began);
});

/** Counts an answer, and sees that it is one that the contract knows: never a fault of ours, always an error with a code. */
function take(target: string, { status, json, text }: Answer): void {
  const name = `${target} ${status}`;
  figures[name] = (figures[name] ?? 0) + 1;
  expect(status, text.slice(0, 500)).toBeLessThan(500);
  if (status >= 400 && json !== undefined) expect(errorIn({ json } as Answer).code).toMatch(/^[A-Z]\w+$/);
}

test(
  'POST /skills/{skill}/executions: a typed error, or an execution that ends without a fault',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        bodies,
        callers,
        fc.constantFrom(SKILL, SKILL, SKILL, PANEL_SKILL),
        fc.option(fc.stringMatching(/^[!-~]{0,210}$/), { nil: undefined }),
        async (body, caller, skill, key) => {
          const headers = key === undefined ? {} : { 'Idempotency-Key': key };
          const answer = await call(host.api, 'POST', `/skills/${skill}/executions`, { caller, body, headers });
          take('start', answer);
          if (answer.status < 300) executionAccepted.parse(answer.json);
        },
      ),
      { seed, numRuns, endOnFailure: false },
    );
    await host.client.skipTime(120);
    const failed = await host.client.request('GET', '/executions?status=failed&limit=100', 'auditor');
    expect(executionList.parse(failed).executions).toEqual([]);
  },
  TIME,
);

test(
  'bodies that are no JSON, under any content type: a typed error',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 200 }),
          fc.json().map((text) => text.slice(0, -1)),
        ),
        fc.oneof(fc.constantFrom('application/json', 'text/plain', ''), fc.stringMatching(/^[!-~]{1,30}$/)),
        fc.constantFrom('executions', 'preview'),
        async (body, type, action) => {
          const headers: Record<string, string> = type === '' ? {} : { 'Content-Type': type };
          take(
            'garbage',
            await call(host.api, 'POST', `/skills/${SKILL}/${action}`, { caller: 'ana.ruiz', body, headers }),
          );
        },
      ),
      { seed, numRuns: Math.ceil(numRuns / 4) },
    );
  },
  TIME,
);

test(
  'POST /skills/{skill}/preview: a typed error, or a valid plan',
  async () => {
    await fc.assert(
      fc.asyncProperty(bodies, callers, async (body, caller) => {
        const answer = await call(host.api, 'POST', `/skills/${SKILL}/preview`, { caller, body });
        take('preview', answer);
        if (answer.status !== 200) return;
        const { plan, verdict } = preview.parse(answer.json);
        if (verdict === 'approve') approvalPlan.parse(plan);
      }),
      { seed, numRuns },
    );
  },
  TIME,
);

test(
  'GET with any path and any parameters: an answer or a typed error',
  async () => {
    const instants = fc.oneof(
      fc.constantFrom(
        '2026-11-01T00:00:00Z',
        '0000-01-01T00:00:00Z',
        '9999-12-31T23:59:59.999Z',
        '2026-11-31T00:00:00Z',
      ),
      fc.string({ maxLength: 30 }),
    );
    const cursors = fc.oneof(
      fc.string({ maxLength: 700 }),
      hostileDocuments([
        { month: '2026-11', from: { pk: 'EXECUTION#x', sk: 'EXECUTION', gsi1pk: 'EXECUTIONS#2026-11', gsi1sk: 'x' } },
        { month: '2026-11' },
      ]).map((value) =>
        Buffer.from(JSON.stringify(value) ?? '')
          .toString('base64url')
          .slice(0, 600),
      ),
    );
    const parameters = fc.record(
      {
        skill: fc.oneof(fc.constantFrom(SKILL, ''), fc.string()),
        status: fc.oneof(fc.constantFrom('waiting', 'failed'), fc.string()),
        outcome: fc.oneof(fc.constantFrom('published', 'expired'), fc.string()),
        from: instants,
        to: instants,
        limit: fc.oneof(fc.integer().map(String), fc.constantFrom('1', '100', '1e2', '0x10', ' 5 ', ''), fc.string()),
        cursor: cursors,
        other: fc.string(),
      },
      { requiredKeys: [] },
    );
    const paths = fc.oneof(
      fc.constantFrom('/executions', '/status'),
      segments.map((segment) => `/executions/${segment}`),
      fc
        .tuple(segments, fc.constantFrom('trace', 'evidence', 'explanation'))
        .map(([id, part]) => `/executions/${id}/${part}`),
      segments.map((segment) => `/status/${segment}`),
      segments.map((segment) => `/approvals/${segment}`),
    );
    await fc.assert(
      fc.asyncProperty(paths, parameters, async (path, query) => {
        const text = new URLSearchParams(
          Object.entries(query).map(([name, value]): [string, string] => [name, value.toWellFormed()]),
        );
        take('read', await call(host.api, 'GET', `${path}?${text}`, { caller: 'auditor' }));
      }),
      {
        seed,
        numRuns: numRuns * 2,
        // What was not answered properly once: a path that cannot be decoded, a key that is too long, a cursor of other pages.
        examples: [
          ['/executions/%E0%A4%A', {}],
          [`/executions/${'a'.repeat(3_000)}`, {}],
          ['/executions', { cursor: cursorOf('EXECUTIONS#2020-01') }],
        ],
      },
    );
  },
  TIME,
);

test(
  'POST with any path: an answer or a typed error',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        segments,
        fc.constantFrom('/skills/*/executions', '/skills/*/preview', '/executions/*/withdraw', '/approvals/*'),
        bodies,
        async (segment, path, body) =>
          take('paths', await call(host.api, 'POST', path.replace('*', segment), { caller: 'ana.ruiz', body })),
      ),
      { seed, numRuns },
    );
  },
  TIME,
);

test(
  'POST to an approval link, whatever is sent: never a fault, never a decision that nobody chose',
  async () => {
    const executionId = await askPanel(host, 2, 2);
    const link = await newestLink(host, executionId, PANEL[0]);
    const texts = fc.string({ unit: 'binary', maxLength: 300 }).map((text) => text.toWellFormed());
    const choices = fc
      .oneof(fc.constantFrom('Approve', 'approve ', 'APPROVE', 'approved', 'close', 're-run', '', 'true', 'on'), texts)
      .filter((choice) => !['approve', 'reject', 'request-changes'].includes(choice));
    const forms = fc.record(
      {
        // Mostly the right one, so that what follows it is reached.
        nonce: fc.oneof({ weight: 4, arbitrary: fc.constant('*') }, { weight: 1, arbitrary: texts }),
        choice: choices,
        comment: fc.oneof(texts, fc.constant('ä'.repeat(5_000))),
        code: texts,
        other: texts,
      },
      { requiredKeys: ['nonce'] },
    );
    await fc.assert(
      fc.asyncProperty(
        forms,
        fc.option(texts, { nil: undefined }),
        fc.constantFrom(
          'application/x-www-form-urlencoded',
          'application/x-www-form-urlencoded; charset=x',
          'text/plain',
        ),
        async (form, raw, type) => {
          const page = await openLink(link);
          const fields = new URLSearchParams({ ...form, nonce: form.nonce === '*' ? (page.nonce ?? '') : form.nonce });
          const body = raw === undefined ? fields.toString() : raw;
          const headers = { Origin: host.api, 'Content-Type': type, Cookie: page.cookie ?? '' };
          take('links', await call(host.api, 'POST', new URL(link).pathname, { body, headers }));
        },
      ),
      { seed, numRuns },
    );
    const { stages } = await soundEvidence(host, executionId);
    expect(stages[0]?.levels[0]?.seats.map(({ standing }) => standing)).toEqual(['open', 'open']);
  },
  TIME,
);

test('nothing was left uncaught, and nothing failed behind the scenes', () => {
  expect(host.alive).toBe(true);
  expect(host.complaints).toBe('');
  const errors = host.log().filter(({ level }) => level === 'error');
  expect([...new Set(errors.map(({ event, error, stack }) => `${event} ${error}: ${stack}`))]).toEqual([]);
});
