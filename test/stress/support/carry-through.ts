import { setTimeout as delay } from 'node:timers/promises';
import { ApiRefused, type ExecutionView } from '../../../lib/local/api-client.ts';
import { type FormEntries, linkIn, type OpenPage, openLink, sendForm } from '../../../lib/local/person.ts';
import { executionList } from '../../../lib/platform/contracts/api.ts';
import { skipBeyond } from '../../e2e/support/flow.ts';
import { addressOf } from '../../e2e/support/mails.ts';
import type { LightHost } from './light-host.ts';

/** What is asked for, and what its people do. */
export interface Story {
  readonly skill: string;
  readonly requester: string;
  readonly request: unknown;
  /** What each approver answers when asked. Whoever is not named stays silent until the deadline has passed. */
  readonly answers: Readonly<Record<string, string>>;
}

/**
 * How people and programs go on after a crash: `repeat` what got no answer, or be `patient` and see what the system does by
 * itself first.
 */
export type Manner = 'repeat' | 'patient';

/** Looks at an execution that does not move before time is skipped for it, and how often that is done at most. */
const LOOKS = 40;
const SKIPS = 4;
const LOOK_EVERY_MS = 10;
/** Longer than a mail's lease and than a start may stay broken off. */
const SKIP_SECONDS = 180;

/** Carries an execution from its request to its end, through every crash on the way. */
export class CarriedExecution {
  readonly #host: LightHost;
  readonly #story: Story;
  readonly #manner: Manner;
  readonly #key: string;
  /** Where the next life is to be killed too; none when it is to live. */
  readonly #nextKills: number[];
  /** The form that was sent last, until it is answered. */
  #onScreen: { readonly page: OpenPage; readonly entries: FormEntries } | undefined;
  deaths = 0;

  constructor(host: LightHost, story: Story, manner: Manner, key: string, nextKills: readonly number[] = []) {
    this.#host = host;
    this.#story = story;
    this.#manner = manner;
    this.#key = key;
    this.#nextKills = [...nextKills];
  }

  /** Posts the request until it is answered. */
  async post(): Promise<string> {
    const { skill, requester, request } = this.#story;
    const from = await this.#living(() => this.#host.client.now());
    let unanswered = false;
    for (;;) {
      try {
        return await this.#host.client.start(skill, requester, request, this.#key);
      } catch (error) {
        await this.#nextLife(error);
        if (this.#manner === 'repeat' || unanswered) continue;
        unanswered = true;
        const started = await this.#living(() => this.startedSince(from));
        if (started[0] !== undefined) return started[0];
      }
    }
  }

  /** The executions accepted since an instant. */
  async startedSince(from: string): Promise<readonly string[]> {
    const answer = await this.#host.client.request('GET', `/executions?from=${from}&limit=100`, 'auditor');
    return executionList.parse(answer).executions.map(({ executionId }) => executionId);
  }

  /** Does what the story says until the execution has ended. */
  async carry(executionId: string): Promise<ExecutionView> {
    let still = 0;
    let skips = 0;
    let last = '';
    for (;;) {
      const view = await this.#living(() => this.#host.client.execution(executionId));
      if (view.outcome !== undefined && view.outputs !== undefined) return view;
      const position = JSON.stringify([view.status, view.waitingFor]);
      if (position !== last) [still, skips, last] = [0, 0, position];
      if (await this.#attempt(() => this.#answer(view))) continue;
      still += 1;
      if (still % LOOKS !== 0) {
        await delay(LOOK_EVERY_MS);
        continue;
      }
      if (skips === SKIPS) throw new Error(`Execution ${executionId} is stuck: ${position}`);
      skips += 1;
      await this.#living(() => this.#host.client.skipTime(SKIP_SECONDS));
    }
  }

  /** One thing that somebody does now; whether anybody did anything. */
  async #answer(view: ExecutionView): Promise<boolean> {
    const { waitingFor } = view;
    if (waitingFor === undefined) return false;
    const open = waitingFor.levels.flatMap(({ seats }) => seats).filter(({ status }) => status === 'open');
    if (open.length === 0) return false;
    const willing = open.filter(({ approver }) => this.#story.answers[approver] !== undefined);
    if (willing.length === 0) {
      // Not in one leap: in the time that passes, what a crash left unsent is sent.
      await this.#host.client.skipTime(SKIP_SECONDS);
      await skipBeyond(this.#host.client, waitingFor.deadlineAt);
      return true;
    }
    // One after the other: whose word comes first may decide whether the next is heard.
    return this.#decide(view.executionId, willing[0]?.approver ?? '');
  }

  async #decide(executionId: string, approver: string): Promise<boolean> {
    const choice = this.#story.answers[approver] ?? '';
    const entries = { choice, comment: `${choice} by ${approver}` };
    // What was on the screen when the system died is sent again as it is.
    const onScreen = this.#manner === 'repeat' ? this.#onScreen : undefined;
    this.#onScreen = undefined;
    if (onScreen !== undefined) {
      await sendForm(onScreen.page, onScreen.entries);
      return true;
    }
    const mails = this.#host.mails.of(executionId).filter(({ to }) => to === addressOf(approver));
    const link = mails.map(linkIn).findLast((found) => found !== undefined);
    if (link === undefined) return false;
    const page = await openLink(link);
    if (page.nonce === undefined) return false;
    this.#onScreen = { page, entries };
    const { status } = await sendForm(page, entries);
    this.#onScreen = undefined;
    if (status >= 500) throw new Error(`The decision was answered with ${status}.`);
    return true;
  }

  /** Tries once; a crash on the way counts as something done. */
  async #attempt(work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      await this.#nextLife(error);
      return true;
    }
  }

  /** Tries until it is not a crash that it fails by. */
  async #living<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        await this.#nextLife(error);
      }
    }
  }

  /** Starts the system again if it was a crash that broke something off; anything else is thrown on. */
  async #nextLife(error: unknown): Promise<void> {
    // An answer that was cut off is no JSON; a connection that was cut off is a TypeError of fetch.
    const cutOff = error instanceof TypeError || error instanceof SyntaxError;
    if (error instanceof ApiRefused || !cutOff) throw error;
    const died = await Promise.race([this.#host.ended, delay(5_000, 'alive' as const)]);
    if (died === 'alive') throw error;
    if (died !== 'SIGKILL') throw new Error(`The system ended by itself (${died}): ${this.#host.complaints}`);
    this.deaths += 1;
    for (;;) {
      const killAt = this.#nextKills.shift();
      if (await this.#host.start(killAt)) return;
      this.deaths += 1;
    }
  }
}
