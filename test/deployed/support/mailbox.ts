import { setTimeout as delay } from 'node:timers/promises';
import { linkIn } from '../../../lib/local/person.ts';

/** A mail that the server's SES took. */
export interface CapturedMail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

interface Captured {
  readonly To: readonly string[];
  readonly Subject: string;
  readonly BodyText: string;
}

/** All mails that were sent, in the order of sending. */
export async function capturedMails(url: string): Promise<CapturedMail[]> {
  const response = await fetch(`${url}/_ministack/ses/messages`);
  const { messages } = (await response.json()) as { messages: Record<string, Captured[]> };
  return Object.values(messages)
    .flat()
    .map(({ To, Subject, BodyText }) => ({ to: To, subject: Subject, text: BodyText }));
}

/** Waits for the newest mail of an execution to an address that fits. */
export async function mailTo(
  url: string,
  executionId: string,
  address: string,
  fits: (mail: CapturedMail) => boolean = () => true,
): Promise<CapturedMail> {
  for (const end = performance.now() + 60_000; ; await delay(200)) {
    const mail = (await capturedMails(url)).findLast(
      (one) => one.to.some((to) => to.includes(address)) && one.text.includes(executionId) && fits(one),
    );
    if (mail !== undefined) return mail;
    if (performance.now() > end) throw new Error(`No such mail of ${executionId} to ${address} was sent.`);
  }
}

/** Waits for the newest approval link that an execution has mailed to an address, other than one that is known already. */
export async function linkTo(url: string, executionId: string, address: string, known?: string): Promise<string> {
  const mail = await mailTo(url, executionId, address, (one) => ![undefined, known].includes(linkIn(one)));
  return linkIn(mail) ?? '';
}
