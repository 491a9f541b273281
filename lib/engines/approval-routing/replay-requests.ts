import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { unverifiedFacts } from './account-facts.ts';
import type { ApprovalPolicy } from './approval-policy.ts';
import { conclude } from './conclude.ts';
import { decide } from './decide.ts';
import { readFacts } from './fields.ts';
import { sortedUnique } from './order.ts';
import { type ApprovalRequest, inCanonicalOrder } from './request.ts';

/** A request that was made once. */
export interface ReplayedRequest {
  readonly id: string;
  readonly request: ApprovalRequest;
}

/** What rules make of a request, before anybody is seated. */
export interface Outline {
  readonly disposition: 'auto-approve' | 'approve' | 'deny';
  readonly levels: readonly string[];
  /** Ids of the rules behind it. */
  readonly because: readonly string[];
}

/** A request that the new rules treat otherwise. */
export interface Flip {
  readonly id: string;
  readonly before: Outline;
  readonly after: Outline;
}

export interface Replay {
  readonly requests: number;
  /** By id. */
  readonly flips: readonly Flip[];
  readonly workUnits: number;
}

/**
 * Past requests under the rules in force and under new ones: which would be treated otherwise, and by which rules. Every request
 * is judged on the same day, with the facts that the directory holds now.
 * @param day days since 1970-01-01.
 */
export function replayRequests(
  requests: readonly ReplayedRequest[],
  before: ApprovalPolicy,
  after: ApprovalPolicy,
  { directory, day }: { readonly directory: LoadedDirectory; readonly day: number },
): Replay {
  const work = { units: 0 };
  const outline = (request: ApprovalRequest, policy: ApprovalPolicy): Outline => {
    const decision = decide(readFacts(request), policy, work, day);
    const { disposition, levels, reasons } = conclude(decision, unverifiedFacts(request, directory), policy);
    const because = [
      ...[...levels.values()].flat(),
      ...(disposition === 'approve' ? [] : reasons.map(({ code }) => code)),
    ];
    return { disposition, levels: sortedUnique(levels.keys()), because: sortedUnique(because) };
  };
  const flips = requests
    .map(({ id, request: asSent }): Flip => {
      const request = inCanonicalOrder(asSent);
      return { id, before: outline(request, before), after: outline(request, after) };
    })
    .filter((flip) => {
      const key = ({ disposition, levels }: Outline) => JSON.stringify([disposition, levels]);
      return key(flip.before) !== key(flip.after);
    });
  return {
    requests: requests.length,
    flips: flips.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)),
    workUnits: work.units,
  };
}
