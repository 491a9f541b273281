import { SESv2Client } from '@aws-sdk/client-sesv2';
import { notingRefusals } from '../mail/mail-failures.ts';
import { sesMailSender } from '../mail/ses.ts';
import type { Port } from './place.ts';

/** Sends mail, and notes in the table what is refused for good. */
export const mailPort: Port = ({ settings, client }, { table, clock }) => ({
  mail: notingRefusals(sesMailSender(client(SESv2Client), settings.mailFrom), { table, clock }),
});
