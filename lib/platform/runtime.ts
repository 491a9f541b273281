import type { Instant } from '../core/instant.ts';
import type { ArtifactStore } from './artifacts/artifact-store.ts';
import type { AnchorStore } from './audit/anchor-store.ts';
import type { Signer } from './audit/signer.ts';
import type { FlagSource } from './flags/fetch-snapshot.ts';
import type { FlagControl } from './flags/flag-control.ts';
import type { FlagSnapshot } from './flags/snapshot.ts';
import type { MailSender } from './mail/mail-sender.ts';
import type { Publisher } from './publisher/publisher.ts';
import type { Settings } from './settings.ts';
import type { AnySkill } from './skill/define-skill.ts';
import type { StateMachines } from './state-machines.ts';
import type { Table } from './store/table.ts';

/** The ports that every step works through. AWS adapters and local adapters fill them; no step knows which. */
export interface Runtime {
  readonly settings: Settings;
  readonly skills: readonly AnySkill[];
  readonly clock: { now(): Instant };
  /** Cryptographic randomness, for the secrets of links and nonces. */
  readonly random: { bytes(count: number): Uint8Array };
  readonly table: Table;
  readonly artifacts: ArtifactStore;
  readonly mail: MailSender;
  readonly states: StateMachines;
  /** The last good flag snapshot, or `undefined` when none was ever stored: then everything is off. */
  readonly flags: {
    snapshot(): Promise<FlagSnapshot | undefined>;
    /** The flag server with its token, for the function that stores snapshots; no other function asks. */
    source(): Promise<FlagSource | undefined>;
  };
  /** Changes flags; absent where this function may not, or no token for it is configured. */
  readonly flagAdmin?: FlagControl;
  /** Puts approved content before the public; absent where this function may not, or the environment has none. */
  readonly publisher?: () => Promise<Publisher>;
  /**
   * Where the heads of audit chains are anchored; only the function that anchors them asks.
   * @throws NotFound when this function was given no such place.
   */
  anchors(): Promise<AnchorStore>;
  /**
   * Signs what strangers shall be able to check: statements about ends, manifests of heads.
   * @throws NotFound when this function was given no key; whatever the key's keeper throws when it cannot be reached.
   */
  signer(): Promise<Signer>;
}
