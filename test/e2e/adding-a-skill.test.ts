import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiClient } from '../../lib/local/api-client.ts';
import { linkIn, openLink, sendForm } from '../../lib/local/person.ts';
import { executionAccepted, health } from '../../lib/platform/contracts/api.ts';
import { call, errorIn } from './support/call.ts';
import { exampleNumber, requesterOf, requestOf, SKILL } from './support/example-requests.ts';
import { untilEnded, untilWaiting } from './support/flow.ts';
import { linkTo, mailTo } from './support/mails.ts';
import { textOf } from './support/page-text.ts';
import { runCommand, type SpawnedSystem, spawnSystem } from './support/spawned-system.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TINY = { name: 'tiny-loans-for-tests', id: 'u99998', flag: 'skill_99998_tiny-loans' };

/** A skill in one file: lends up to ten units by itself, and asks one person beyond. */
const TINY_SKILL = `
import * as z from 'zod';
import { defineSkill } from '${ROOT}lib/platform/skill/define-skill.ts';

const plan = {
  schema: 'countersign/approval-plan/1',
  stages: [
    {
      stage: 1,
      levels: [
        {
          levelId: 'keeper',
          name: 'Keeper of the loans',
          required: 1,
          seats: [{ seatId: 'keeper.1', principal: 'felix.arnold', approver: 'felix.arnold', delegations: [] }],
          serviceLevelBusinessMinutes: 12_000,
          remindAfterBusinessMinutes: [],
          escalation: [],
          assurance: 'link',
          because: ['beyond-ten'],
        },
      ],
    },
  ],
  excluded: [],
} as const;

export const skill = defineSkill({
  name: '${TINY.name}',
  id: '${TINY.id}',
  title: 'Tiny loans',
  version: '1.0.0',
  archetype: 'router',
  coreMethod: 'counting',
  primaryArtifact: 'loan',
  routingTag: 'tests:loan',
  releaseCycles: 1,
  flag: '${TINY.flag}',
  input: z.strictObject({ account: z.string().min(1), units: z.int().min(1) }),
  unorderedArrays: [],
  accountId: (input) => input.account,
  recordOwner: () => undefined,
  baselineConfiguration: () => ({ version: '1.0.0', most: 10 }),
  loadConfiguration: (value) => z.strictObject({ version: z.string(), most: z.int() }).parse(value),
  referenceDirectory: () => ({}),
  defaults: {
    acceptanceCriteria: [{ id: 'lent', statement: 'The units are lent.', measure: 'Units lent' }],
    consumer: 'audit-log',
  },
  consumers: ['audit-log'],
  budget: { workUnits: 10, outputBytes: 20_000, mails: 10, computingExecutions: 1 },
  oversightTimeoutSeconds: 3600,
  metrics: [],
  guardrails: [],
  cadence: { daily: 'none', weekly: 'none', monthly: 'none' },
  execute: ({ input, configuration: { most }, requester }) => ({
    verdict: input.units <= most ? 'publish' : 'approve',
    reasons: [],
    artifact: { lent: input.units },
    terms: {
      schema: 'countersign/terms/1',
      kind: 'Loan',
      accountName: input.account,
      requesterName: requester.personId,
      summary: 'Some units are asked for.',
      lines: [{ label: 'Units', value: String(input.units), differs: input.units > most }],
    },
    ...(input.units <= most ? {} : { plan }),
    risk: { score: 0, factors: [] },
    confidenceBasisPoints: 10_000,
    trace: [{ id: 'beyond-ten', met: input.units > most, because: 'The units were counted.', detail: { most } }],
    workUnits: 1,
    nextHop: 'store',
  }),
});
`;

const folder = mkdtempSync(join(tmpdir(), 'countersign-adding-'));
const skillsFolder = join(folder, 'skills');
const environment = { COUNTERSIGN_SKILLS: skillsFolder };
let system: SpawnedSystem;
let api: ApiClient;

/** Puts a copy of a bundled skill into the folder, with its imports pointing to where they pointed before. */
function copySkill(name: string): void {
  const copy = join(skillsFolder, name);
  cpSync(join(ROOT, 'skills', name), copy, { recursive: true });
  for (const file of readdirSync(copy).filter((one) => one.endsWith('.ts'))) {
    const path = join(copy, file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll("'../../lib/", `'${ROOT}lib/`));
  }
}

