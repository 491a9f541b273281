import { loadDirectory } from '../../../lib/core/directory/load.ts';
import type { BundledExample } from '../../../lib/local/examples.ts';
import { answerFieldName } from '../../../lib/pages/parts/answer-form.ts';
import { handoffAnswer } from '../../../lib/platform/contracts/handoff.ts';
import { type ExampleHandoffStep, valuesFor } from '../../../lib/platform/examples.ts';
import type { DeployedApi } from './deployed-api.ts';
import { mailTo } from './mailbox.ts';

type Answer = Extract<ExampleHandoffStep, { as: string }>;

const linkIn = ({ text }: { readonly text: string }): string | undefined =>
  /https?:\/\/\S+\/handoffs\/[\w-]+\.[\w-]+/.exec(text)?.[0];

/** Where the handoff of an execution stands, by the deployed API. */
export async function handoffOf(api: DeployedApi, executionId: string) {
  return handoffAnswer.parse(await api.read(`/executions/${executionId}/handoff`));
}

/**
 * The parties of one handoff at their mails: each opens the newest link that was mailed to them and answers by its form, as
 * `lib/local/answer-handoff.ts` does on one machine.
 */
export class Parties {
  readonly #server: string;
  readonly #api: DeployedApi;
  readonly #executionId: string;
  readonly #addressOf: (person: string) => string;
  /** Links whose wait is over: what comes next is asked by another one. */
  readonly #used = new Set<string>();

  constructor(server: string, api: DeployedApi, { skill }: Pick<BundledExample, 'skill'>, executionId: string) {
    const directory = loadDirectory(skill.referenceDirectory());
    this.#server = server;
    this.#api = api;
    this.#executionId = executionId;
    this.#addressOf = (person) => directory.requirePerson(person).email;
  }

  /** The newest link of a person that was not answered by yet. */
  async linkOf(person: string): Promise<string> {
    const mail = await mailTo(this.#server, this.#executionId, this.#addressOf(person), (one) => {
      const link = linkIn(one);
      return link !== undefined && !this.#used.has(link);
    });
    return linkIn(mail) ?? '';
  }

  /** Answers by the form of the newest link. @returns the status and the page that came back. */
  async answer({ as, choice, values }: Pick<Answer, 'as' | 'choice' | 'values'>) {
    const link = await this.linkOf(as);
    const { handoff, wait } = await handoffOf(this.#api, this.#executionId);
    const fields = Object.entries(valuesFor(values, handoff.handoff)).map(
      ([name, value]) => [answerFieldName(choice, name), value] as const,
    );
    const answer = await this.#api.decide(await this.#api.open(link), { choice, ...Object.fromEntries(fields) });
    // Reading back wrongly acknowledges all the same, and a link belongs to one wait.
    const after = await handoffOf(this.#api, this.#executionId);
    if (after.wait?.number !== wait?.number) this.#used.add(link);
    return { ...answer, link };
  }

  /** Does what a story says, one step after the other. @throws when an answer is not taken. */
  async play(steps: readonly ExampleHandoffStep[]): Promise<void> {
    for (const step of steps) {
      if (!('as' in step)) throw new Error('Only what people answer by their links is played here.');
      const { status, html } = await this.answer(step);
      if (status >= 400) throw new Error(`The answer of ${step.as} was refused with ${status}: ${html.slice(0, 500)}`);
    }
  }
}
