import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Execution } from './execution.ts';
import type { Journal } from './journal.ts';

/** What a token stands for: one attempt at one task. */
export interface TokenBearer {
  readonly executionArn: string;
  readonly startedAt: number;
  readonly scheduledEventId: number;
}

/**
 * Task tokens: they name the attempt, and a secret that stays here signs them.
 * So the same attempt always has the same token, and nobody can make one up.
 */
export class TaskTokens {
  readonly #secret: Buffer;

  constructor(secret: Buffer) {
    this.#secret = secret;
  }

  /** Tokens under the secret that the journal keeps; the first time, it is drawn. */
  static of(journal: Journal): TaskTokens {
    const kept = journal.document('token-secret');
    const secret = kept ?? randomBytes(32).toString('base64url');
    if (kept === undefined) journal.keepDocument('token-secret', secret);
    return new TaskTokens(Buffer.from(secret, 'base64url'));
  }

  /** The token of the attempt that an event scheduled. */
  issue({ executionArn, startedAt }: Pick<Execution, 'executionArn' | 'startedAt'>, scheduledEventId: number): string {
    const body = Buffer.from(JSON.stringify([executionArn, startedAt, scheduledEventId])).toString('base64url');
    return `${body}.${this.#sign(body)}`;
  }

  /** What a token stands for; `undefined` when it was not issued here. */
  read(token: string): TokenBearer | undefined {
    const [body = '', signature = '', ...more] = token.split('.');
    const given = Buffer.from(signature);
    const expected = Buffer.from(this.#sign(body));
    if (more.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const [executionArn, startedAt, scheduledEventId] = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as [
      string,
      number,
      number,
    ];
    return { executionArn, startedAt, scheduledEventId };
  }

  #sign(body: string): string {
    return createHmac('sha256', this.#secret).update(body).digest('base64url');
  }
}
