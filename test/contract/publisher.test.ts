import { createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson, digestOf } from '../../lib/core/digest.ts';
import { sendLogTo } from '../../lib/platform/log.ts';
import { folderPublisher } from '../../lib/platform/publisher/folder.ts';
import {
  type Publisher,
  PublisherUnavailable,
  type Release,
  ReleaseRefused,
  type Withdrawal,
} from '../../lib/platform/publisher/publisher.ts';
import { webhookPublisher } from '../../lib/platform/publisher/webhook.ts';
import { readSettings } from '../../lib/platform/settings.ts';
import { FakeClock } from '../support/runtime.ts';

const KEY = { id: 'key-2026', secret: 'a secret that both sides know' };

/** The order to take a release of the content down. */
function withdrawalOf({ releaseId, digest, executionId, skill, channel, contentId }: Release, sequence: number) {
  const schema = 'countersign/withdrawal/1' as const;
  const names = { skill, executionId, channel, contentId };
  const at = '2026-11-20T10:00:00.000Z';
  const kind = 'withdrawn' as const;
  return { schema, kind, releaseId: `${releaseId}.withdrawn`, withdraws: releaseId, ...names, sequence, digest, at };
}

function releaseOf(releaseId: string, sequence: number, headline: string): Release {
  const content = { parts: { '/headline': headline }, publication: { channel: 'website' } };
  return {
    schema: 'countersign/release/1',
    releaseId,
    skill: 'handoffs',
    executionId: releaseId,
    channel: 'website',
    contentId: 'campaign-coat',
    sequence,
    digest: digestOf(content),
    notBefore: '2026-11-20T08:00:00.000Z',
    content,
  };
}

