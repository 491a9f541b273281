import type { LoadedDirectory } from '../../lib/core/directory/loaded.ts';
import type { Instant } from '../../lib/core/instant.ts';
import type { HandoffPolicy } from '../../lib/engines/handoff/policy/policy.ts';
import { decideContracting } from '../../lib/engines/handoff/request/decide.ts';
import type { ContractingRequest } from '../../lib/engines/handoff/request/input.ts';
import type { HandoffPacket } from '../../lib/platform/contracts/outputs.ts';
import type { References } from '../../lib/platform/skill/reference.ts';
import type { SkillResult } from '../../lib/platform/skill/skill-result.ts';

/** The skill's own name: a new contract becomes a candidate of its own policy. */
export const NAME = 'handoff-contracting-for-customer-support-operations';

/** What the skill may see of an execution. */
export interface ContractingContext {
  readonly input: ContractingRequest;
  readonly configuration: HandoffPolicy;
  readonly directory: LoadedDirectory;
  readonly requester: { readonly personId: string };
  readonly instant: Instant;
  readonly references: References;
  readonly handedOver?: HandoffPacket;
}

/** Decides about a handoff, or about a new version of a contract, by the policy that this execution runs on. */
export function execute({ references, ...context }: ContractingContext): SkillResult {
  return decideContracting({ ...context, baseline: references[NAME] });
}
