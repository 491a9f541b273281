import type { ApprovalPlan } from '../../../core/approval/plan.ts';
import type { Terms } from '../../../core/approval/terms.ts';
import type { LoadedDirectory } from '../../../core/directory/loaded.ts';
import type { Problem } from '../../../core/errors.ts';
import type { Instant } from '../../../core/instant.ts';
import type { Json } from '../../../core/json.ts';
import type { HandoffPolicy } from '../policy/policy.ts';

/** Why something is refused; pointers lead into the input. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly pointer: string;
}

/** What handoff contracting decides; every skill's result has this form. */
export interface ContractingResult {
  readonly verdict: 'publish' | 'approve' | 'block';
  readonly reasons: readonly Reason[];
  readonly artifact: Json;
  readonly terms: Terms;
  readonly plan?: ApprovalPlan;
  readonly risk: {
    readonly score: number;
    readonly factors: readonly {
      readonly code: string;
      readonly points: number;
      readonly pointer: string;
      readonly message: string;
    }[];
  };
  readonly confidenceBasisPoints: number;
  readonly trace: readonly {
    readonly id: string;
    readonly met: boolean;
    readonly because: string;
    readonly detail: Json;
  }[];
  readonly workUnits: number;
  readonly nextHop: string;
}

/** What deciding may see; nothing else reaches it. */
export interface ContractingContext<Input> {
  readonly input: Input;
  readonly configuration: HandoffPolicy;
  readonly directory: LoadedDirectory;
  readonly requester: { readonly personId: string };
  readonly instant: Instant;
}

/** The JSON form of a value: what is undefined is left out. */
export const json = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

/** A problem as a reason: what is wrong and what to do about it. */
export function reasonOf({ code, message, mend, pointer }: Problem): Reason {
  return { code, message: `${message} ${mend}`, pointer };
}

/** Cuts a text to what a page holds. */
export const clip = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;
