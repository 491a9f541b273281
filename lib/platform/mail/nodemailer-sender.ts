import type { SendMailOptions } from 'nodemailer';
import { MailNotAccepted } from './mail-not-accepted.ts';
import type { Mail, MailSender } from './mail-sender.ts';

/** The part of a nodemailer transporter that is used here. */
interface Transporter {
  sendMail(message: SendMailOptions): Promise<{ readonly messageId: string }>;
}

/** The message for nodemailer: it writes `Message-ID` from a field of its own. Nothing is ever read from files or URLs. */
function messageOf(mail: Mail, from: string): SendMailOptions {
  const { 'Message-ID': messageId, ...headers } = mail.headers ?? {};
  return {
    from,
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    headers,
    ...(messageId === undefined ? {} : { messageId }),
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/**
 * A mail sender over a nodemailer transport.
 * @param isPermanent tells refusals of the mail itself from a transport that is out of reach or busy.
 */
export function nodemailerSender(
  transporter: Transporter,
  from: string,
  transport: string,
  isPermanent: (error: unknown) => boolean,
): MailSender {
  return {
    async send(mail) {
      try {
        const sent = await transporter.sendMail(messageOf(mail, from));
        return { messageId: sent.messageId };
      } catch (cause) {
        const permanent = isPermanent(cause);
        // The transport's own words may quote the mail, so only the cause carries them.
        const message = permanent ? `${transport} refused the mail.` : `${transport} did not take the mail.`;
        throw new MailNotAccepted(message, permanent, { cause });
      }
    },
  };
}
