import { digestOf } from '../../../core/digest.ts';
import type { Instant } from '../../../core/instant.ts';
import type { Json } from '../../../core/json.ts';
import type { Pass } from '../bounces.ts';
import type { EventType, HandoffEventInput, Part } from '../events.ts';
import { advance } from '../lifecycle.ts';
import type { Note } from './document.ts';
import { type HandoffFile, noteOf, withoutTexts } from './document.ts';
import type { Refused, Stamp } from './shapes.ts';

/** What came of something that was done. */
export interface Performed {
  readonly document: HandoffFile;
  readonly artifacts: readonly Json[];
  readonly refused?: Refused;
}

/** What an event says besides its type, id, time and author. */
type Said<T extends EventType> = Omit<Extract<HandoffEventInput, { type: T }>, 'type' | 'id' | 'at' | 'by'>;

/** Ids of events are at most 120 characters long; longer ones of callers stand by their digest. */
const nameOf = (id: string): string => (id.length <= 110 ? id : digestOf(id));

/** The id of the first event that an action with this id makes. */
export function firstEventOf(id: string): string {
  return `${nameOf(id)}.1`;
}

/** Records what one action does: one event after the other, each with an id of its own, at one time. */
export class Recorder {
  #document: HandoffFile;
  readonly #stamp: Stamp;
  readonly #artifacts: Json[] = [];
  #events = 0;

  constructor(document: HandoffFile, stamp: Stamp) {
    this.#document = document;
    this.#stamp = stamp;
  }

  get document(): HandoffFile {
    return this.#document;
  }

  /** Clocks of machines differ a little; what is recorded later happened later. */
  get at(): Instant {
    const { updatedAt } = this.#document.handoff;
    return this.#stamp.at < updatedAt ? updatedAt : this.#stamp.at;
  }

  /** Records an event by whoever acts, or by the system. @throws IllegalTransition */
  event<T extends EventType>(type: T, said: Said<T>, part: Part = this.#stamp.by.part): this {
    this.#events += 1;
    const by = part === this.#stamp.by.part ? this.#stamp.by : { part, id: 'system' };
    const event = { type, id: `${nameOf(this.#stamp.id)}.${this.#events}`, at: this.at, by: { ...by }, ...said };
    return this.change({ handoff: advance(this.#document.handoff, event as unknown as HandoffEventInput) });
  }

  change(changed: Partial<HandoffFile>): this {
    this.#document = { ...this.#document, ...changed };
    return this;
  }

  /** Keeps a document that the action brought. */
  keep(artifact: Json): ReturnType<typeof digestOf> {
    this.#artifacts.push(artifact);
    return digestOf(artifact);
  }

  /** Keeps something that was said to the other side. */
  say(kind: Note['kind'], text: string, said: { readonly [name: string]: Json } = {}): ReturnType<typeof digestOf> {
    const { note, artifact } = noteOf(this.#document, kind, text, { at: this.at, by: this.#stamp.by }, digestOf, said);
    this.change({ notes: [...this.#document.notes, note] });
    return this.keep(artifact);
  }

  /** Notes that the work moved between the parties. */
  pass(direction: 'on' | 'back', cause: Pass['cause']): this {
    const { sender, receiver } = this.#document.handoff;
    const [from, to] = direction === 'on' ? [sender, receiver] : [receiver, sender];
    return this.change({ passes: [...this.#document.passes, { from, to, at: this.at, cause }] });
  }

  done(refused?: Refused): Performed {
    const document = withoutTexts(this.#document);
    return { document, artifacts: this.#artifacts, ...(refused === undefined ? {} : { refused }) };
  }
}

/** Nothing happened, for this reason. */
export function refusal(
  document: HandoffFile,
  message: string,
  fields: Readonly<Record<string, string>> = {},
): Performed {
  return { document, artifacts: [], refused: { message, fields } };
}
