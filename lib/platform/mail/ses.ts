import { type SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { MailNotAccepted } from './mail-not-accepted.ts';
import type { MailSender } from './mail-sender.ts';
import { encodedAddress, mimeMessage } from './mime.ts';

/** SES refuses these whenever they come; throttling and an out-of-reach service pass. */
const PERMANENT: readonly string[] = [
  'MessageRejected',
  'BadRequestException',
  'MailFromDomainNotVerifiedException',
  'NotFoundException',
];

function isPermanent(error: unknown): boolean {
  // A mail that cannot be written stays so.
  return error instanceof RangeError || (error instanceof Error && PERMANENT.includes(error.name));
}

/**
 * Mail over Amazon SES (API v2). The client's own retry strategy applies. The message goes out whole: SES takes no `Message-ID`
 * beside simple content, and by that header its events tell which mail failed.
 * @see https://docs.aws.amazon.com/ses/latest/dg/header-fields.html
 */
export function sesMailSender(client: SESv2Client, from: string): MailSender {
  return {
    async send(mail) {
      try {
        const command = new SendEmailCommand({
          FromEmailAddress: encodedAddress(from),
          Destination: { ToAddresses: [encodedAddress(mail.to)] },
          Content: { Raw: { Data: Buffer.from(mimeMessage(mail, from)) } },
        });
        const { MessageId } = await client.send(command);
        return { messageId: MessageId ?? '' };
      } catch (cause) {
        const permanent = isPermanent(cause);
        // The service's own words may quote the mail, so only the cause carries them.
        const message = permanent ? 'Amazon SES refused the mail.' : 'Amazon SES did not take the mail.';
        throw new MailNotAccepted(message, permanent, { cause });
      }
    },
  };
}
