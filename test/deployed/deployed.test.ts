import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skills } from '#skills';
import { environmentOf } from '../../lib/infra/environments.ts';
import { ApiClient } from '../../lib/local/api-client.ts';
import { playExample } from '../../lib/local/play-example.ts';
import { verifyEvidence } from '../../lib/platform/evidence/verify.ts';
import { engineVersions } from '../../lib/platform/executions/engine-versions.ts';
import { setFlagEnabled } from '../../lib/platform/flags/admin.ts';
import { messageIdOf } from '../../lib/platform/mail/deliver-as.ts';
import { exampleNumber, examples, requesterOf, requestOf, SKILL } from '../e2e/support/example-requests.ts';
import { addressOf } from '../e2e/support/mails.ts';
import { type SpawnedSystem, spawnSystem } from '../e2e/support/spawned-system.ts';
import { answered, DeployedCommandLine } from './support/command-line.ts';
import { decidedIn } from './support/decided.ts';
import type { DeployedApi } from './support/deployed-api.ts';
import type { Assembly } from './support/deployment.ts';
import { handoffOf, Parties } from './support/handoffs.ts';
import { inventory } from './support/inventory.ts';
import { linkTo, mailTo } from './support/mailbox.ts';
import { approved, decideByMail, play } from './support/people.ts';
import { pinnedBy } from './support/pinned-versions.ts';
import { ACCOUNT, REGION } from './support/place.ts';
import { PLANTED, withPlantedFailure } from './support/plant-failure.ts';
import { restored } from './support/restore.ts';
import { resourcesOf, stacks } from './support/stacks.ts';
import { copyOfTree, revisionsOf } from './support/tree.ts';
import { createWorld, FLAG_ENVIRONMENTS, type World } from './support/world.ts';

