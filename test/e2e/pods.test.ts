import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect } from 'vitest';
import { ApiClient } from '../../lib/local/api-client.ts';
import { executionTrace } from '../../lib/platform/contracts/api.ts';
import { podsSkill } from '../support/pods-skill.ts';
import { slowTest } from '../support/slow.ts';
import { upTo } from '../unit/pods/support.ts';
import { whenOver } from './services/processes.ts';
import { call } from './support/call.ts';
import { childrenOf } from './support/child-processes.ts';
import { untilEnded } from './support/flow.ts';
import { textOf } from './support/page-text.ts';
import { runCommand, type SpawnedSystem, spawnSystem } from './support/spawned-system.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'countersign-pods-'));
const skillsFolder = join(folder, 'skills');
const environment = { COUNTERSIGN_SKILLS: skillsFolder };
const [calls, waiting, opened] = ['calls.txt', 'waiting.txt', 'opened'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
let system: SpawnedSystem | undefined;

/** The pods skill, whose first two pods are solved at once; the others wait for a file. */
const SKILL = `
import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { gate, podsSkill } from '${ROOT}test/support/pods-skill.ts';
gate.before = async ({ add }) => {
  const line = add.toSorted((a, b) => a - b).join(' ') + '\\n';
  if (add.every((value) => value > 6) && !existsSync('${opened}')) appendFileSync('${waiting}', line);
  while (add.every((value) => value > 6) && !existsSync('${opened}')) await setTimeout(20);
  appendFileSync('${calls}', line);
};
export const skill = podsSkill;
`;

afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The pods that were solved so far, or that wait to be, each as often as it was. */
const linesOf = (file: string): string[] => (existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []);

describe('a skill with pods on the local system', () => {
  slowTest('ends with the same result after kill -9 in the middle of a Map', { timeout: 300_000 }, async () => {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    mkdirSync(join(skillsFolder, podsSkill.name), { recursive: true });
    writeFileSync(join(skillsFolder, podsSkill.name, 'skill.ts'), SKILL);
    system = await spawnSystem(join(folder, 'state'), { environment });
    let api = new ApiClient(system.api);
    const input = { accountId: 'acme', values: upTo(20) };
    const executionId = await api.start(podsSkill.name, 'ada-session', { input });
    // The local system solves one pod at a time: when the third waits, the two before it have ended.
    while (linesOf(waiting).length === 0) await wait(20);
    const page = await call(system.api, 'GET', `/status/${executionId}`, { caller: 'auditor' });
    expect(textOf(page.text)).toContain('SolvePods (now)');

    const { pid = 0 } = system.process;
    const children = childrenOf(pid);
    await system.stop('SIGKILL');
    await Promise.all([pid, ...children].map(whenOver));
    expect(linesOf(calls).toSorted()).toEqual(['1 2 3', '1 2 3', '4 5 6', '4 5 6']);
    writeFileSync(opened, '');
    system = await spawnSystem(join(folder, 'state'), { environment });
    api = new ApiClient(system.api);
    const view = await untilEnded(api, executionId);
    expect(view.outcome).toBe('published');
    expect(view.outputs?.primary_artifact_bundle.artifact).toMatchObject({ total: 210 });

    // Seven pods, three, and one, each solved twice: what had ended before the crash was not solved again.
    const times = Map.groupBy(linesOf(calls), (line) => line);
    expect(times.size).toBe(11);
    for (const [pod, lines] of times) expect(lines.length, pod).toBe(2);

    const trace = await call(system.api, 'GET', `/executions/${executionId}/trace`, { caller: 'auditor' });
    const rounds = executionTrace.parse(trace.json).steps.filter(({ type }) => type === 'pods-solved');
    expect(rounds.map(({ data }) => data)).toMatchObject([
      { round: 1, pods: 7 },
      { round: 2, pods: 3 },
      { round: 3, pods: 1 },
    ]);
    const after = await call(system.api, 'GET', `/status/${executionId}`, { caller: 'auditor' });
    expect(textOf(after.text)).toMatch(/Pods Round Pods Solved by 1 7/);

    await api.until(executionId, ({ evidence }) => evidence === 'signed', 'signed');
    const packet = join(folder, 'evidence.json');
    writeFileSync(packet, JSON.stringify(await api.evidence(executionId)));
    const verified = await runCommand(['verify', packet], environment);
    expect(verified.stdout).toContain('✓ re-execution');
    expect(verified.code).toBe(0);
  });
});
