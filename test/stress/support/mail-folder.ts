import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mail, MailSender } from '../../../lib/platform/mail/mail-sender.ts';

/** A mail that was handed over, with its number in the order of handing over. */
export interface FiledMail extends Mail {
  readonly number: number;
}

/** Hands mails over to a folder, one file each; a file appears whole or not at all. */
export function folderMailSender(folder: string): MailSender {
  mkdirSync(folder, { recursive: true });
  let number = readdirSync(folder).length;
  return {
    async send(mail) {
      number += 1;
      const file = join(folder, `${String(number).padStart(6, '0')}.json`);
      writeFileSync(`${file}.tmp`, JSON.stringify({ ...mail, number }));
      renameSync(`${file}.tmp`, file);
      return { messageId: randomUUID() };
    },
  };
}

/** Reads mails as they arrive in a folder; each file once. */
export class MailFolder {
  readonly #folder: string;
  readonly #mails = new Map<string, FiledMail>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Every mail so far, oldest first. */
  all(): readonly FiledMail[] {
    for (const file of readdirSync(this.#folder).sort()) {
      if (!file.endsWith('.json') || this.#mails.has(file)) continue;
      this.#mails.set(file, JSON.parse(readFileSync(join(this.#folder, file), 'utf8')) as FiledMail);
    }
    return [...this.#mails.values()];
  }

  /** The mails of one execution. */
  of(executionId: string): readonly FiledMail[] {
    return this.all().filter((mail) => mail.headers?.['Message-ID']?.startsWith(`<${executionId}.`) === true);
  }
}
