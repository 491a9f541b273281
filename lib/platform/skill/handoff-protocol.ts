import type { Digest } from '../../core/digest.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Problem } from '../../core/errors.ts';
import type { Instant } from '../../core/instant.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { HandoffFacts } from '../../pages/parts/handoff.ts';
import type { Outcome } from '../contracts/outcome.ts';
import type { Reason, SkillResult } from './skill-result.ts';

/** In whose part somebody acts on a handoff. `system`: nobody is asked, time alone goes on. */
export type HandoffPart = 'sender' | 'receiver' | 'customer' | 'oversight' | 'system';

/** A handoff as its skill's engine keeps it: a JSON document that only the protocol reads. */
export type HandoffDocument = Json;

/** What a protocol may see beside the handoff itself; nothing else reaches it. */
export interface HandoffCase<Input = unknown, Configuration = unknown> {
  readonly executionId: string;
  readonly input: Input;
  readonly configuration: Configuration;
  readonly directory: LoadedDirectory;
  readonly requester: { readonly personId: string };
  /** The execution's instant. */
  readonly instant: Instant;
  readonly result: SkillResult;
  /** What people approved, where they were asked: digests of the terms and of the decisions. */
  readonly approval?: { readonly terms: Digest; readonly decisions: Digest };
}

/**
 * One field of a form. Names are unique in it; values are text as typed, and at most `maximum` characters long. One that was left
 * empty is the empty text; a check that was made is `yes`.
 */
export interface HandoffField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly kind: 'line' | 'text' | 'number' | 'date' | 'choice' | 'check';
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly maximum: number;
}

/** One of the answers of a form: exactly one is chosen, none beforehand. */
export interface HandoffChoice {
  readonly choice: string;
  readonly label: string;
  /** What choosing it means, in a sentence. */
  readonly says: string;
  /** Names of the fields that belong to it; others are ignored with it. */
  readonly fields: readonly string[];
}

/** What a handoff waits for. People answer by a form, systems by an event over the API. */
export interface HandoffWait {
  /** Where it stands in the words of its contract: `offered`, `clarify`, `in-delivery`. */
  readonly state: string;
  readonly awaits: 'receipt' | 'delivery' | 'verification' | 'answer' | 'judgement' | 'release';
  /** What is asked, as a heading: "Read back and accept". */
  readonly title: string;
  readonly part: HandoffPart;
  /** The team whose queue it stands in. */
  readonly party: string;
  /** People of the directory who may act, each by a link of their own. */
  readonly people: readonly string[];
  /** The name of the clock that runs out at `dueAt`. Then `miss` says what follows. */
  readonly clock: string;
  readonly dueAt: Instant;
  readonly choices: readonly HandoffChoice[];
  readonly fields: readonly HandoffField[];
}

/** What a handoff ended with. `published` where everything that it promised was delivered and verified. */
export interface HandoffEnd {
  readonly state: string;
  readonly outcome: Extract<
    Outcome,
    'published' | 'rejected' | 'changes-requested' | 'withdrawn' | 'expired' | 'rolled-back'
  >;
  readonly reasons: readonly Reason[];
}

/** What somebody did by a form, or what time did. The id is unique for good: the same action again changes nothing. */
export interface HandoffAction {
  readonly id: string;
  readonly at: Instant;
  readonly by: { readonly part: HandoffPart; readonly id: string };
  readonly choice: string;
  readonly values: Readonly<Record<string, string>>;
}

/** What came of an action or an event. */
export interface HandoffActed {
  readonly document: HandoffDocument;
  /** Where the answer was understood and cannot stand: told beside the form, never with the right answer. The document may have changed all the same: attempts count. */
  readonly refused?: { readonly message: string; readonly fields: Readonly<Record<string, string>> };
  /** Documents that the action brought (statements, deliveries, answers): kept as artifacts, by digest. */
  readonly artifacts: readonly Json[];
}

/** What a closed handoff puts before the public: the very content that people approved. */
export interface HandoffRelease {
  /** Versions of one piece of content share it. */
  readonly contentId: string;
  readonly channel: string;
  /** Nothing of it reaches the publisher before. */
  readonly notBefore: Instant;
  /** The digest that people approved. */
  readonly digest: Digest;
  readonly content: JsonObject;
}

/** A transition as an event of CloudEvents 1.0 in its JSON form. The first entry of a history is the first event, and so on. */
export interface HandoffEvent {
  readonly specversion: '1.0';
  /** With `source`, unique for good. */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Orders the events of one handoff, also as text. */
  readonly sequence: string;
  readonly data: JsonObject;
}

/** A name under which a piece of work is known, and where in the request it stands. */
export interface WorkName {
  /** `thread`: chosen by the sender, and shown. `subject`: out of the payload, and kept as a keyed hash. */
  readonly kind: 'thread' | 'subject';
  readonly value: string;
  readonly pointer: string;
}

