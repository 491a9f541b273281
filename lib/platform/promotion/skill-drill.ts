import type { RequestEnvelope } from '../contracts/envelope.ts';

/** A configuration that passes every suite and fails in use, and how. */
export interface DrillCandidate {
  readonly configuration: unknown;
  /** One sentence: what somebody wanted, and what it does instead. */
  readonly story: string;
}

/** A request with the person who makes it. */
export interface DrillRequest {
  readonly requester: string;
  readonly request: RequestEnvelope;
}

/**
 * What the rollback drill needs of a skill, in the file `drill.ts` of its folder: bad candidates, a request that fails on
 * them, and one that works. Requests can be made for any account of the directory that the skill ships with.
 */
export interface SkillDrill {
  /** Ids of accounts to make requests for, at least ten. */
  readonly accounts: readonly string[];
  /** Two bad candidates made of the baseline, which differ; the second is what somebody tries after the first was taken back. */
  readonly candidates: (baseline: unknown) => readonly [DrillCandidate, DrillCandidate];
  /** A request that every bad candidate fails on and the baseline does not. */
  readonly failing: (accountId: string) => DrillRequest;
  /** A request that one person must approve, on any configuration. */
  readonly approvable: (accountId: string) => DrillRequest;
}

/**
 * What the demonstration of a change of rules needs, in the file `change-drill.ts` of the folder of the skill that makes such
 * changes: the example whose publication puts a candidate on trial, and requests for the skill whose rules change.
 */
export interface ChangeDrill {
  /** File name of the example without ending. */
  readonly example: string;
  /** Name of the skill whose rules change. */
  readonly target: string;
  /** Ids of accounts to make requests for. */
  readonly accounts: readonly string[];
  /** A request that the new rules decide otherwise than those in force, and rightly. */
  readonly differing: (accountId: string) => DrillRequest;
  /** A request that the new rules let pass although a constraint forbids it. */
  readonly breaking: (accountId: string) => DrillRequest;
}
