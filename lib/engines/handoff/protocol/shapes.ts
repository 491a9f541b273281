import type { Digest } from '../../../core/digest.ts';
import type { LoadedDirectory } from '../../../core/directory/loaded.ts';
import type { Instant } from '../../../core/instant.ts';
import type { Json } from '../../../core/json.ts';
import type { Part } from '../events.ts';
import type { HandoffPolicy } from '../policy/policy.ts';
import type { ContractingRequest } from '../request/input.ts';

/*
 * What the steps that wait for people give and take, as far as this engine is concerned. The platform states the same shapes as
 * its own contract; engines do not look at the platform, so the two meet where a skill declares its protocol.
 */

/** In whose part somebody acts; approvers have a desk of their own. */
export type ActingPart = Exclude<Part, 'approver'>;

/** What a protocol may see beside the handoff's document. */
export interface ProtocolCase {
  readonly executionId: string;
  readonly input: ContractingRequest;
  readonly configuration: HandoffPolicy;
  readonly directory: LoadedDirectory;
  readonly requester: { readonly personId: string };
  readonly instant: Instant;
  readonly result: { readonly artifact: Json };
  readonly approval?: { readonly terms: Digest; readonly decisions: Digest };
}

export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly kind: 'line' | 'text' | 'number' | 'date' | 'choice' | 'check';
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly maximum: number;
}

export interface FormChoice {
  readonly choice: string;
  readonly label: string;
  readonly says: string;
  readonly fields: readonly string[];
}

/** A form: what may be chosen, and what is filled in with it. */
export interface Form {
  readonly choices: readonly FormChoice[];
  readonly fields: readonly FormField[];
}

/** Who does something, and when. */
export interface Stamp {
  /** Unique for good: the same again changes nothing. */
  readonly id: string;
  readonly at: Instant;
  readonly by: { readonly part: ActingPart; readonly id: string };
}

export interface FormAction extends Stamp {
  readonly choice: string;
  readonly values: Readonly<Record<string, string>>;
}

/** An answer that was understood and cannot stand, told beside the form. */
export interface Refused {
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
}
