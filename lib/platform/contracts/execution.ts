import type { Digest } from '../../core/digest.ts';
import type { Instant } from '../../core/instant.ts';
import type { FlagEvaluation } from '../flags/evaluate.ts';
import type { RecordedReference } from '../skill/reference.ts';
import type { GateResult, Outcome } from './outcome.ts';

/** Where an execution stands. `waiting` means on people; `failed` means on a fault. */
export type ExecutionStatus = 'starting' | 'running' | 'waiting' | 'succeeded' | 'failed';

/** Who asked: the person, the authenticated caller, and the trusted system that named the person, if one did. */
export interface Requester {
  readonly personId: string;
  /** The authenticated caller's principal. */
  readonly caller: string;
  readonly namedBy?: { readonly principal: string; readonly name: string };
}

/** The versions that a result depends on besides its inputs. */
export interface EngineVersions {
  readonly skill: string;
  readonly countersign: string;
  readonly node: string;
  readonly timeZoneData: string;
}

/** An event that an aggregate carries until the appender has chained it. */
export interface PendingEvent {
  /** Unique within the execution, and the same when the same write is tried again. */
  readonly eventId: string;
  readonly at: Instant;
  readonly type: string;
  /** A person's id, a caller's principal, or `system`. */
  readonly actor: string;
  readonly data: { readonly [key: string]: unknown };
}

/** The intent to mail, kept in the aggregate that owes the mail until the transport has accepted it. */
export interface PendingMail {
  /** Unique within the execution; also the mail's `Message-ID`, so that a repeated delivery can be recognised. */
  readonly mailId: string;
  readonly kind: 'outcome' | 'incident';
  readonly attempts: number;
}

/** An erasure that was ordered: what is to be gone, on whose word. */
export interface ErasureOrder {
  /** Artifact: the record of the erasure, with its reason and what it left. */
  readonly record: Digest;
  /** Of the artifacts that are erased. */
  readonly digests: readonly Digest[];
  readonly at: Instant;
  readonly by: string;
  /** Whether the store holds nothing of them any more; until then the sweeper, or the same order again, finishes it. */
  readonly done: boolean;
}

/** One execution: the aggregate item of the table. Large parts are artifacts, referred to by digest. */
export interface ExecutionRecord {
  readonly executionId: string;
  readonly version: number;
  /** The skill's name. */
  readonly skill: string;
  readonly accountId: string;
  readonly requester: Requester;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly status: ExecutionStatus;
  readonly outcome?: Outcome;
  /** Fixed by the write that fixed the outcome. */
  readonly concludedAt?: Instant;
  /** Digest of the body as the caller sent it (parsed, canonical): tells a repeat from a different request. */
  readonly bodyDigest: Digest;
  /** Artifact: the scoped request. */
  readonly request: Digest;
  /** Artifact: the configuration, with the name of its version. */
  readonly configuration: { readonly version: string; readonly digest: Digest };
  /** Over the configuration and the engine that carries it out: what was validated, or not. */
  readonly promoted: Digest;
  /** Artifact: the directory snapshot. */
  readonly directory: Digest;
  /** The instant that every decision of this execution takes as its time. */
  readonly instant: Instant;
  readonly flag: FlagEvaluation;
  readonly engine: EngineVersions;
  readonly resubmits?: string;
  /** Artifacts: the baselines of other skills that the request refers to, as they stood when it was accepted. */
  readonly references?: readonly RecordedReference[];
  /** Pods that were solved for the execution; only executions that wanted any have them. */
  readonly pods?: {
    /** Artifact: which works were solved in which round, and what became of each. */
    readonly ledger: Digest;
    readonly rounds: number;
  };
  /** Artifact: the skill's result. */
  readonly result?: Digest;
  readonly termsDigest?: Digest;
  /** Number of stages in the approval plan. */
  readonly stages?: number;
  readonly gates: readonly GateResult[];
  /** Artifacts: the three outputs. */
  readonly outputs?: {
    readonly primaryArtifactBundle: Digest;
    readonly executionScorecard: Digest;
    readonly handoffPacket: Digest;
  };
  /** Artifact: the incident packet, when a gate, an escalation or a fault ended the execution. */
  readonly incident?: Digest;
  /** Whether the execution hands work over, once that was found; only executions of skills that do so say it. */
  readonly handsOver?: boolean;
  /** The handoff as it stood at the end; only of executions that came to offer one. */
  readonly handoff?: {
    /** Artifact: the document, from which everything about it can be replayed. */
    readonly document: Digest;
    /** Artifacts: what answers brought, in the order in which they came. */
    readonly artifacts: readonly Digest[];
    readonly state: string;
    /** How many transitions its history holds, each an event of the chain. */
    readonly transitions: number;
  };
  /** Artifacts: the signed statement about the end, and the public key that it was signed with. Owed once the outcome is fixed. */
  readonly statement?: { readonly envelope: Digest; readonly key: Digest };
  /** What was erased on record, oldest first. */
  readonly erasures?: readonly ErasureOrder[];
  readonly withdrawal?: { readonly by: string; readonly at: Instant };
  /** The execution that oversight started in this one's place. */
  readonly rerunAs?: string;
  readonly rerunOf?: string;
  readonly fault?: { readonly error: string; readonly state: string; readonly message: string };
  /** A failure that may be its version's doing; owed to the count of its skill until it is counted. */
  readonly failure?: {
    readonly kind: 'fault' | 'guardrail';
    readonly code: string;
    readonly at: Instant;
    readonly counted: boolean;
  };
  /** Mails that this execution owes: outcome to the requester, incident to oversight. Sent at least once. */
  readonly pendingMails: readonly PendingMail[];
  readonly pendingEvents: readonly PendingEvent[];
}
