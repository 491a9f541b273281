import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { skillsFolder } from '../../skills/registry.ts';
import { listVersions } from '../platform/configuration/lifecycle.ts';
import type { ChangeDrill, DrillRequest } from '../platform/promotion/skill-drill.ts';
import type { AnySkill } from '../platform/skill/define-skill.ts';
import { ApiClient } from './api-client.ts';
import { validateConfiguration } from './commands/validate.ts';
import type { PlayedExample } from './play-example.ts';
import type { LocalSystem } from './system.ts';

/** One thing that was looked at after a change of rules was published, and whether it is as it should be. */
export interface ChangeStep {
  readonly what: string;
  readonly ok: boolean;
}

/** An example that was played, with the name of its file. */
export interface NamedPlay extends PlayedExample {
  readonly example: string;
}

/** Half of the accounts, in the thousandths of the flag server. */
const HALF = 500;
/** So many accounts that fail take a candidate out. */
const FAILURES = 3;

const preview = z.looseObject({ configuration: z.looseObject({ version: z.string() }) });
const handedOn = z.looseObject({ candidate: z.looseObject({ version: z.string() }) });

/** The change drill that a skill brings along, in the file `change-drill.ts` of its folder; `undefined` where none does. */
export async function findChangeDrill(skills: readonly AnySkill[]): Promise<ChangeDrill | undefined> {
  for (const { name } of skills) {
    const file = join(skillsFolder, name, 'change-drill.ts');
    if (existsSync(file)) return ((await import(pathToFileURL(file).href)) as { changeDrill: ChangeDrill }).changeDrill;
  }
  return undefined;
}

/**
 * What comes after a change of rules was published: its candidate is validated, half of the accounts run on it, the same request is
 * decided by the new rules for one account and by the old ones for another, and a broken constraint puts the baseline back.
 */
export async function playPolicyChange(
  system: LocalSystem,
  skills: readonly AnySkill[],
  drill: ChangeDrill,
  played: readonly NamedPlay[],
): Promise<ChangeStep[]> {
  const { runtime } = system;
  const api = new ApiClient(system.apiUrl);
  const steps: ChangeStep[] = [];
  const check = (what: string, ok: boolean): boolean => {
    steps.push({ what, ok });
    return ok;
  };
  const target = skills.find(({ name }) => name === drill.target);
  const source = played.find(({ example }) => example === drill.example);
  const view = source === undefined ? undefined : await api.execution(source.executionId);
  const packet = handedOn.safeParse(view?.outputs?.handoff_packet);
  const versions = target === undefined ? [] : await listVersions(runtime, target);
  const candidate = versions.find(({ version }) => packet.success && version === packet.data.candidate.version);
  const baseline = versions.find((each) => each.baseline);
  if (target === undefined || candidate === undefined || baseline === undefined) {
    check('the publication has put a candidate on trial', false);
    return steps;
  }
  check(`the publication has put ${candidate.version} on trial`, candidate.status === 'candidate');
  const configuration = await runtime.artifacts.get(candidate.digest);
  const reports = await validateConfiguration(runtime, target, configuration, { requests: [], by: 'demo' });
  const passed = reports.filter((report) => report.passed).map(({ suite }) => suite);
  if (!check(`it passes ${passed.join(', ')}`, passed.length === reports.length)) return steps;
  await runtime.flagAdmin?.setVariantWeights(target.flag, [
    { name: baseline.version, weight: HALF, payload: baseline.digest },
    { name: candidate.version, weight: HALF, payload: candidate.digest },
  ]);
  await system.runSchedules();
  const versionFor = async (accountId: string): Promise<string> => {
    const { requester, request } = drill.differing(accountId);
    return preview.parse(await api.request('POST', `/skills/${target.name}/preview`, requester, request)).configuration
      .version;
  };
  const send = ({ requester, request }: DrillRequest) => api.start(target.name, requester, request);
  const chosen = new Map<string, string>();
  for (const accountId of drill.accounts) chosen.set(accountId, await versionFor(accountId));
  const on = (version: string) => drill.accounts.filter((accountId) => chosen.get(accountId) === version);
  const [news, olds] = [on(candidate.version), on(baseline.version)];
  if (
    !check(
      `${news.length} accounts run on it, ${olds.length} on ${baseline.version}`,
      news.length > FAILURES && olds.length > 0,
    )
  )
    return steps;
  const byNew = await api.until(
    await send(drill.differing(news[0] ?? '')),
    ({ outputs }) => outputs !== undefined,
    'ended',
  );
  check(`${news[0]}, by the new rules: ${byNew.outcome}, nobody is asked`, byNew.outcome === 'published');
  const byOld = await api.until(
    await send(drill.differing(olds[0] ?? '')),
    ({ waitingFor }) => waitingFor !== undefined,
    'waiting',
  );
  const asked = byOld.waitingFor?.levels.map(({ name }) => name).join(', ');
  check(`${olds[0]}, by the old ones: waits for ${asked}`, asked !== undefined);
  for (const accountId of news.slice(0, FAILURES)) {
    const ended = await api.until(
      await send(drill.breaking(accountId)),
      ({ outputs }) => outputs !== undefined,
      'ended',
    );
    const code = ended.gates.flatMap(({ reasons }) => reasons)[0]?.code;
    check(`${accountId}, beyond what constraints allow: ${ended.outcome} by ${code}`, code === 'ConstraintViolated');
    await system.runSchedules();
  }
  const after = (await listVersions(runtime, target)).find(({ version }) => version === candidate.version);
  check(`the candidate is ${after?.status}`, after?.status === 'retired');
  const back = await versionFor(news[0] ?? '');
  check(`${news[0]} runs on ${back} again`, back === baseline.version);
  return steps;
}
