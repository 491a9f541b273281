import * as z from 'zod';
import { parseWith } from '../../core/zod-problems.ts';
import { startChildService } from './child-service.ts';
import type { ServiceFailed } from './errors.ts';
import { type InboxMessage, listMessages } from './inbox.ts';

/** How the mail server is started. */
export interface MailOptions {
  /** The SMTP port on 127.0.0.1; `0` takes a free one. */
  readonly smtpPort: number;
  /** The port of the inbox page on 127.0.0.1; `0` takes a free one. */
  readonly webPort: number;
  /** Where mails stay over restarts; without one they last as long as the process. */
  readonly directory?: string;
  readonly onProgress?: (message: string) => void;
  /** Is called once when the server stops although nobody closed it. */
  readonly onLost?: (error: ServiceFailed) => void;
}

/** The mail server of the local system: it takes every mail and passes none on. */
export interface Mail {
  readonly smtpUrl: string;
  readonly inboxUrl: string;
  /** The server's process. */
  readonly pid: number;
  readonly messages: () => Promise<InboxMessage[]>;
  readonly close: () => Promise<void>;
}

const START_WITHIN_MS = 60_000;
const output = z.object({ smtpPort: z.int(), webPort: z.int() });

/**
 * Starts MailDev in a child process: an SMTP server that keeps what it gets, and an inbox page, both on 127.0.0.1.
 * @throws ServiceFailed when it does not become ready.
 */
export async function startMail(options: MailOptions): Promise<Mail> {
  const { smtpPort, webPort, directory, onProgress, onLost } = options;
  const child = await startChildService({
    name: 'The mail server',
    entry: new URL('./mail-process.ts', import.meta.url),
    input: { smtpPort, webPort, directory },
    startWithinMs: START_WITHIN_MS,
    onProgress,
    onLost,
  });
  const ports = parseWith(output, child.output, 'The mail server’s answer');
  const inboxUrl = `http://127.0.0.1:${ports.webPort}`;
  return {
    smtpUrl: `smtp://127.0.0.1:${ports.smtpPort}`,
    inboxUrl,
    pid: child.pid,
    messages: () => listMessages(inboxUrl),
    close: child.close,
  };
}
