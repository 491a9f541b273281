import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { parseWith } from '../../core/zod-problems.ts';
import { ServiceFailed } from './errors.ts';

const address = z.object({ address: z.string(), name: z.string().default('') });

const mail = z
  .object({
    id: z.string(),
    time: z.string(),
    subject: z.string().default(''),
    from: z.array(address).default([]),
    to: z.array(address).default([]),
    text: z.string().default(''),
    html: z.string().default(''),
    headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
  })
  .transform(({ time, ...rest }) => ({ ...rest, sentAt: time }));

/** A mail that arrived: addresses, subject, both bodies, and headers by lower-case name. */
export type InboxMessage = z.output<typeof mail>;

const messages = z.array(mail);

/** How long to wait for a mail, and how often to look. */
export interface WaitOptions {
  readonly withinMs?: number;
  readonly everyMs?: number;
}

/**
 * Reads all mails that the local inbox holds, in the order of their dates.
 * @param inboxUrl where the inbox page is.
 * @throws ServiceFailed when the inbox does not answer.
 * @throws InvalidInput when its answer is not a list of mails.
 */
export async function listMessages(inboxUrl: string): Promise<InboxMessage[]> {
  let response: Response;
  try {
    response = await fetch(new URL('/email', inboxUrl), { signal: AbortSignal.timeout(10_000) });
  } catch (cause) {
    throw new ServiceFailed(`The inbox at ${inboxUrl} cannot be reached.`, [], { cause });
  }
  if (!response.ok) throw new ServiceFailed(`The inbox answered ${response.status}.`);
  const parsed = parseWith(messages as z.ZodType<InboxMessage[]>, await response.json(), 'The inbox');
  // Mails of an earlier run come back in whatever order the disk gives them.
  return parsed.toSorted((a, b) => Date.parse(a.sentAt) - Date.parse(b.sentAt));
}

/**
 * Waits until the inbox holds a mail that fits, and gives the latest of those.
 * The inbox has no call that waits, so this looks again and again; the mail server answers the sender before it has filed
 * the mail, so a mail that was sent may take some milliseconds to show.
 * @throws ServiceFailed when none comes in time.
 */
export async function waitForMessage(
  inboxUrl: string,
  fits: (message: InboxMessage) => boolean,
  options: WaitOptions = {},
): Promise<InboxMessage> {
  const { withinMs = 10_000, everyMs = 50 } = options;
  const end = performance.now() + withinMs;
  for (;;) {
    const found = (await listMessages(inboxUrl)).findLast(fits);
    if (found !== undefined) return found;
    if (performance.now() >= end) throw new ServiceFailed(`No such mail arrived within ${withinMs} ms.`);
    await delay(everyMs);
  }
}
