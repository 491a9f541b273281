import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import type { IncomingMessage, Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import { parseWith } from '../../core/zod-problems.ts';
import { guardServer, LOOPBACK } from './host-check.ts';
import { type RunningService, serveParent, temporaryFolder } from './serve-parent.ts';

const inputSchema = z.object({ smtpPort: z.int(), webPort: z.int(), directory: z.string().optional() });

/** What is used of MailDev: its main module would also take over the process's signals. */
interface MailServer {
  create(port: string, host: string, directory: string): void;
  listen(): Promise<void>;
  close(callback: () => void): void;
  loadMailsFromDirectory(): void;
  on(event: 'new', listener: () => void): void;
  off(event: 'new', listener: () => void): void;
  readonly store: readonly unknown[];
  readonly smtp: { readonly server: Server };
  /** Shown on the page. */
  port: number | string;
}
interface Web {
  start(
    port: string,
    host: string,
    mailServer: MailServer,
    user: undefined,
    password: undefined,
    basePathname: undefined,
    secure: { https: boolean },
  ): void;
  close(callback: () => void): void;
  readonly server: Server;
}

/** AngularJS builds its templates with `new Function`. Nothing is loaded from elsewhere, whatever a mail refers to. */
const PAGE_POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data: blob:; connect-src 'self' ws:; frame-src 'self' blob: data:; " +
  "object-src 'none'; form-action 'none'; frame-ancestors 'self'";
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'none'; frame-ancestors 'self'";

function headersFor(request: IncomingMessage): Record<string, string> {
  const isMail = /^\/email\/[^/]+\/html(\?|$)/.test(request.url ?? '');
  return {
    'content-security-policy': isMail ? MAIL_POLICY : PAGE_POLICY,
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  };
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** Loads the mails of an earlier run and waits until the last one is in the list. */
async function restore(mailServer: MailServer, directory: string): Promise<number> {
  const mails = (await readdir(directory)).filter((name) => name.endsWith('.eml')).length;
  if (mails === 0) return 0;
  await new Promise<void>((resolve) => {
    const count = () => {
      if (mailServer.store.length < mails) return;
      mailServer.off('new', count);
      resolve();
    };
    mailServer.on('new', count);
    mailServer.loadMailsFromDirectory();
  });
  return mails;
}

async function start(raw: unknown, progress: (message: string) => void): Promise<RunningService> {
  const input = parseWith(inputSchema, raw, 'The mail server’s input');
  const directory = input.directory ?? temporaryFolder('countersign-mail-');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const require = createRequire(import.meta.url);
  (require('maildev/lib/logger') as { setLevel(level: number): void }).setLevel(0);
  const mailServer = require('maildev/lib/mailserver') as MailServer;
  const web = require('maildev/lib/web') as Web;

  // MailDev takes the number 0 for "the usual port" and the text for "a free one".
  mailServer.create(String(input.smtpPort), LOOPBACK, directory);
  const restored = await restore(mailServer, directory);
  if (restored > 0) progress(`${restored} mail(s) of earlier runs`);
  await mailServer.listen();
  const smtpPort = portOf(mailServer.smtp.server);
  mailServer.port = smtpPort;

  web.start(String(input.webPort), LOOPBACK, mailServer, undefined, undefined, undefined, { https: false });
  // Connections are taken up in a later turn of the event loop, so none gets in before the guard.
  guardServer(web.server, { headers: headersFor });
  if (!web.server.listening) await once(web.server, 'listening');
  return {
    output: { smtpPort, webPort: portOf(web.server) },
    close: async () => {
      await new Promise<void>((resolve) => web.close(resolve));
      await new Promise<void>((resolve) => mailServer.close(resolve));
    },
  };
}

serveParent(start);