const MACHINE = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:countersign-dev-${SKILL}`;
const STACKS = { dev: ['data', 'platform', SKILL], staging: ['data', 'platform', SKILL] };
const { skill } = exampleNumber('01');

let world: World;
let dev: Assembly;
let second: Assembly;
let staging: Assembly;
let api: DeployedApi;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

describe('the stacks', () => {
  test('are bootstrapped and deployed by CDK: dev, and staging beside it', async () => {
    const first = copyOfTree(world.folder, 'first');
    dev = await world.deployment.synthesize(first, 'dev');
    staging = await world.deployment.synthesize(first, 'staging');
    await world.deployment.bootstrap(dev);
    await world.deployment.deploy(dev);
    await world.deployment.deploy(staging);
    api = await world.api('dev');
    const there = await stacks(world.aws);
    for (const [environment, names] of Object.entries(STACKS))
      for (const name of names) expect(there.get(`countersign-${environment}-${name}`)).toBe('CREATE_COMPLETE');
  });

  test('differ in nothing from what was deployed', async () => {
    for (const assembly of [dev, staging]) {
      const { code, output } = await world.deployment.diff(assembly);
      expect(output).toContain('Number of stacks with differences: 0');
      expect(code).toBe(0);
    }
  });

  test('share nothing and collide in nothing', async () => {
    const idsOf = async (environment: 'dev' | 'staging') => {
      const all = await Promise.all(
        STACKS[environment].map((name) => resourcesOf(world.aws, `countersign-${environment}-${name}`)),
      );
      return all.flat();
    };
    const mine = await idsOf('dev');
    const theirs = await idsOf('staging');
    expect(mine.length).toBeGreaterThan(250);
    const named = ({ type, physicalId }: { type: string; physicalId: string }) => `${type} ${physicalId}`;
    const shared = mine.map(named).filter((one) => theirs.map(named).includes(one));
    // An API's stage is named within its API; API Gateway's settings for logs are the account's, of which there is one.
    expect(shared.filter((one) => !one.startsWith('AWS::ApiGateway::Account'))).toEqual(['AWS::ApiGateway::Stage api']);
  });

  test('answer for their own environment, once flags are there', async () => {
    for (const name of ['dev', 'staging'] as const) {
      await world.switchFlagsOn(name);
      const { environment, status } = (await (await world.api(name)).read('/healthz')) as Record<string, unknown>;
      expect({ environment, status }).toEqual({ environment: name, status: 'ok' });
    }
  });
});

describe('through the deployed API', () => {
  test('a request is mailed, opened, decided and published, and its evidence holds', async () => {
    const { url } = world.server;
    const id = await api.start(SKILL, requesterOf('02'), requestOf('02'));
    const link = await linkTo(url, id, addressOf('javier.moreno'));
    expect(link.startsWith(`${api.baseUrl}/approvals/`)).toBe(true);
    const page = await api.open(link);
    expect(page).toMatchObject({ status: 200, cookie: expect.stringMatching(/^__Host-/), nonce: expect.any(String) });
    // What a browser could send that is not the approver's own decision.
    expect((await api.decide(page, { choice: 'approve' }, 'https://elsewhere.example.com')).status).toBe(403);
    expect((await api.decide({ ...page, cookie: undefined }, { choice: 'approve' })).status).toBe(403);
    expect((await api.decide({ ...page, nonce: 'none' }, { choice: 'approve' })).status).toBe(409);
    expect((await api.decide(page, { choice: 'approve' })).status).toBe(200);
    await decideByMail(url, api, id, 'lucia.ortega', { choice: 'approve' });
    const view = await api.untilEnded(id);
    expect(view.outcome).toBe('published');
    const report = await verifyEvidence(await api.read(`/executions/${id}/evidence`), {
      skills,
      versions: engineVersions,
    });
    expect(report).toMatchObject({ ok: true });
    await mailTo(url, id, addressOf(requesterOf('02')), ({ subject }) => subject.startsWith('Published'));
  });

  test('a repeat under the same key is the same execution; another body under it is refused', async () => {
    const headers = { 'Idempotency-Key': 'deployed-repeat' };
    const caller = requesterOf('06');
    const id = await api.start(SKILL, caller, requestOf('06'), headers);
    expect(await api.start(SKILL, caller, requestOf('06'), headers)).toBe(id);
    const path = `/skills/${SKILL}/executions`;
    expect((await api.call('POST', path, { caller, body: requestOf('07'), headers })).status).toBe(409);
  });

  test('another environment knows nothing of it', async () => {
    const other = await world.api('staging');
    expect(await other.read('/executions')).toEqual({ executions: [] });
    const view = await play(world.server.url, other, exampleNumber('01'));
    expect(view.outcome).toBe('published');
    const dev = (await api.read('/executions')) as { executions: { executionId: string }[] };
    expect(dev.executions.map(({ executionId }) => executionId)).not.toContain(view.executionId);
  });

  test('a flag that is off answers 409, in its environment only', async () => {
    const admin = { url: world.unleash.url, adminToken: world.unleash.adminToken };
    const path = `/skills/${SKILL}/executions`;
    const call = { caller: requesterOf('01'), body: requestOf('01') };
    await setFlagEnabled(admin, FLAG_ENVIRONMENTS.dev, skill.flag, false);
    await world.aws.invoke('countersign-dev-sync-flags');
    const refused = await api.call('POST', path, call);
    expect(refused.status).toBe(409);
    expect(refused.text).toContain(skill.flag);
    await world.aws.invoke('countersign-staging-sync-flags');
    expect((await (await world.api('staging')).call('POST', path, call)).status).toBe(202);
    await setFlagEnabled(admin, FLAG_ENVIRONMENTS.dev, skill.flag, true);
    await world.aws.invoke('countersign-dev-sync-flags');
    expect((await api.call('POST', path, call)).status).toBe(202);
  });
});

describe('work that is handed over, to the end', () => {
  const storyOf = (number: string) => {
    const found = examples.find(({ name }) => name.startsWith(`${number}-`));
    if (found === undefined) throw new RangeError(`There is no example ${number}.`);
    return { skill: found.skill, example: found.at(new Date().toISOString()) };
  };

  test.each([
    ['support', '41'],
    ['marketing', '52'],
  ])(
    'of %s is read back, accepted, delivered and verified by mailed links, and its evidence holds',
    async (_, number) => {
      const { url } = world.server;
      const story = storyOf(number);
      const { requester, request, handoff: steps, expected } = story.example;
      const id = await approved(url, api, story);
      const parties = new Parties(url, api, story, id);
      const [accept] = steps;
      if (accept === undefined || !('as' in accept)) throw new TypeError('The story does not begin with a person.');

      // Read back wrongly, it is told so without the right answer, and waits on.
      const values = Object.fromEntries(Object.keys(accept.values).map((name) => [name, 'something else']));
      const wrong = await parties.answer({ ...accept, values });
      expect(wrong.link.startsWith(`${api.baseUrl}/handoffs/`)).toBe(true);
      expect(wrong.status).toBe(400);
      expect(wrong.html).not.toContain('value="INC-204117"');
      expect((await handoffOf(api, id)).wait).toMatchObject({
        awaits: 'receipt',
        people: expect.arrayContaining([accept.as]),
      });
      // It is under way: the same work is not handed over beside it, and nothing of it is started.
      const again = await api.call('POST', `/skills/${story.skill.name}/executions`, {
        caller: requester,
        body: request,
      });
      expect(again.status, again.text).toBe(409);
      expect(again.text).toContain('work-under-way');

      await parties.play(steps);
      const view = await api.untilEnded(id);
      const { levels, decisions } = view.outputs?.execution_scorecard.measures ?? {};
      expect({ outcome: view.outcome, levels, decisions }).toEqual(expected);
      expect(await handoffOf(api, id)).toMatchObject({ end: { state: 'closed', outcome: 'published' } });
      expect((await api.open(wrong.link)).html).not.toContain('value="accept"');
      const report = await verifyEvidence(await api.read(`/executions/${id}/evidence`), {
        skills,
        versions: engineVersions,
      });
      expect(report.ok, JSON.stringify(report.firstFailure)).toBe(true);
      const results = new Map(report.checks.map(({ check, result }) => [check, result]));
      for (const check of ['handoff', 'handoff-replay', 're-execution', 'chain'])
        expect(results.get(check), check).toBe('pass');
    },
  );
});

describe('the same requests on the local system', () => {
  let local: SpawnedSystem;
  beforeAll(async () => {
    const directory = join(world.folder, 'local');
    mkdirSync(directory);
    local = await spawnSystem(directory);
  });
  afterAll(() => local?.stop());

  // Stories that skip time cannot be told here: the deployed clock is the real one. What is handed over is followed to its end above.
  const stories = examples.filter(
    ({ example: { skipTime, handoff, followUps } }) =>
      skipTime === undefined && handoff.length === 0 && followUps.length === 0,
  );

  test.each(stories.map((story) => [story.name, story] as const))('%s ends alike', async (_name, story) => {
    const localApi = new ApiClient(local.api);
    const here = await playExample(localApi, local.inbox, skills, story);
    const view = await play(world.server.url, api, story);
    const { levels, decisions } = view.outputs?.execution_scorecard.measures ?? {};
    expect({ outcome: view.outcome, levels, decisions }).toEqual(story.example.expected);
    expect(here).toMatchObject(story.example.expected);
    const evidence = await api.read(`/executions/${view.executionId}/evidence`);
    // Requests of handoffs speak of hours from now, calendars of plans say when they were written, and the two clocks differ.
    const { handoff, needs = [] } = story.skill;
    if (handoff === undefined && !needs.includes('optimizer'))
      expect(decidedIn(evidence)).toEqual(decidedIn(await localApi.evidence(here.executionId)));
    expect(await verifyEvidence(evidence, { skills, versions: engineVersions })).toMatchObject({ ok: true });
  });

  test('they cover published, rejected, sent back and blocked', () => {
    const outcomes = new Set(stories.map(({ example }) => example.expected.outcome));
    expect([...outcomes].sort()).toEqual(['blocked', 'changes-requested', 'published', 'rejected']);
  });
});

describe('what runs by itself', () => {
  test('each scheduled function runs through the Lambda API', async () => {
    for (const name of ['sync-flags', 'sweep', 'anchor'])
      expect(await world.aws.invoke(`countersign-dev-${name}`), name).toMatchObject({ error: null });
    const objects = await world.aws.send('s3', {
      method: 'GET',
      url: `${world.aws.url}/countersign-dev-anchors-${ACCOUNT}-${REGION}?list-type=2`,
    });
    expect(objects.text).toContain('<Key>anchors/');
  });

  test('a mail that bounced is noted by mail-failed, and the sweeper tells oversight', async () => {
    const id = await api.start(SKILL, requesterOf('06'), requestOf('06'));
    await linkTo(world.server.url, id, addressOf('miguel.santos'));
    const trace = JSON.stringify(await api.read(`/executions/${id}/trace`));
    const mailId = /"mailId":"([^"]+)"/.exec(trace)?.[1] ?? '';
    const from = environmentOf('dev').settings.mail.from;
    const bounced = await world.aws.invoke('countersign-dev-mail-failed', {
      source: 'aws.ses',
      'detail-type': 'Email Bounced',
      detail: {
        eventType: 'Bounce',
        bounce: { bounceType: 'Permanent' },
        mail: { headers: [{ name: 'Message-ID', value: messageIdOf({ executionId: id, mailId }, from) }] },
      },
    });
    expect(bounced.error).toBe(null);
    expect(await world.aws.invoke('countersign-dev-sweep')).toMatchObject({ error: null });
    const { oversightAddress } = environmentOf('dev').settings;
    expect((await mailTo(world.server.url, id, oversightAddress)).text).toContain('Miguel Santos');
  });
});

describe('the command line at the deployed environment', () => {
  const ADMINISTRATOR = 'helena.brandt';
  let line: DeployedCommandLine;
  const example = (number: string) =>
    join(import.meta.dirname, '../../skills', skill.name, 'examples', `${exampleNumber(number).name}.json`);
  beforeAll(() => {
    line = new DeployedCommandLine(world, 'dev', api);
  });

  test('submits, follows, and takes the evidence away, which holds with the key that the environment tells', async () => {
    const { url } = world.server;
    const requester = requesterOf('02');
    const { executionId } = answered(await line.as(requester, 'submit', SKILL, example('02'), '--json'));
    const id = String(executionId);
    const asked = await linkTo(url, id, addressOf('javier.moreno'));
    const waiting = answered(await line.as(requester, 'status', id, '--json'));
    expect(waiting).toMatchObject({ status: 'waiting', waitingFor: { stage: 1 } });
    expect((await api.decide(await api.open(asked), { choice: 'approve' })).status).toBe(200);
    const ending = line.as(requester, 'status', id, '--wait', '--timeout', '60', '--json');
    await decideByMail(url, api, id, 'lucia.ortega', { choice: 'approve' });
    expect(answered(await ending)).toMatchObject({ outcome: 'published', evidence: 'signed' });
    const steps = answered(await line.as(requester, 'trace', id, '--json')).steps as { type: string }[];
    expect(steps.map(({ type }) => type)).toContain('execution-concluded');

    const [packet, key] = [join(world.folder, 'packet.json'), join(world.folder, 'key.pem')];
    answered(await line.as(requester, 'evidence', id, '--out', packet, '--json'));
    const told = await line.governing('keys');
    expect(told).toMatchObject({ code: 0, stdout: expect.stringMatching(/^-----BEGIN PUBLIC KEY-----/) });
    writeFileSync(key, told.stdout);
    const report = answered(await line.offline('verify', packet, '--key', key, '--json'));
    expect(report).toMatchObject({ ok: true });
    const checks = report.checks as { check: string; result: string }[];
    expect(checks.filter(({ result }) => result !== 'pass')).toEqual([]);
    const { executions } = answered(await line.as(requester, 'status', '--limit', '5', '--json'));
    expect((executions as { executionId: string }[]).map((one) => one.executionId)).toContain(id);
  });

  test('previews a request and refuses one that is not well formed, with exit codes that scripts can read', async () => {
    const caller = requesterOf('02');
    const seen = answered(await line.as(caller, 'preview', SKILL, example('02'), '--json'));
    expect(seen).toMatchObject({ verdict: 'approve', rolledOut: true });
    const wrong = join(world.folder, 'wrong.json');
    writeFileSync(wrong, JSON.stringify({ input: {} }));
    expect((await line.as(caller, 'submit', SKILL, wrong)).code).toBe(2);
  });

  test('runs an execution again that broke off, and follows up on it', async () => {
    const caller = requesterOf('06');
    const id = await api.start(SKILL, caller, requestOf('06'));
    await linkTo(world.server.url, id, addressOf('miguel.santos'));
    expect((await line.as(caller, 'retry', id)).code).toBe(1);
    const flow = { executionId: id, skill: skill.name, verdict: 'continue' };
    const fault = { Error: 'States.Timeout', Cause: 'Broken off by the test.' };
    const recovered = await world.aws.invoke(`countersign-dev-${SKILL}-recover`, { ...flow, fault });
    expect(recovered.error).toBe(null);
    const followUps = answered(await line.as(caller, 'follow-ups', 'list', '--json')).followUps;
    const owed = (followUps as { executionId?: string; followUpId: string; status: string }[]).find(
      ({ executionId }) => executionId === id,
    );
    expect(owed).toMatchObject({ status: 'open' });
    const { rerunAs } = answered(await line.as(caller, 'retry', id, '--json'));
    expect(answered(await line.as(caller, 'retry', id, '--json'))).toEqual({ executionId: id, rerunAs });
    expect(answered(await line.as(caller, 'status', String(rerunAs), '--json'))).toMatchObject({
      executionId: rerunAs,
    });
    await api.until(String(rerunAs), ({ waitingFor }) => waitingFor !== undefined, 'waiting');
    const after = answered(await line.as(caller, 'follow-ups', 'list', '--status', 'done', '--json')).followUps;
    expect((after as { executionId?: string }[]).map(({ executionId }) => executionId)).toContain(id);
    expect(answered(await line.as(caller, 'withdraw', String(rerunAs), '--json'))).toMatchObject({
      executionId: rerunAs,
    });
    expect((await api.untilEnded(String(rerunAs))).outcome).toBe('withdrawn');
  });

  test('moves the posture on an administrator’s word only', async () => {
    const order = ['posture', 'set', SKILL, 'elevated', '--because', 'Tried by the test.', '--json'] as const;
    expect((await line.as(requesterOf('06'), ...order)).code).toBe(1);
    expect(answered(await line.as(ADMINISTRATOR, ...order))).toMatchObject({ posture: 'elevated' });
    const back = ['posture', 'set', SKILL, 'normal', '--because', 'Tried.', '--json'] as const;
    expect(answered(await line.as(ADMINISTRATOR, ...back))).toMatchObject({ posture: 'normal' });
    const { posture, moves } = answered(await line.as(requesterOf('06'), 'posture', 'show', SKILL, '--json'));
    expect(posture).toBe('normal');
    expect(moves).toHaveLength(2);
  });

  test('lists and validates the baseline, and finds the flags as they must be', async () => {
    const baselines = async () => {
      const { versions } = answered(await line.governing('baseline', 'list', '--skill', SKILL, '--json'));
      // Examples of the skill that changes policies may have put candidates beside it.
      return (versions as { baseline: boolean; status: string; missing: unknown }[]).filter((one) => one.baseline);
    };
    expect(await baselines()).toEqual([expect.objectContaining({ status: 'stable' })]);
    expect(await line.governing('flags', 'apply')).toMatchObject({ code: 0 });
    expect(answered(await line.governing('flags', 'lint', '--json'))).toEqual({ problems: [] });
    const validated = await line.governing('validate', SKILL, '--json');
    expect(validated.code, `${validated.stderr}\n${validated.stdout}`).toBe(0);
    expect(await baselines()).toEqual([expect.objectContaining({ missing: [] })]);
  });
});

describe('deployments while people decide', () => {
  test('an execution that waited through two changed deployments still runs on the code it began with', async () => {
    const { url } = world.server;
    const began = await pinnedBy(world.deployment.states, MACHINE);
    const id = await api.start(SKILL, requesterOf('02'), requestOf('02'));
    const link = await linkTo(url, id, addressOf('javier.moreno'));

    second = await world.deployment.synthesize(copyOfTree(world.folder, 'second'), 'dev');
    await world.deployment.deploy(second);
    const between = await pinnedBy(world.deployment.states, MACHINE);
    expect([...between].filter((version) => began.has(version))).toEqual([]);
    const young = await api.start(SKILL, requesterOf('06'), requestOf('06'));
    const youngLink = await linkTo(url, young, addressOf('miguel.santos'));

    dev = await world.deployment.synthesize(copyOfTree(world.folder, 'third'), 'dev');
    await world.deployment.deploy(dev);

    expect((await api.decide(await api.open(link), { choice: 'approve' })).status).toBe(200);
    await decideByMail(url, api, id, 'lucia.ortega', { choice: 'approve' });
    expect((await api.untilEnded(id)).outcome).toBe('published');
    // Preflight, Execute, Verify, two stages, Publish: what came after the deployments is of the first revision as well.
    expect(revisionsOf(world.folder, id)).toEqual(Array(6).fill('first'));

    const rejection = { choice: 'reject', comment: 'Not at this price.' };
    expect((await api.decide(await api.open(youngLink), rejection)).status).toBe(200);
    expect((await api.untilEnded(young)).outcome).toBe('rejected');
    expect(revisionsOf(world.folder, young)).toEqual(Array(5).fill('second'));
  });

  test('a deployment that fails is rolled back, and the system works on', async () => {
    const before = await pinnedBy(world.deployment.states, MACHINE);
    const planted = withPlantedFailure(second, `countersign-dev-${SKILL}`);
    const { code, output } = await world.deployment.tryToDeploy(planted);
    expect(code).not.toBe(0);
    expect(output).toContain(PLANTED);
    expect((await stacks(world.aws)).get(`countersign-dev-${SKILL}`)).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await pinnedBy(world.deployment.states, MACHINE)).toEqual(before);
    const view = await play(world.server.url, api, exampleNumber('02'));
    expect(view.outcome).toBe('published');
    expect(revisionsOf(world.folder, view.executionId)).toEqual(Array(6).fill('third'));
    await world.deployment.deploy(dev);
    expect((await world.deployment.diff(dev)).code).toBe(0);
  });

  test('the table is restored to a point in time with every item and index', async () => {
    const { before, after, indexes } = await restored(world.server.url, 'countersign-dev');
    expect(before.length).toBeGreaterThan(50);
    expect(after).toEqual(before);
    expect(indexes).toEqual(['gsi1', 'gsi2']);
  });
});

describe('in the end', () => {
  test('destroying dev leaves only what is retained on purpose, and staging as it was', async () => {
    const before = await inventory(world.aws, 'countersign-dev');
    expect(before.length).toBeGreaterThan(100);
    await world.deployment.destroy(dev);
    const left = await inventory(world.aws, 'countersign-dev');
    expect(left).toEqual([
      // API Gateway logs for the whole account through one role: that of the environment which was deployed last.
      expect.stringMatching(/^role countersign-dev-platform-ApiRestCloudWatchRole/),
      // Made by the drill above, not by the stacks.
      'table countersign-dev-restored',
    ]);
    expect([...(await stacks(world.aws)).keys()].filter((name) => name.includes('-dev-'))).toEqual([]);
    expect((await play(world.server.url, await world.api('staging'), exampleNumber('02'))).outcome).toBe('published');
  });
});
