import { createHmac } from 'node:crypto';
import { canonicalJson, digestOfBytes } from '../../core/digest.ts';
import { epochMilliseconds, type Instant } from '../../core/instant.ts';
import { RETRY_DELAYS_MS } from '../aws/retry-strategy.ts';
import {
  checkedRelease,
  checkedWithdrawal,
  type Publisher,
  PublisherUnavailable,
  type Receipt,
  type Release,
  ReleaseRefused,
  type Withdrawal,
} from './publisher.ts';

/** A key that both sides know; its id tells the receiver which one, so that keys can be changed. */
export interface WebhookKey {
  readonly id: string;
  readonly secret: string;
}

export interface WebhookOptions {
  /** From the settings of the environment, and from nowhere else: no request, contract or payload names where content goes. */
  readonly url: string;
  readonly key: () => Promise<WebhookKey>;
  readonly clock: { now(): Instant };
  /** Waits between attempts. */
  readonly wait?: (milliseconds: number) => Promise<void>;
  /** How long one attempt may take, to the end of the answer. */
  readonly timeoutMilliseconds?: number;
}

/** With four attempts and the waits between them it is over after 38 seconds, within the 60 of a step. */
const TIMEOUT_MILLISECONDS = 8_000;
/** As much of an answer as is read. */
const MOST_ANSWER_BYTES = 65_536;
/** Answers after which the same request may succeed: too early, too many, a fault on the other side. */
const PASSING = [408, 425, 429];
/** The receiver's word that nothing of it is there any more, which is all that a withdrawal wants. */
const GONE = 410;

/** What a receiver computes anew: HMAC-SHA-256 over the time, a point and the body, in hexadecimal. */
export function signatureOf(secret: string, timestamp: number, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}

async function answerBytes(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    chunks.push(part.value);
    bytes += part.value.length;
    if (bytes < MOST_ANSWER_BYTES) continue;
    await reader?.cancel();
    break;
  }
  return Buffer.concat(chunks).subarray(0, MOST_ANSWER_BYTES);
}

type Attempt = { readonly done: Receipt } | { readonly refused: number } | { readonly failed: string };

/**
 * Publishes by POST to an address of the environment's settings. The body is the release in canonical JSON; `countersign-signature`
 * says which key signed it and how (`keyId=ID, v1=HEX`), `countersign-timestamp` when (seconds), `idempotency-key` is the release id:
 * a receiver takes each id once. What is taken down is posted to the same address in the same way; its body says
 * `"kind":"withdrawn"`. Four attempts, as for every dependency. Redirects are not followed; answers are kept by their digest alone.
 */
export function webhookPublisher(options: WebhookOptions): Publisher {
  const { url, key, clock, timeoutMilliseconds = TIMEOUT_MILLISECONDS } = options;
  const wait = options.wait ?? ((milliseconds) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)));
  const target = `webhook:${new URL(url).host}`;

  async function attempt(given: Release | Withdrawal, body: string, { id, secret }: WebhookKey): Promise<Attempt> {
    const { releaseId, digest, sequence } = given;
    const timestamp = Math.floor(epochMilliseconds(clock.now()) / 1_000);
    try {
      const response = await fetch(url, {
        method: 'POST',
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMilliseconds),
        headers: {
          'content-type': 'application/json',
          'idempotency-key': releaseId,
          'countersign-timestamp': String(timestamp),
          'countersign-signature': `keyId=${id}, v1=${signatureOf(secret, timestamp, body)}`,
        },
      });
      const answer = digestOfBytes(await answerBytes(response));
      const { status } = response;
      const withdraws = 'kind' in given;
      if (PASSING.includes(status) || status >= 500) return { failed: `it answered ${status}` };
      if ((status < 200 || status >= 300) && !(withdraws && status === GONE)) return { refused: status };
      const schema = 'countersign/release-receipt/1';
      const result = withdraws ? 'withdrawn' : 'published';
      return { done: { schema, releaseId, digest, sequence, target, result, at: clock.now(), answer } };
    } catch (error) {
      return {
        failed: error instanceof Error && error.name === 'TimeoutError' ? 'it took too long' : 'it cannot be reached',
      };
    }
  }

  async function send(given: Release | Withdrawal): Promise<Receipt> {
    const body = canonicalJson(given);
    const what = 'kind' in given ? 'withdrawal' : 'release';
    const signing = await key().catch((error: unknown) => {
      throw new PublisherUnavailable('The key of the publisher cannot be read.', [], { cause: error });
    });
    let last = '';
    for (const delay of [0, ...RETRY_DELAYS_MS]) {
      if (delay > 0) await wait(delay);
      const made = await attempt(given, body, signing);
      if ('done' in made) return made.done;
      if ('refused' in made)
        throw new ReleaseRefused(`The publisher refuses the ${what}: it answered ${made.refused}.`);
      last = made.failed;
    }
    throw new PublisherUnavailable(`The publisher does not take the ${what} now: ${last}.`);
  }

  return {
    publish: async (given) => send(checkedRelease(given)),
    republish: async (given) => send(checkedRelease(given)),
    takeDown: async (given) => send(checkedWithdrawal(given)),
  };
}
