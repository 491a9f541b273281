import { randomBytes } from 'node:crypto';
import { canonicalJson, type Digest, digestOf } from '../../lib/core/digest.ts';
import { NotFound } from '../../lib/core/errors.ts';
import { addSeconds, type Instant, instant } from '../../lib/core/instant.ts';
import type { ArtifactStore } from '../../lib/platform/artifacts/artifact-store.ts';
import { Erased, erasedIn, erasedMarker } from '../../lib/platform/artifacts/erased.ts';
import type { AnchorStore } from '../../lib/platform/audit/anchor-store.ts';
import type { AnchorManifest } from '../../lib/platform/audit/manifest.ts';
import { newSigningKey, pemSigner, type Signer } from '../../lib/platform/audit/signer.ts';
import type { FlowState } from '../../lib/platform/contracts/flow.ts';
import type { FlagSnapshot } from '../../lib/platform/flags/snapshot.ts';
import type { Mail, MailSender } from '../../lib/platform/mail/mail-sender.ts';
import type { Runtime } from '../../lib/platform/runtime.ts';
import type { Settings } from '../../lib/platform/settings.ts';
import type { SignalResult, StateMachines } from '../../lib/platform/state-machines.ts';

type FlagsPort = Runtime['flags'];

/** A clock that stands until it is moved. */
export class FakeClock {
  #now: Instant;

  constructor(start = '2026-11-20T09:00:00.000Z') {
    this.#now = instant(start);
  }

  now(): Instant {
    return this.#now;
  }

  /** Moves the clock forward. */
  advance(seconds: number): void {
    this.#now = addSeconds(this.#now, seconds);
  }

  /** Sets the clock. */
  set(at: string): void {
    this.#now = instant(at);
  }
}

/** Keeps documents in memory, in their canonical form. */
export class MemoryArtifacts implements ArtifactStore {
  readonly documents = new Map<Digest, string>();

  async put(document: unknown): Promise<Digest> {
    const digest = digestOf(document);
    const before = this.documents.get(digest);
    const erased = before === undefined ? undefined : erasedIn(Buffer.from(before), digest);
    if (erased !== undefined) throw erased;
    this.documents.set(digest, canonicalJson(document));
    return digest;
  }

  async get(digest: Digest): Promise<unknown> {
    const text = this.documents.get(digest);
    if (text === undefined) throw new NotFound(`There is no artifact ${digest}.`);
    const erased = erasedIn(Buffer.from(text), digest);
    if (erased !== undefined) throw erased;
    return JSON.parse(text);
  }

  async erase(digest: Digest, erasure: Digest): Promise<void> {
    try {
      await this.get(digest);
      this.documents.set(digest, canonicalJson(erasedMarker(digest, erasure)));
    } catch (error) {
      if (!(error instanceof Erased)) throw error;
    }
  }
}

/** Keeps what is mailed; refuses as often as it is told to. */
export class RecordingMail implements MailSender {
  readonly sent: Mail[] = [];
  refusals = 0;

  async send(mail: Mail): Promise<{ messageId: string }> {
    if (this.refusals > 0) {
      this.refusals -= 1;
      throw new Error('The transport refuses.');
    }
    this.sent.push(mail);
    return { messageId: `<${this.sent.length}@test>` };
  }

  /** Mails to one address, in order. */
  to(address: string): Mail[] {
    return this.sent.filter((mail) => mail.to === address);
  }

  /** Forgets what was sent. */
  clear(): void {
    this.sent.length = 0;
  }
}

/** State machines that only keep what they are told. A token is `gone` once it was used or given up. */
export class FakeStates implements StateMachines {
  readonly started: { skillId: string; executionId: string; flow: FlowState }[] = [];
  readonly signals: { taskToken: string; flow: FlowState }[] = [];
  readonly goneTokens = new Set<string>();
  readonly statuses = new Map<string, string>();
  /** When set, the next signals fail with it, as a crash or an outage would. */
  failure: Error | undefined;

  async start(skillId: string, executionId: string, flow: FlowState): Promise<void> {
    this.started.push({ skillId, executionId, flow });
  }

  async succeedTask(taskToken: string, flow: FlowState): Promise<SignalResult> {
    if (this.failure !== undefined) throw this.failure;
    if (this.goneTokens.has(taskToken)) return 'gone';
    this.goneTokens.add(taskToken);
    this.signals.push({ taskToken, flow });
    return 'accepted';
  }

  async describe(_skillId: string, executionId: string): Promise<{ status: string } | undefined> {
    return { status: this.statuses.get(executionId) ?? 'RUNNING' };
  }

  async journey(): Promise<undefined> {
    return undefined;
  }
}

/** Flags that a test sets; everything is off before. */
export class FakeFlags implements FlagsPort {
  #snapshot: FlagSnapshot | undefined;

  set(snapshot: FlagSnapshot | undefined): void {
    this.#snapshot = snapshot;
  }

  async snapshot(): Promise<FlagSnapshot | undefined> {
    return this.#snapshot;
  }

  async source(): Promise<undefined> {
    return undefined;
  }
}

/** Keeps manifests in memory. */
export class MemoryAnchors implements AnchorStore {
  readonly manifests: AnchorManifest[] = [];

  async last(): Promise<AnchorManifest | undefined> {
    return this.manifests.at(-1);
  }

  async putNew(manifest: AnchorManifest): Promise<'stored' | 'exists'> {
    if (this.manifests.some(({ day }) => day === manifest.day)) return 'exists';
    this.manifests.push(manifest);
    return 'stored';
  }

  async keepKey(): Promise<void> {}
}

/** Settings of a local system that does not exist. */
export const testSettings: Settings = {
  environment: 'test',
  table: 'countersign-test',
  artifactsBucket: 'artifacts-test',
  baseUrl: 'http://127.0.0.1:8080',
  mailFrom: 'Countersign <countersign@example.com>',
  oversightAddress: 'oversight@example.com',
  stateMachinePrefix: 'arn:aws:states:eu-central-1:123456789012:stateMachine:countersign-test-',
  maximumBodyBytes: 1_048_576,
};

/** A runtime of fakes, kept visible for assertions. */
export interface TestRuntime extends Runtime {
  readonly clock: FakeClock;
  readonly artifacts: MemoryArtifacts;
  readonly mail: RecordingMail;
  readonly states: FakeStates;
  readonly flags: FakeFlags;
  anchors(): Promise<MemoryAnchors>;
}

/** A runtime whose every port is a fake but the table, which the caller brings. */
export function testRuntime(overrides: Partial<TestRuntime> & Pick<Runtime, 'table'>): TestRuntime {
  const anchors = new MemoryAnchors();
  const signer: Signer = pemSigner(newSigningKey());
  return {
    settings: testSettings,
    skills: [],
    clock: new FakeClock(),
    random: { bytes: (count) => randomBytes(count) },
    artifacts: new MemoryArtifacts(),
    mail: new RecordingMail(),
    states: new FakeStates(),
    flags: new FakeFlags(),
    anchors: async () => anchors,
    signer: async () => signer,
    ...overrides,
  };
}
