import { setTimeout as delay } from 'node:timers/promises';
import type * as z from 'zod';
import type { Digest } from '../../core/digest.ts';
import { loadDirectory } from '../../core/directory/load.ts';
import { NotFound } from '../../core/errors.ts';
import { addCandidate, listVersions } from '../../platform/configuration/lifecycle.ts';
import type { preview } from '../../platform/contracts/api.ts';
import type { DrillCandidate, DrillRequest, SkillDrill } from '../../platform/promotion/skill-drill.ts';
import type { AnySkill } from '../../platform/skill/define-skill.ts';
import { ApiClient, type ExecutionView } from '../api-client.ts';
import { suiteLines, validateConfiguration } from '../commands/validate.ts';
import { decideByMail } from '../person.ts';
import { listMessages } from '../services/inbox.ts';
import type { LocalSystem } from '../system.ts';
import type { Timeline } from './timeline.ts';

/** How long the system may take to come to what is looked for, and the milliseconds between two looks. */
const LOOK_FOR = 20_000;
const LOOK_EVERY = 50;

/** Half of the accounts, in thousandths. */
const HALF = 500;

/** A configuration version as the drill names it. */
export interface Version {
  readonly version: string;
  readonly digest: Digest;
}

/** A running system with a skill to drill on, and what can be done to it. */
export class DrillRoom {
  readonly system: LocalSystem;
  readonly skill: AnySkill;
  readonly drill: SkillDrill;
  readonly timeline: Timeline;
  readonly api: ApiClient;

  constructor(system: LocalSystem, skill: AnySkill, drill: SkillDrill, timeline: Timeline) {
    this.system = system;
    this.skill = skill;
    this.drill = drill;
    this.timeline = timeline;
    this.api = new ApiClient(system.apiUrl);
  }

  /** The version that is the baseline. */
  async baseline(): Promise<Version> {
    const found = (await listVersions(this.system.runtime, this.skill)).find(({ baseline }) => baseline);
    if (found === undefined) throw new NotFound('The skill has no baseline.');
    return found;
  }

  /** Where a version stands. */
  async statusOf(version: string): Promise<string> {
    const found = (await listVersions(this.system.runtime, this.skill)).find((one) => one.version === version);
    return found?.status ?? 'unknown';
  }

  /** Puts a candidate on trial, runs the four suites for it and gives it half of the accounts. */
  async ship({ configuration, story }: DrillCandidate): Promise<Version> {
    const { runtime } = this.system;
    const candidate = await addCandidate(runtime, this.skill, configuration, 'drill');
    this.timeline.note(`Candidate ${candidate.version} is on trial. ${story}`);
    const reports = await validateConfiguration(runtime, this.skill, configuration, { requests: [], by: 'drill' });
    for (const report of reports) this.timeline.check(`suite ${suiteLines(report).join(' ').slice(2)}`, report.passed);
    const baseline = await this.baseline();
    await runtime.flagAdmin?.setVariantWeights(this.skill.flag, [
      { name: baseline.version, weight: HALF, payload: baseline.digest },
      { name: candidate.version, weight: HALF, payload: candidate.digest },
    ]);
    await this.system.runSchedules();
    this.timeline.note(`The flag gives ${candidate.version} half of the accounts.`);
    return candidate;
  }

  /** The version that an execution for an account would run with now. */
  async versionFor(accountId: string): Promise<string> {
    const { requester, request } = this.drill.approvable(accountId);
    const path = `/skills/${this.skill.name}/preview`;
    const answer = (await this.api.request('POST', path, requester, request)) as z.infer<typeof preview>;
    return answer.configuration.version;
  }

  /** The accounts that a version has. */
  async accountsOn(version: string): Promise<string[]> {
    const found: string[] = [];
    for (const accountId of this.drill.accounts)
      if ((await this.versionFor(accountId)) === version) found.push(accountId);
    return found;
  }

  /** Sends a request. */
  send({ requester, request }: DrillRequest): Promise<string> {
    return this.api.start(this.skill.name, requester, request);
  }

  /** Sends a request that fails, and waits for its end. */
  async fail(accountId: string): Promise<ExecutionView> {
    const executionId = await this.send(this.drill.failing(accountId));
    const ended = await this.api.until(executionId, ({ outputs }) => outputs !== undefined, 'ended');
    await this.system.runSchedules();
    return ended;
  }

  /** Sends a request that one person must approve, and waits until they are asked. */
  async ask(accountId: string): Promise<ExecutionView> {
    const executionId = await this.send(this.drill.approvable(accountId));
    return this.api.until(executionId, ({ waitingFor }) => waitingFor !== undefined, 'waiting');
  }

  /** Approves from the mail that the execution has sent. */
  async approve({ executionId, waitingFor }: ExecutionView): Promise<void> {
    const approver = waitingFor?.levels[0]?.seats[0]?.approver ?? '';
    const { email } = loadDirectory(this.skill.referenceDirectory()).requirePerson(approver);
    await decideByMail(this.system.inboxUrl, email, executionId, { choice: 'approve' });
    this.timeline.note(`${approver} approves ${executionId}.`);
  }

  /** Looks until something is found, and answers it; `undefined` when it does not come. */
  async look<T>(find: () => Promise<T | undefined>): Promise<T | undefined> {
    const end = performance.now() + LOOK_FOR;
    for (;;) {
      const found = await find();
      if (found !== undefined || performance.now() > end) return found;
      await delay(LOOK_EVERY);
    }
  }

  /** Whether an execution comes to stand in a state of its state machine. */
  async comesTo(executionId: string, state: string): Promise<boolean> {
    const { states } = this.system.runtime;
    const there = async () => (await states.journey(this.skill.id, executionId))?.current === state || undefined;
    return (await this.look(there)) === true;
  }

  /** The subject of the mail that tells oversight of an incident. */
  incidentMail(about: string): Promise<string | undefined> {
    const { oversightAddress } = this.system.runtime.settings;
    return this.look(async () => {
      const mails = await listMessages(this.system.inboxUrl);
      const told = mails.filter(({ to }) => to.some(({ address }) => address === oversightAddress));
      return told.find(({ subject }) => subject.startsWith('Incident') && subject.includes(about))?.subject;
    });
  }
}

/** What the flag names for a skill after the last sync: version and weight of each variant that has accounts. */
export async function variantsInForce(room: DrillRoom): Promise<{ readonly on: boolean; readonly versions: string[] }> {
  const snapshot = await room.system.runtime.flags.snapshot();
  const feature = snapshot?.features.find(({ name }) => name === room.skill.flag);
  const variants = feature?.strategies.flatMap((strategy) => strategy.variants) ?? [];
  return {
    on: feature?.enabled === true,
    versions: variants.filter(({ weight }) => weight > 0).map(({ name }) => name),
  };
}