/** The last handoff of a piece of work. */
export interface KnownHandoff {
  readonly executionId: string;
  /** As it stands; absent while it is being offered. */
  readonly document?: HandoffDocument;
  /** Of the document as it ended. */
  readonly digest?: Digest;
}

/**
 * How a piece of work is known, so that nobody begins it anew who would lose something by it: pure functions, light enough for the
 * function that takes requests.
 */
export interface WorkRule<Input = unknown, Configuration = unknown> {
  /** The names of what a request hands over; without the configuration, those that need none. */
  readonly names: (input: Input, configuration?: Configuration) => readonly WorkName[];
  /** What speaks against the request, given the last handoff of the work by that name. */
  readonly conflicts: (input: Input, name: WorkName, last: KnownHandoff, at: Instant) => readonly Problem[];
}

/** Where the handoff stands, as pages, queues and the API show it. Texts are for people; nothing in it is a secret. */
export interface HandoffView extends HandoffFacts {
  readonly contract: HandoffFacts['contract'] & { readonly digest: string };
}

/**
 * What a skill whose executions hand work over says to the steps that wait for people: pure functions over its own document.
 * They are called again whenever a write lost its race, so the same arguments must give the same answer.
 */
export interface HandoffProtocol<Input = unknown, Configuration = unknown> {
  /** Whether this execution hands anything over; one that publishes a contract does not, and goes straight to Publish. */
  readonly handsOver: (result: SkillResult) => boolean;
  /** The handoff as it is offered, once the gates and people have passed it. */
  readonly open: (file: HandoffCase<Input, Configuration>, at: Instant) => HandoffDocument;
  /** What it waits for, or what it ended with. */
  readonly next: (file: HandoffCase<Input, Configuration>, document: HandoffDocument) => HandoffWait | HandoffEnd;
  /**
   * What somebody answered by the form of the wait.
   * @throws IllegalTransition and other typed errors when it cannot be, nothing having changed.
   */
  readonly act: (
    file: HandoffCase<Input, Configuration>,
    document: HandoffDocument,
    action: HandoffAction,
  ) => HandoffActed;
  /**
   * What a system sent: an event in the contract's words, `at` and `by` being the server's.
   * @throws InvalidInput, IllegalTransition.
   */
  readonly take: (
    file: HandoffCase<Input, Configuration>,
    document: HandoffDocument,
    event: unknown,
    stamp: Pick<HandoffAction, 'id' | 'at' | 'by'>,
  ) => HandoffActed;
  /** What follows when the clock of the wait has run out: an escalation, an end, the end of a pause. Nothing where it has not. */
  readonly miss: (file: HandoffCase<Input, Configuration>, document: HandoffDocument, at: Instant) => HandoffDocument;
  /** The end that a withdrawal or a rollback of the execution puts to it; `undefined` where it has ended. */
  readonly end: (
    file: HandoffCase<Input, Configuration>,
    document: HandoffDocument,
    how: 'withdraw' | 'roll-back',
    stamp: Pick<HandoffAction, 'id' | 'at' | 'by'>,
  ) => HandoffDocument | undefined;
  /**
   * What Publish hands to the publisher once the handoff has been closed; `undefined` where nothing is. Skills that publish nothing
   * leave it out.
   * @throws InvalidInput where that is not what people approved any more.
   */
  readonly release?: (file: HandoffCase<Input, Configuration>, document: HandoffDocument) => HandoffRelease | undefined;
  /**
   * What is left when the payload is erased: the input with a record of the erasure in its place, and the digest of what is gone;
   * nothing where it holds no payload. Of the document, whatever people said in it goes too. Where it is left out, nothing of the
   * skill's executions can be erased.
   */
  readonly erase?: {
    readonly input: (
      input: Input,
      stamp: { readonly at: Instant; readonly by: string; readonly reason: string },
    ) => { readonly input: Input; readonly payload: Digest } | undefined;
    readonly document: (document: HandoffDocument) => HandoffDocument;
  };
  readonly view: (file: HandoffCase<Input, Configuration>, document: HandoffDocument, at: Instant) => HandoffView;
  /** The parties that an authenticated caller or a person may act for; the platform asks before every action. */
  readonly partsOf: (
    file: HandoffCase<Input, Configuration>,
    document: HandoffDocument,
    who: string,
  ) => readonly HandoffPart[];
  /**
   * Every transition so far, in the order and number of the view's history: what happened once stays as it was. Where it is left
   * out, the platform makes events of the history.
   */
  readonly events?: (file: HandoffCase<Input, Configuration>, document: HandoffDocument) => readonly HandoffEvent[];
  /** What does not hold when the document is replayed from how it was opened. Where it is left out, nothing is replayed. */
  readonly verify?: (file: HandoffCase<Input, Configuration>, document: HandoffDocument) => readonly Reason[];
}
