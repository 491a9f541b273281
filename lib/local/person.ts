import { CountersignError } from '../core/errors.ts';
import { type InboxMessage, waitForMessage } from './services/inbox.ts';

/** A page did not offer what a person would have needed. */
export class PageUnusable extends CountersignError {
  readonly code = 'PageUnusable';
}

/** What a person enters into the form of an approval page. */
export interface FormEntries {
  readonly choice?: string;
  readonly comment?: string;
}

/** The approval link in a mail, if there is one. */
export function linkIn(mail: Pick<InboxMessage, 'text'>): string | undefined {
  return /https?:\/\/\S+\/approvals\/[\w-]+\.[\w-]+/.exec(mail.text)?.[0];
}

/** Waits for the newest mail with a link that an execution has sent to an address. */
export async function mailWithLink(inboxUrl: string, address: string, executionId: string): Promise<string> {
  const mail = await waitForMessage(
    inboxUrl,
    (message) =>
      message.to.some((to) => to.address === address) &&
      String(message.headers['message-id'] ?? '').startsWith(`<${executionId}.`) &&
      linkIn(message) !== undefined,
    { withinMs: 30_000 },
  );
  return linkIn(mail) ?? '';
}

/** A page as a browser without script holds it. */
export interface OpenPage {
  readonly url: string;
  readonly status: number;
  readonly html: string;
  readonly cookie: string | undefined;
  readonly nonce: string | undefined;
}

/** Opens an approval link. */
export async function openLink(url: string, cookie?: string): Promise<OpenPage> {
  const response = await fetch(url, { headers: cookie === undefined ? {} : { Cookie: cookie }, redirect: 'manual' });
  const html = await response.text();
  return {
    url,
    status: response.status,
    html,
    cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie,
    nonce: /name="nonce" value="([^"]+)"/.exec(html)?.[1],
  };
}

/**
 * Sends the form of an open page, as a browser would.
 * @throws PageUnusable when the page has no form.
 */
export async function sendForm(page: OpenPage, entries: FormEntries): Promise<{ status: number; html: string }> {
  if (page.nonce === undefined || page.cookie === undefined)
    throw new PageUnusable(`The page at this link (status ${page.status}) has no form to decide by.`);
  const { origin } = new URL(page.url);
  const fields = { nonce: page.nonce, comment: '', ...entries };
  const response = await fetch(page.url, {
    method: 'POST',
    headers: { Cookie: page.cookie, Origin: origin, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
    redirect: 'manual',
  });
  return { status: response.status, html: await response.text() };
}

/**
 * Does what an approver does: waits for the mail, opens its link, decides.
 * @throws PageUnusable when the decision is not taken.
 */
export async function decideByMail(
  inboxUrl: string,
  address: string,
  executionId: string,
  entries: { readonly choice: string; readonly comment?: string },
): Promise<void> {
  const page = await openLink(await mailWithLink(inboxUrl, address, executionId));
  const answer = await sendForm(page, entries);
  if (answer.status >= 400) throw new PageUnusable(`The decision of ${address} was refused with ${answer.status}.`);
}
