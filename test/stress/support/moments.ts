import type { Journal } from '../../../lib/local/states/journal.ts';
import type { ArtifactStore } from '../../../lib/platform/artifacts/artifact-store.ts';
import type { MailSender } from '../../../lib/platform/mail/mail-sender.ts';
import type { StateMachines } from '../../../lib/platform/state-machines.ts';
import { type Item, type ItemKey, Table } from '../../../lib/platform/store/table.ts';

/**
 * The moments at which a process can be killed: right before and right after everything that outlives it, that is every
 * write to the table, the artifacts and the journal, every mail, and every call of the state machines.
 */
export class Moments {
  #seen: string[] = [];
  #killAt: number | undefined;

  /** Counts from here, and ends this process at the n-th moment as `kill -9` would. */
  arm(killAt: number): void {
    this.#seen = [];
    this.#killAt = killAt;
  }

  /** Stops counting; answers what was passed. */
  disarm(): readonly string[] {
    this.#killAt = undefined;
    return this.#seen;
  }

  /** Passes a moment. */
  pass(name: string): void {
    if (this.#killAt === undefined) return;
    this.#seen.push(name);
    if (this.#seen.length === this.#killAt) process.kill(process.pid, 'SIGKILL');
  }

  /** Passes the moments before and after an effect. */
  async around<T>(name: string, effect: () => Promise<T>): Promise<T> {
    this.pass(`before ${name}`);
    const result = await effect();
    this.pass(`after ${name}`);
    return result;
  }
}

/** The place of an item without its ids: `STAGE#01`, `LINK`. */
const kindOf = ({ pk, sk }: ItemKey): string => (pk.startsWith('EXECUTION#') ? sk : (pk.split('#')[0] ?? pk));

/** The table, with moments around every write. */
export class WatchedTable extends Table {
  readonly #moments: Moments;

  constructor(moments: Moments, ...table: ConstructorParameters<typeof Table>) {
    super(...table);
    this.#moments = moments;
  }

  override putNew(item: Item): Promise<void> {
    return this.#moments.around(`new ${kindOf(item)}`, () => super.putNew(item));
  }

  override putVersion(item: Item, readVersion: number): Promise<void> {
    return this.#moments.around(`change of ${kindOf(item)}`, () => super.putVersion(item, readVersion));
  }

  override put(item: Item): Promise<void> {
    return this.#moments.around(`put of ${kindOf(item)}`, () => super.put(item));
  }

  override increment(key: ItemKey, counter: string, by = 1): Promise<void> {
    return this.#moments.around(`count of ${kindOf(key)}`, () => super.increment(key, counter, by));
  }

  override delete(key: ItemKey): Promise<void> {
    return this.#moments.around(`removal of ${kindOf(key)}`, () => super.delete(key));
  }
}

/** Artifacts, with moments around every write. */
export function watchedArtifacts(moments: Moments, artifacts: ArtifactStore): ArtifactStore {
  return {
    put: (document) => moments.around('artifact', () => artifacts.put(document)),
    get: (digest) => artifacts.get(digest),
    erase: (digest, erasure) => moments.around('artifact', () => artifacts.erase(digest, erasure)),
  };
}

/** Mail, with moments around every mail. */
export function watchedMail(moments: Moments, mail: MailSender): MailSender {
  return { send: (message) => moments.around('mail', () => mail.send(message)) };
}

/** State machines, with moments around every call that changes something. */
export function watchedStates(moments: Moments, states: StateMachines): StateMachines {
  return {
    ...states,
    start: (...call) => moments.around('StartExecution', () => states.start(...call)),
    succeedTask: (...call) => moments.around('SendTaskSuccess', () => states.succeedTask(...call)),
  };
}

/** A journal, with moments around every step. */
export function watchedJournal(moments: Moments, journal: Journal): Journal {
  return {
    recover: () => journal.recover(),
    append: (after, record) => {
      const name = `step of ${after.visit?.state ?? 'the end'}`;
      moments.pass(`before ${name}`);
      journal.append(after, record);
      moments.pass(`after ${name}`);
    },
    records: (executionArn) => journal.records(executionArn),
    forget: (executionArn) => journal.forget(executionArn),
    document: (name) => journal.document(name),
    keepDocument: (name, text) => journal.keepDocument(name, text),
  };
}
