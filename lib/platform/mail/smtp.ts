import { createTransport } from 'nodemailer';
import type { MailSender } from './mail-sender.ts';
import { nodemailerSender } from './nodemailer-sender.ts';

/** Milliseconds until a server that does not answer counts as out of reach. */
const TIMEOUT_MS = 10_000;

/** Where mail is handed over, and in whose name. */
export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  readonly from: string;
}

/** SMTP says 5xx when trying again cannot help (RFC 5321, section 4.2.1). */
function isPermanent(error: unknown): boolean {
  const code = (error as { responseCode?: unknown }).responseCode;
  return typeof code === 'number' && code >= 500 && code < 600;
}

/** Mail over SMTP without authentication: a server on this machine. */
export function smtpMailSender({ host, port, from }: SmtpSettings): MailSender {
  const transporter = createTransport({
    host,
    port,
    secure: false,
    ignoreTLS: true,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
  return nodemailerSender(transporter, from, 'The SMTP server', isPermanent);
}
