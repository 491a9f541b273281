import { linkIn } from '../../../lib/local/person.ts';
import { type InboxMessage, listMessages, waitForMessage } from '../../../lib/local/services/inbox.ts';

/** The domain of everybody in the reference directory. */
const DOMAIN = 'halden.example.com';

/** The address of a person of the reference directory. */
export function addressOf(person: string): string {
  return `${person}@${DOMAIN}`;
}

function belongsTo(mail: InboxMessage, executionId: string): boolean {
  return String(mail.headers['message-id'] ?? '').startsWith(`<${executionId}.`);
}

/** Every mail that an execution has sent so far, oldest first. */
export async function mailsOf(inbox: string, executionId: string): Promise<InboxMessage[]> {
  return (await listMessages(inbox)).filter((mail) => belongsTo(mail, executionId));
}

/** Waits for the newest mail of an execution to a person that fits. */
export function mailTo(
  inbox: string,
  executionId: string,
  person: string,
  fits: (mail: InboxMessage) => boolean = () => true,
): Promise<InboxMessage> {
  return waitForMessage(
    inbox,
    (mail) =>
      belongsTo(mail, executionId) && mail.to.some(({ address }) => address === addressOf(person)) && fits(mail),
    { withinMs: 30_000 },
  );
}

/** Waits for the approval link that an execution has mailed to a person. */
export async function linkTo(inbox: string, executionId: string, person: string): Promise<string> {
  return linkIn(await mailTo(inbox, executionId, person, (mail) => linkIn(mail) !== undefined)) ?? '';
}

/** Every address of a page in a mail, in its text and in its HTML. */
export function urlsIn(mail: InboxMessage): string[] {
  const inHtml = [...mail.html.matchAll(/href="([^"]+)"/g)].map(([, url = '']) => url.replaceAll('&amp;', '&'));
  const inText = mail.text.match(/https?:\/\/[^\s<>"]+/g) ?? [];
  return [...new Set([...inText, ...inHtml])];
}