beforeAll(async () => {
  // Packages are found as they are for a folder under skills/.
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(skillsFolder, TINY.name), { recursive: true });
  writeFileSync(join(skillsFolder, TINY.name, 'skill.ts'), TINY_SKILL);
  copySkill(exampleNumber('01').skill.name);
  system = await spawnSystem(join(folder, 'state'), { environment });
  api = new ApiClient(system.api);
});
afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const envelope = (units: number) => ({ input: { account: 'acc-aurelia', units } });
const post = (units: number, key: string) =>
  call(system.api, 'POST', `/skills/${TINY.id}/executions`, {
    caller: 'ana.ruiz',
    body: envelope(units),
    headers: { 'Idempotency-Key': key },
  });

describe('a second skill, added as one folder and nothing else', () => {
  test('is there beside the first: flag, description, state machine', async () => {
    const { skills } = health.parse((await call(system.api, 'GET', '/healthz')).json);
    expect(skills.map(({ id, flag }) => [id, flag])).toEqual([
      [SKILL, exampleNumber('01').skill.flag],
      [TINY.id, TINY.flag],
    ]);
    const { paths } = (await call(system.api, 'GET', '/openapi.json')).json as { paths: object };
    expect(paths).toHaveProperty([`/skills/${TINY.name}/executions`]);
  });

  test('runs to published, with evidence that the command line re-executes', async () => {
    const executionId = await api.start(TINY.name, 'ana.ruiz', envelope(3));
    const view = await untilEnded(api, executionId);
    expect(view).toMatchObject({ outcome: 'published', skill: TINY.name, status: 'succeeded' });
    expect(view.outputs?.primary_artifact_bundle.artifact).toEqual({ lent: 3 });
    const packet = join(folder, 'evidence.json');
    writeFileSync(packet, JSON.stringify(await api.evidence(executionId)));
    const [here, elsewhere] = await Promise.all([
      runCommand(['verify', packet], environment),
      runCommand(['verify', packet]),
    ]);
    expect(here.stdout).toContain('✓ re-execution');
    expect(here.code).toBe(0);
    // Who does not have the skill can check all the rest.
    expect(elsewhere.stdout).toContain(`– re-execution: The skill ${TINY.name} is not known here.`);
    expect(elsewhere.code).toBe(0);
  });

  test('leaves the first as it was', async () => {
    const executionId = await api.start(SKILL, requesterOf('01'), requestOf('01'));
    expect((await untilEnded(api, executionId)).outcome).toBe('published');
  });

  test('is held to its cap: with every computing slot taken the answer is 429 with Retry-After', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, (_, index) => post(1, `slot-${index}`)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 429]));
    for (const answer of refused) {
      expect(errorIn(answer).code).toBe('NoSlot');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    for (const { json } of answers.filter(({ status }) => status === 202))
      await untilEnded(api, executionAccepted.parse(json).executionId);
    // The same key comes through once there is room, for nothing of the refused attempt was kept.
    const again = answers.findIndex(({ status }) => status === 429);
    const second = await post(1, `slot-${again}`);
    expect(second.status).toBe(202);
    expect((await untilEnded(api, executionAccepted.parse(second.json).executionId)).outcome).toBe('published');
  });

  test('asks its person; a link that has grown too old is replaced by mail, and dies', async () => {
    const executionId = executionAccepted.parse((await post(50, 'many')).json).executionId;
    await untilWaiting(api, executionId);
    const old = await linkTo(system.inbox, executionId, 'felix.arnold');
    await api.skipTime(8 * 24 * 3600);

    const expired = await openLink(old);
    expect(expired.status).toBe(200);
    expect(textOf(expired.html)).toContain('This link has expired');
    expect(textOf(expired.html)).toContain('f•••@halden.example.com');
    // Whoever opens it gets no mail sent; that takes the button.
    const decided = await sendForm(await openLink(old), { choice: 'approve' });
    expect(decided.status).toBe(409);
    const asked = await sendForm(await openLink(old), {});
    expect(asked.status).toBe(200);
    expect(textOf(asked.html)).toContain('A fresh link is on its way');

    const mail = await mailTo(system.inbox, executionId, 'felix.arnold', ({ subject }) =>
      subject.startsWith('Your fresh link'),
    );
    const dead = await openLink(old);
    expect(dead.nonce).toBeUndefined();
    expect(textOf(dead.html)).toContain('There is a newer link');
    const fresh = await openLink(linkIn(mail) ?? '');
    expect((await sendForm(fresh, { choice: 'approve' })).status).toBe(200);
    expect((await untilEnded(api, executionId)).outcome).toBe('published');
  });
});
