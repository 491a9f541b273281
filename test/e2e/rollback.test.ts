import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiClient } from '../../lib/local/api-client.ts';
import { linkIn, openLink, sendForm } from '../../lib/local/person.ts';
import { waitForMessage } from '../../lib/local/services/inbox.ts';
import { flagDeclarationsOf } from '../../lib/platform/configuration/flag-declarations.ts';
import { addCandidate, listVersions } from '../../lib/platform/configuration/lifecycle.ts';
import { promotedDigestOf, recordValidation, validationSuites } from '../../lib/platform/configuration/validation.ts';
import { executionAccepted } from '../../lib/platform/contracts/api.ts';
import { followUpList } from '../../lib/platform/contracts/follow-up.ts';
import { postureView } from '../../lib/platform/contracts/posture.ts';
import { adminRequest, type FlagAdmin } from '../../lib/platform/flags/admin-client.ts';
import type { Runtime } from '../../lib/platform/runtime.ts';
import { runsSlowTests } from '../support/slow.ts';
import { call, errorIn } from './support/call.ts';
import { runCommand, type SpawnedSystem, spawnSystem } from './support/spawned-system.ts';

const environment = { COUNTERSIGN_SKILLS: join(import.meta.dirname, 'fixtures', 'skills') };
const SKILL = 'fragile-discounts';
const directory = mkdtempSync(join(tmpdir(), 'countersign-rollback-'));

let system: SpawnedSystem;
let api: ApiClient;
let runtime: Runtime;
let flagAdmin: FlagAdmin;
let candidate: string;
let baseline: string;
let waiting: string;

const skill = () => runtime.skills.find(({ name }) => name === SKILL)!;
const input = (accountId: string, discount: number) => ({ input: { accountId, discount, tags: [] } });
const start = (accountId: string, discount: number) => api.start(SKILL, 'ada-session', input(accountId, discount));
const posture = async () =>
  postureView.parse((await call(system.api, 'GET', `/skills/${SKILL}/posture`, { caller: 'lena-session' })).json);
const standing = async (version: string) =>
  (await listVersions(runtime, skill())).find((one) => one.version === version);

const untilEnded = (executionId: string) =>
  api.until(executionId, ({ outputs, outcome }) => outputs !== undefined && outcome !== undefined, 'ended');

/** Runs an execution that breaks off. */
async function breaks(accountId: string): Promise<string> {
  const executionId = await start(accountId, 1);
  expect(await untilEnded(executionId)).toMatchObject({ outcome: 'rolled-back', status: 'failed' });
  // Recover has told the table before it goes on to tell the world; the sweep makes sure of the rest.
  await api.skipTime(1);
  return executionId;
}

interface FeatureEnvironment {
  name: string;
  enabled: boolean;
  strategies: { variants: { name: string; weight: number }[] }[];
}

/** What the flag server itself says of the flag. */
async function inUnleash() {
  const path = `/projects/default/features/${skill().flag}`;
  const { environments } = (await adminRequest(flagAdmin, 'GET', path)) as { environments: FeatureEnvironment[] };
  const { enabled, strategies } = environments.find(({ name }) => name === 'development')!;
  return { enabled, weights: strategies[0]!.variants.map(({ name, weight }) => [name, weight]) };
}

