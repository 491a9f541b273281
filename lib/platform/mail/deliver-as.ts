import type { Runtime } from '../runtime.ts';
import type { Mail } from './mail-sender.ts';

/** Which mail this is: unique within the execution, and the same when the mail is sent again. */
export interface MailName {
  readonly executionId: string;
  readonly mailId: string;
}

/** The domain of a mail address, also of one with a display name around it. */
function domainOf(address: string): string {
  return /@([^\s@>]+)>?\s*$/.exec(address)?.[1] ?? 'countersign.invalid';
}

/** The `Message-ID` (RFC 5322, section 3.6.4) of a mail: made of its name, under the sender's domain. */
export function messageIdOf(name: MailName, from: string): string {
  const local = `${name.executionId}.${name.mailId}`.replace(/[^A-Za-z0-9._-]/g, '-');
  return `<${local}@${domainOf(from)}>`;
}

/**
 * Sends a mail under its own name, so that mail programs recognise a repeated delivery as the same mail.
 * @throws MailNotAccepted
 */
export function deliverAs(
  runtime: Pick<Runtime, 'mail' | 'settings'>,
  name: MailName,
  mail: Mail,
): Promise<{ readonly messageId: string }> {
  const headers = { ...mail.headers, 'Message-ID': messageIdOf(name, runtime.settings.mailFrom) };
  return runtime.mail.send({ ...mail, headers });
}
