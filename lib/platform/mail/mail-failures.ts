import type { Instant } from '../../core/instant.ts';
import { log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import type { ItemKey } from '../store/table.ts';
import { MailNotAccepted } from './mail-not-accepted.ts';
import type { MailSender } from './mail-sender.ts';

/** How a mail failed for good: `refused` when it was handed over, or later. */
export type MailFailureKind = 'refused' | 'bounced' | 'complained' | 'rejected';

/** A mail that never reached its reader, known by its Message-ID. */
export interface MailFailure extends ItemKey {
  /** Without angle brackets. */
  readonly messageId: string;
  readonly kind: MailFailureKind;
  readonly at: Instant;
}

const FAILURES = 'MAIL-FAILURES';

/** Notes that a mail failed for good, for the sweeper to act on; noting it twice is harmless. */
export async function noteMailFailure(
  { table, clock }: Pick<Runtime, 'table' | 'clock'>,
  messageId: string,
  kind: MailFailureKind,
): Promise<void> {
  const bare = messageId.replace(/^<|>$/g, '');
  await table.put({ pk: FAILURES, sk: bare, messageId: bare, kind, at: clock.now() });
}

/** The failures that nobody has acted on. */
export function readMailFailures({ table }: Pick<Runtime, 'table'>): Promise<readonly MailFailure[]> {
  return table.queryAll<MailFailure>({ pk: FAILURES });
}

/** Strikes a failure that was acted on. */
export function strikeMailFailure({ table }: Pick<Runtime, 'table'>, { pk, sk }: ItemKey): Promise<void> {
  return table.delete({ pk, sk });
}

/** A sender that also notes the mails which the transport refuses for good; the refusal itself goes on to the caller. */
export function notingRefusals(sender: MailSender, ports: Pick<Runtime, 'table' | 'clock'>): MailSender {
  return {
    async send(mail) {
      try {
        return await sender.send(mail);
      } catch (error) {
        const messageId = mail.headers?.['Message-ID'];
        if (error instanceof MailNotAccepted && error.permanent && messageId !== undefined)
          // The refusal must reach the caller even when the table is out of reach; it comes again with the next attempt.
          await noteMailFailure(ports, messageId, 'refused').catch((fault: unknown) =>
            log('error', { event: 'refusal-not-noted', error: fault instanceof Error ? fault.name : 'unknown' }),
          );
        throw error;
      }
    },
  };
}
