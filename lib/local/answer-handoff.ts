import * as z from 'zod';
import type { LoadedDirectory } from '../core/directory/loaded.ts';
import { secondsUntil } from '../core/instant.ts';
import { answerFieldName } from '../pages/parts/answer-form.ts';
import { type ExampleHandoffStep, valuesFor } from '../platform/examples.ts';
import { type ApiClient, ApiRefused } from './api-client.ts';
import { LOCAL_OPERATOR } from './api-gateway.ts';
import { openLink, PageUnusable, sendForm } from './person.ts';
import { waitForMessage } from './services/inbox.ts';

/** Skipped beyond the due instant, so that it has passed for everybody. */
const SECONDS_BEHIND = 60;

const shown = z.looseObject({
  handoff: z.looseObject({ handoff: z.string() }),
  wait: z.looseObject({ number: z.int(), dueAt: z.string(), people: z.array(z.string()) }).optional(),
  end: z.looseObject({ state: z.string() }).optional(),
});
type Shown = z.infer<typeof shown>;

/** Where the handoff of an execution stands; `undefined` as long as none was offered. */
async function look(api: ApiClient, executionId: string): Promise<Shown | undefined> {
  try {
    return shown.parse(await api.request('GET', `/executions/${executionId}/handoff`, LOCAL_OPERATOR));
  } catch (error) {
    if (error instanceof ApiRefused && error.status === 404) return undefined;
    throw error;
  }
}

/** Waits until the handoff of an execution is offered, and has moved on from a wait. @throws PageUnusable when it never does. */
async function waitFor(api: ApiClient, executionId: string, after: number): Promise<Shown> {
  await api.until(
    executionId,
    ({ status }) => status !== 'starting' && status !== 'running',
    'waiting for the other side',
  );
  for (let looks = 0; looks < 400; looks += 1) {
    const found = await look(api, executionId);
    if (found !== undefined && (found.end !== undefined || (found.wait?.number ?? 0) > after)) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new PageUnusable(`The handoff of execution ${executionId} does not go on from its wait ${after}.`);
}

/** The link in the newest mail that an execution has sent to an address about a wait of its handoff. */
async function linkFor(inboxUrl: string, address: string, executionId: string, wait: number): Promise<string> {
  const linkIn = (text: string): string | undefined => /https?:\/\/\S+\/handoffs\/[\w-]+\.[\w-]+/.exec(text)?.[0];
  const mail = await waitForMessage(
    inboxUrl,
    (message) =>
      message.to.some((to) => to.address === address) &&
      String(message.headers['message-id'] ?? '').startsWith(`<${executionId}.handoff.w${wait}.`) &&
      linkIn(message.text) !== undefined,
    { withinMs: 30_000 },
  );
  return linkIn(mail.text) ?? '';
}

/**
 * Does what the parties of a handoff do, one after the other: people by the links that were mailed to them, systems over the API, and
 * time where nobody does anything.
 * @throws PageUnusable when an answer is taken that should be refused, or the other way round.
 */
export async function answerHandoff(
  api: ApiClient,
  inboxUrl: string,
  directory: LoadedDirectory,
  executionId: string,
  steps: readonly ExampleHandoffStep[],
): Promise<void> {
  let passed = 0;
  for (const [index, step] of steps.entries()) {
    const { wait, handoff } = await waitFor(api, executionId, passed);
    if (wait === undefined)
      throw new PageUnusable(`The handoff of execution ${executionId} has ended before step ${index + 1}.`);
    if ('missClock' in step) {
      await api.skipTime(Math.max(1, secondsUntil(await api.now(), wait.dueAt)) + SECONDS_BEHIND);
      passed = wait.number;
      continue;
    }
    const who = 'as' in step ? step.as : step.by;
    const refused =
      'as' in step
        ? await answerByLink(inboxUrl, directory, executionId, wait.number, {
            ...step,
            values: valuesFor(step.values, handoff.handoff),
          })
        : await sendEvent(api, executionId, index, step);
    if (refused !== (step.refused === true))
      throw new PageUnusable(
        `Step ${index + 1} of ${who} was ${refused ? 'refused' : 'taken'}, and should not have been.`,
      );
    // An event may leave the wait as it is, such as an obligation that was settled.
    passed = refused || 'event' in step ? 0 : wait.number;
    if ('event' in step && !refused)
      passed = (await look(api, executionId))?.wait?.number === wait.number ? wait.number - 1 : wait.number;
  }
}

async function answerByLink(
  inboxUrl: string,
  directory: LoadedDirectory,
  executionId: string,
  wait: number,
  { as, choice, values }: Extract<ExampleHandoffStep, { as: string }>,
): Promise<boolean> {
  const page = await openLink(await linkFor(inboxUrl, directory.requirePerson(as).email, executionId, wait));
  const fields = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [answerFieldName(choice, name), value]),
  );
  return (await sendForm(page, { choice, ...fields })).status >= 400;
}

async function sendEvent(
  api: ApiClient,
  executionId: string,
  index: number,
  { by, event }: Extract<ExampleHandoffStep, { by: string }>,
): Promise<boolean> {
  try {
    await api.request('POST', `/executions/${executionId}/handoff/events`, by, { id: `step-${index + 1}`, event });
    return false;
  } catch (error) {
    if (error instanceof ApiRefused && error.status === 422) return true;
    throw error;
  }
}