/** A receiver as its documentation asks for: it checks the signature and takes each release and withdrawal once, in order. */
class Receiver {
  readonly requests: { headers: IncomingMessage['headers']; body: string }[] = [];
  /** What the next requests are answered: a status, silence, or an answer that is lost after the release was taken. */
  readonly next: (number | 'silence' | 'lost')[] = [];
  readonly taken = new Map<string, Release | Withdrawal>();
  #open: ServerResponse[] = [];
  readonly server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => this.#answer(request, body, response));
  });

  get out(): Release | undefined {
    const last = [...this.taken.values()].sort((a, b) => b.sequence - a.sequence)[0];
    return last === undefined || 'kind' in last ? undefined : last;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/releases`;
  }

  #answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    this.requests.push({ headers: request.headers, body });
    const how = this.next.shift() ?? 200;
    if (how === 'silence') {
      this.#open.push(response);
      return;
    }
    if (how === 200 || how === 'lost') {
      const { 'countersign-timestamp': time, 'countersign-signature': signature } = request.headers;
      const wanted = createHmac('sha256', KEY.secret).update(`${time}.${body}`).digest('hex');
      if (signature !== `keyId=${KEY.id}, v1=${wanted}`) {
        response.writeHead(401).end();
        return;
      }
      const release = JSON.parse(body) as Release | Withdrawal;
      if (!this.taken.has(String(request.headers['idempotency-key']))) this.taken.set(release.releaseId, release);
    }
    if (how === 'lost') response.destroy();
    else if (how === 302) response.writeHead(302, { location: `${this.url}/elsewhere` }).end();
    else response.writeHead(how).end('the answer, which nobody is to log');
  }

  reset(): void {
    for (const open of this.#open.splice(0)) open.destroy();
    this.requests.length = 0;
    this.next.length = 0;
    this.taken.clear();
  }
}

const receiver = new Receiver();
const clock = new FakeClock();
let folder = '';
let waits: number[] = [];
let lines: string[] = [];

beforeAll(() => new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => receiver.server.close(resolve)));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-published-'));
  waits = [];
  lines = [];
  sendLogTo((line) => lines.push(line));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  receiver.reset();
  sendLogTo(() => {});
});

const webhook = (timeoutMilliseconds?: number): Publisher =>
  webhookPublisher({
    url: receiver.url,
    key: async () => KEY,
    clock,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
    },
    ...(timeoutMilliseconds === undefined ? {} : { timeoutMilliseconds }),
  });

interface Adapter {
  readonly name: string;
  make(): Publisher;
  /** What the public sees. */
  out(): Release | undefined;
}

const adapters: readonly Adapter[] = [
  {
    name: 'the folder',
    make: () => folderPublisher(folder, clock),
    out: () => {
      const file = join(folder, 'website', 'campaign-coat.json');
      return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Release) : undefined;
    },
  },
  { name: 'the webhook', make: () => webhook(), out: () => receiver.out },
];

describe.each(adapters)('a publisher: $name', ({ make, out }) => {
  const first = releaseOf('ex-1', 1, 'Eight hours of rain.');
  const second = releaseOf('ex-2', 2, 'Nine hours of rain.');

  test('puts the very content before the public, and gives a receipt', async () => {
    const receipt = await make().publish(first);
    expect(out()).toEqual(first);
    expect(receipt).toMatchObject({ releaseId: 'ex-1', digest: first.digest, sequence: 1, at: clock.now() });
  });

  test('publishes a release once, however often it is handed over', async () => {
    const publisher = make();
    await publisher.publish(first);
    await publisher.publish(second);
    await publisher.publish(first);
    expect(out()).toEqual(second);
  });

  test('publishes nothing over what is newer', async () => {
    const publisher = make();
    await publisher.publish(second);
    await publisher.publish(first);
    expect(out()).toEqual(second);
  });

  test('puts an earlier version back under an id and a sequence of its own', async () => {
    const publisher = make();
    await publisher.publish(first);
    await publisher.publish(second);
    const again = { ...first, releaseId: 'ex-2.restored', sequence: 3, restores: 'ex-1' };
    await publisher.republish(again);
    expect(out()).toEqual(again);
    expect(out()?.digest).toBe(first.digest);
  });

  test('takes content down, once, and gives a receipt that says so', async () => {
    const publisher = make();
    await publisher.publish(first);
    const receipt = await publisher.takeDown(withdrawalOf(first, 2));
    expect(out()).toBeUndefined();
    expect(receipt).toMatchObject({
      releaseId: 'ex-1.withdrawn',
      digest: first.digest,
      sequence: 2,
      result: 'withdrawn',
    });
    expect(await publisher.takeDown(withdrawalOf(first, 2))).toMatchObject({ result: 'withdrawn' });
    expect(out()).toBeUndefined();
  });

  test('keeps what was taken down from coming back late, and takes a later release', async () => {
    const publisher = make();
    await publisher.takeDown(withdrawalOf(first, 2));
    await publisher.publish(first);
    expect(out()).toBeUndefined();
    const third = releaseOf('ex-3', 3, 'Ten hours of rain.');
    await publisher.publish(third);
    await publisher.takeDown(withdrawalOf(first, 2));
    expect(out()).toEqual(third);
  });

  test.each(['../../etc', 'a/b', ''])('takes nothing down under the name %j', async (contentId) => {
    const publisher = make();
    await publisher.publish(first);
    await expect(publisher.takeDown({ ...withdrawalOf(first, 2), contentId })).rejects.toBeInstanceOf(ReleaseRefused);
    expect(out()).toEqual(first);
  });

  test.each(['../../etc', 'a/b', '.hidden', ''])('refuses the name %j for good', async (contentId) => {
    await expect(make().publish({ ...first, contentId })).rejects.toBeInstanceOf(ReleaseRefused);
    expect(out()).toBeUndefined();
  });
});

describe('the folder', () => {
  test('holds whole files only', async () => {
    const publisher = folderPublisher(folder, clock);
    await Promise.all([1, 2, 3].map((n) => publisher.publish(releaseOf(`ex-${n}`, n, `Version ${n}`))));
    expect(readdirSync(join(folder, 'website')).sort()).toEqual(['.receipts', 'campaign-coat.json']);
    expect(readdirSync(join(folder, 'website', '.receipts')).sort()).toEqual(['ex-1.json', 'ex-2.json', 'ex-3.json']);
  });

  test('leaves a tombstone with digest and instant, and nothing of what was said', async () => {
    const publisher = folderPublisher(folder, clock);
    const release = releaseOf('ex-1', 1, 'Eight hours of rain.');
    await publisher.publish(release);
    await publisher.takeDown(withdrawalOf(release, 2));
    const stone = readFileSync(join(folder, 'website', '.withdrawn', 'campaign-coat.json'), 'utf8');
    expect(JSON.parse(stone)).toMatchObject({
      digest: release.digest,
      withdraws: 'ex-1',
      at: '2026-11-20T10:00:00.000Z',
    });
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    const held = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8')).join('');
    expect(held).not.toContain('Eight hours of rain.');
  });

  test('lets a withdrawal win over a release that comes at the same moment', async () => {
    const publisher = folderPublisher(folder, clock);
    const release = releaseOf('ex-1', 1, 'Eight hours of rain.');
    await Promise.all([
      publisher.publish(release),
      publisher.takeDown(withdrawalOf(release, 2)),
      publisher.publish(release),
    ]);
    expect(existsSync(join(folder, 'website', 'campaign-coat.json'))).toBe(false);
  });

  test('that cannot be written is to be tried again later', async () => {
    const file = join(folder, 'file');
    await folderPublisher(file, clock).publish(releaseOf('ex-1', 1, 'One'));
    const under = folderPublisher(join(file, 'website', 'campaign-coat.json'), clock);
    await expect(under.publish(releaseOf('ex-1', 1, 'One'))).rejects.toBeInstanceOf(PublisherUnavailable);
  });
});

describe('the webhook', () => {
  const release = releaseOf('ex-1', 1, 'Eight hours of rain.');

  test('sends canonical JSON under a signature that names its key', async () => {
    await webhook().publish(release);
    const [request] = receiver.requests;
    expect(request?.body).toBe(canonicalJson(release));
    expect(request?.headers['idempotency-key']).toBe('ex-1');
    expect(request?.headers['countersign-timestamp']).toBe(String(Date.parse(clock.now()) / 1_000));
    expect(request?.headers['countersign-signature']).toMatch(/^keyId=key-2026, v1=[0-9a-f]{64}$/);
  });

  test.each([500, 503, 429, 408])('tries again after %i, 750, 1500 and 3000 ms later', async (status) => {
    receiver.next.push(status, status, status);
    await webhook().publish(release);
    expect(waits).toEqual([750, 1500, 3000]);
    expect(receiver.requests).toHaveLength(4);
    expect(receiver.taken.size).toBe(1);
  });

  test('gives up after four attempts, to be tried again later', async () => {
    receiver.next.push(500, 502, 503, 504);
    await expect(webhook().publish(release)).rejects.toBeInstanceOf(PublisherUnavailable);
    expect(receiver.requests).toHaveLength(4);
    expect(receiver.taken.size).toBe(0);
  });

  test('does not wait for ever', async () => {
    receiver.next.push('silence');
    await webhook(60).publish(release);
    expect(receiver.requests).toHaveLength(2);
    expect(waits).toEqual([750]);
  });

  test('asks again where the answer was lost, and the receiver takes it once', async () => {
    receiver.next.push('lost');
    await webhook().publish(release);
    expect(receiver.requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['ex-1', 'ex-1']);
    expect(receiver.taken.size).toBe(1);
  });

  test.each([400, 401, 403, 404, 410, 422, 302])('is refused for good by %i, and asks once', async (status) => {
    receiver.next.push(status);
    await expect(webhook().publish(release)).rejects.toBeInstanceOf(ReleaseRefused);
    expect(receiver.requests).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  test('posts a withdrawal signed like a release, under its own id, marked by its kind and without the content', async () => {
    const withdrawal = withdrawalOf(release, 2);
    const receipt = await webhook().takeDown(withdrawal);
    const [request] = receiver.requests;
    expect(request?.body).toBe(canonicalJson(withdrawal));
    expect(JSON.parse(request?.body ?? '{}')).toMatchObject({
      kind: 'withdrawn',
      withdraws: 'ex-1',
      digest: release.digest,
    });
    expect(request?.body).not.toContain('Eight hours of rain.');
    expect(request?.headers['idempotency-key']).toBe('ex-1.withdrawn');
    expect(receiver.taken.has('ex-1.withdrawn')).toBe(true);
    expect(receipt.answer).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('is content with a withdrawal of what is gone, and tells a refused one', async () => {
    receiver.next.push(410, 404);
    expect(await webhook().takeDown(withdrawalOf(release, 2))).toMatchObject({ result: 'withdrawn' });
    await expect(webhook().takeDown(withdrawalOf(release, 2))).rejects.toThrow(
      'refuses the withdrawal: it answered 404',
    );
    receiver.next.push(503, 503, 503, 503);
    await expect(webhook().takeDown(withdrawalOf(release, 2))).rejects.toBeInstanceOf(PublisherUnavailable);
  });

  test('does not send what is unsigned: without the key it is tried again later', async () => {
    const publisher = webhookPublisher({ url: receiver.url, clock, key: () => Promise.reject(new Error('no right')) });
    await expect(publisher.publish(release)).rejects.toBeInstanceOf(PublisherUnavailable);
    expect(receiver.requests).toHaveLength(0);
  });

  test('keeps answers by their digest, and logs neither them nor the key', async () => {
    receiver.next.push(500);
    const receipt = await webhook().publish(release);
    expect(receipt.answer).toMatch(/^sha256:[0-9a-f]{64}$/);
    const told = `${JSON.stringify(receipt)}${lines.join('')}`;
    expect(told).not.toContain('nobody is to log');
    expect(told).not.toContain(KEY.secret);
  });
});

describe('the address of the publisher', () => {
  const variables = {
    COUNTERSIGN_ENVIRONMENT: 'test',
    COUNTERSIGN_TABLE: 'table',
    COUNTERSIGN_ARTIFACTS_BUCKET: 'bucket',
    COUNTERSIGN_BASE_URL: 'https://countersign.example.com',
    COUNTERSIGN_MAIL_FROM: 'a@example.com',
    COUNTERSIGN_OVERSIGHT_ADDRESS: 'b@example.com',
    COUNTERSIGN_STATE_MACHINE_PREFIX: 'arn:aws:states:eu-west-1:111111111111:stateMachine:x-',
    COUNTERSIGN_MAXIMUM_BODY_BYTES: '1000',
    COUNTERSIGN_PUBLISHER_KEY_ID: 'key-2026',
  };

  test('comes from the settings', () => {
    const url = 'https://cms.example.com/releases?site=1';
    const { publisher } = readSettings({ ...variables, COUNTERSIGN_PUBLISHER_URL: url });
    expect(publisher).toEqual({ url, keyId: 'key-2026' });
    expect(readSettings(variables).publisher).toBeUndefined();
  });

  test.each([
    'http://cms.example.com/',
    'https://user:secret@cms.example.com/',
    'https://cms.example.com/#a',
    'file:///etc/passwd',
  ])('is refused when it is %s', (url) => {
    expect(() => readSettings({ ...variables, COUNTERSIGN_PUBLISHER_URL: url })).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ pointer: '/COUNTERSIGN_PUBLISHER_URL' })] }),
    );
  });
});