beforeAll(async () => {
  system = await spawnSystem(directory, { environment });
  api = new ApiClient(system.api);
  // The registry looks into the folder that is named when it is loaded first.
  process.env.COUNTERSIGN_SKILLS = environment.COUNTERSIGN_SKILLS;
  const { runningSystem } = await import('../../lib/local/running-system.ts');
  ({ runtime, flagAdmin } = await runningSystem(directory));
}, 300_000);
afterAll(async () => {
  delete process.env.COUNTERSIGN_SKILLS;
  await system?.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe.skipIf(!runsSlowTests)('a bad candidate on the running system', () => {
  test('runs nowhere before it is validated, whatever the flag says', async () => {
    waiting = await start('acme', 1_000);
    await api.until(waiting, ({ waitingFor }) => waitingFor !== undefined, 'waiting');
    baseline = (await listVersions(runtime, skill()))[0]!.version;
    const added = await addCandidate(runtime, skill(), { version: '2.0', free: 666, most: 3_000 }, 'lena');
    candidate = added.version;
    const [declaration] = await flagDeclarationsOf(runtime);
    const variants = declaration!.variants.map((one) => ({ ...one, weight: one.name === candidate ? 1000 : 0 }));
    await runtime.flagAdmin!.setVariantWeights(skill().flag, variants);
    await api.skipTime(60);

    const before = await start('first', 1);
    expect(await untilEnded(before)).toMatchObject({ outcome: 'published', configuration: { version: baseline } });

    for (const suite of validationSuites)
      await recordValidation(runtime, skill(), promotedDigestOf(skill(), added.digest), {
        suite,
        result: 'pass',
        at: runtime.clock.now(),
        by: 'test',
        checks: 1,
        notes: [],
      });
    const after = await start('first', 2);
    expect(await untilEnded(after)).toMatchObject({ outcome: 'published', configuration: { version: candidate } });
  });

  test('one poisonous input of one account, three times, moves nothing', async () => {
    for (let time = 0; time < 3; time += 1) await breaks('poison');
    expect(await posture()).toMatchObject({ posture: 'normal', moves: [] });
    expect(await standing(candidate)).toMatchObject({ status: 'candidate' });
    expect(await inUnleash()).toMatchObject({ enabled: true });
  });

  test('faults of distinct accounts put the baseline back and stop publishing', async () => {
    await breaks('a');
    expect(await posture()).toMatchObject({ posture: 'elevated' });
    await breaks('b');
    const view = await posture();
    expect(view.posture).toBe('critical');
    expect(view.moves.map(({ from, to, by }) => `${from} -> ${to} by ${by}`)).toEqual([
      'normal -> elevated by system',
      'elevated -> critical by system',
    ]);
    expect(view.moves[1]!.because).toContain('of 3 accounts within 3600 seconds');
    expect(view.flagServer).toMatchObject({ enabled: false, result: 'done' });
    const retired = await standing(candidate);
    expect(retired).toMatchObject({ status: 'retired' });
    expect(retired?.moves.at(-1)).toMatchObject({ by: 'system', rolledBack: true });
    expect(await inUnleash()).toEqual({ enabled: false, weights: [[baseline, 1000]] });
  });

  test('an incident packet with trace references reaches oversight; follow-ups can be queried', async () => {
    for (const subject of ['Publishing has stopped', 'A candidate was taken out']) {
      const mail = await waitForMessage(system.inbox, (one) => one.subject.includes(subject), { withinMs: 30_000 });
      expect(mail.to.map(({ address }) => address)).toEqual([runtime.settings.oversightAddress]);
      const [trace = ''] = /\/executions\/ex-\w+\/trace/.exec(mail.text) ?? [];
      expect((await call(system.api, 'GET', trace, { caller: 'lena-session' })).status).toBe(200);
      const packet = await runtime.artifacts.get(/sha256:[0-9a-f]{64}/.exec(mail.text)![0] as `sha256:${string}`);
      expect(packet).toMatchObject({ skill: SKILL, executions: expect.arrayContaining([expect.anything()]) });
    }
    const { followUps } = followUpList.parse(
      (await call(system.api, 'GET', `/follow-ups?skill=${SKILL}&status=open`, { caller: 'lena-session' })).json,
    );
    expect(followUps.filter(({ incidentId }) => incidentId !== undefined)).toHaveLength(2);
    expect(followUps.filter(({ executionId }) => executionId !== undefined)).toHaveLength(5);
    expect(followUps.map(({ due }) => due)).toEqual(followUps.map(({ due }) => due).toSorted());
    const [first] = followUps;
    const done = await call(system.api, 'POST', `/follow-ups/${first!.followUpId}/done`, {
      caller: 'lena-session',
      body: { note: 'Looked at.' },
    });
    expect(done.json).toMatchObject({ status: 'done', closedBy: 'lena' });
    const printed = await runCommand(['follow-ups', 'list', '--status', 'done', '--state', directory], environment);
    expect(printed.stdout).toContain(first!.followUpId);
  });

  test('an approval that comes meanwhile is held before it publishes, and published once an operator lowers the posture', async () => {
    const mail = await waitForMessage(
      system.inbox,
      (one) => one.to.some(({ address }) => address === 'lena@example.com') && linkIn(one) !== undefined,
      { withinMs: 30_000 },
    );
    expect((await sendForm(await openLink(linkIn(mail) ?? ''), { choice: 'approve' })).status).toBe(200);
    await api.skipTime(600);
    expect((await api.execution(waiting)).outcome).toBeUndefined();

    const order = { posture: 'normal', because: 'The candidate is out.' };
    const refused = await call(system.api, 'POST', `/skills/${SKILL}/posture`, { caller: 'ada-session', body: order });
    expect(errorIn(refused).code).toBe('Forbidden');
    const lowered = await call(system.api, 'POST', `/skills/${SKILL}/posture`, { caller: 'lena-session', body: order });
    expect(lowered.json).toMatchObject({ posture: 'normal' });
    expect(await inUnleash()).toMatchObject({ enabled: true });
    await api.skipTime(300);
    expect(await untilEnded(waiting)).toMatchObject({ outcome: 'published' });
  });

  test('what broke off is run again on the baseline, linked both ways', async () => {
    const list = await call(system.api, 'GET', `/executions?skill=${SKILL}&outcome=rolled-back`, { caller: 'lena' });
    const [broken] = (list.json as { executions: { executionId: string }[] }).executions;
    const path = `/executions/${broken!.executionId}/retry`;
    expect((await call(system.api, 'POST', path, { caller: 'fritz-session' })).status).toBe(403);
    const answer = await call(system.api, 'POST', path, { caller: 'ada-session' });
    expect(answer.status).toBe(202);
    const { executionId } = executionAccepted.parse(answer.json);
    expect(await untilEnded(executionId)).toMatchObject({
      outcome: 'published',
      configuration: { version: baseline },
    });
    expect((await api.execution(broken!.executionId)).rerunAs).toBe(executionId);
    const again = await runCommand(['retry', broken!.executionId, '--state', directory], environment);
    expect(again.stdout).toContain(`runs again as ${executionId}.`);
    expect((await call(system.api, 'POST', `/executions/${executionId}/retry`, { caller: 'ada-session' })).status).toBe(
      409,
    );
  });
});
