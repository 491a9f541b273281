import { type SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { createTransport } from 'nodemailer';
import type { MailSender } from './mail-sender.ts';
import { nodemailerSender } from './nodemailer-sender.ts';

/** SES refuses these whenever they come; throttling and an out-of-reach service pass. */
const PERMANENT: readonly string[] = [
  'MessageRejected',
  'BadRequestException',
  'MailFromDomainNotVerifiedException',
  'NotFoundException',
];

function isPermanent(error: unknown): boolean {
  return error instanceof Error && PERMANENT.includes(error.name);
}

/** Mail over Amazon SES (API v2). The client's own retry strategy applies. */
export function sesMailSender(client: SESv2Client, from: string): MailSender {
  const transporter = createTransport({ SES: { sesClient: client, SendEmailCommand } });
  return nodemailerSender(transporter, from, 'Amazon SES', isPermanent);
}
