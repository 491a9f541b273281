import * as z from 'zod';
import { parseWith } from '../../core/zod-problems.ts';
import type { MailFailureKind } from './mail-failures.ts';

/** As much of an event that SES publishes to EventBridge as is needed. */
const sesEvent = z.looseObject({
  detail: z.looseObject({
    eventType: z.string(),
    bounce: z.looseObject({ bounceType: z.string() }).optional(),
    mail: z.looseObject({
      /** The headers of the mail as it was handed over: SES gives it another Message-ID on its way. */
      headers: z.array(z.looseObject({ name: z.string(), value: z.string() })).default([]),
    }),
  }),
});

const KINDS: { readonly [eventType: string]: MailFailureKind } = {
  Bounce: 'bounced',
  Complaint: 'complained',
  Reject: 'rejected',
};

/**
 * Reads from an event of SES which mail failed, and how. A transient bounce is none: SES itself tries again.
 * @returns `undefined` when it tells of no failure, or of a mail without a Message-ID of ours.
 * @throws InvalidInput when it is no event of SES.
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
export function failureIn(event: unknown): { readonly messageId: string; readonly kind: MailFailureKind } | undefined {
  const { eventType, bounce, mail } = parseWith(sesEvent, event, 'The event of SES').detail;
  const kind = KINDS[eventType];
  if (kind === undefined || (kind === 'bounced' && bounce?.bounceType === 'Transient')) return undefined;
  const messageId = mail.headers.find(({ name }) => name.toLowerCase() === 'message-id')?.value;
  return messageId === undefined ? undefined : { messageId, kind };
}
