import { log } from '../../lib/platform/log.ts';
import { noteMailFailure } from '../../lib/platform/mail/mail-failures.ts';
import { failureIn } from '../../lib/platform/mail/ses-event.ts';
import { type Invocation, watched } from '../invocation.ts';
import { runtime } from '../runtime.ts';

/** For each mail that SES could not deliver: note it, for the sweeper to tell oversight. */
export function handler(event: unknown, invocation?: Invocation): Promise<void> {
  return watched(invocation, {}, () => note(event));
}

async function note(event: unknown): Promise<void> {
  const failure = failureIn(event);
  if (failure === undefined) return log('info', { event: 'mail-event-ignored' });
  await noteMailFailure(await runtime(), failure.messageId, failure.kind);
  log('warn', { event: 'mail-failed', messageId: failure.messageId, kind: failure.kind });
}
