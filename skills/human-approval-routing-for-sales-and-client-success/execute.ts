import type { LoadedDirectory } from '../../lib/core/directory/loaded.ts';
import type { Instant } from '../../lib/core/instant.ts';
import type { ApprovalPolicy } from '../../lib/engines/approval-routing/policy.ts';
import type { ApprovalRequest } from '../../lib/engines/approval-routing/request.ts';
import { type RoutingResult, routeApproval } from '../../lib/engines/approval-routing/route.ts';

/** What the skill may see of an execution. */
export interface ApprovalRoutingContext {
  readonly input: ApprovalRequest;
  readonly configuration: ApprovalPolicy;
  readonly directory: LoadedDirectory;
  readonly requester: { readonly personId: string };
  readonly instant: Instant;
}

/** Routes one request by the policy that this execution runs on. */
export function execute({
  input,
  configuration,
  directory,
  requester,
  instant,
}: ApprovalRoutingContext): RoutingResult {
  return routeApproval({ request: input, policy: configuration, directory, requester: requester.personId, instant });
}
