import { decide } from '../../../lib/engines/approval-routing/decide.ts';
import type { Facts } from '../../../lib/engines/approval-routing/fields.ts';
import type { ApprovalPolicy } from '../../../lib/engines/approval-routing/policy.ts';
import type { JudgeAll, Verdict } from './contender.ts';

function judge(facts: Facts, policy: ApprovalPolicy): Verdict {
  const { denials, automatic, required } = decide(facts, policy, { units: 0 }, 0);
  return {
    denials: denials.map(({ ruleId }) => ruleId).sort(),
    automatic: [...automatic].sort(),
    levels: [...required.keys()].sort(),
  };
}

/** The decision core of the routing engine: amounts are converted and compared exactly, as part of each judgement. */
export function countersignEngine(policy: ApprovalPolicy, facts: readonly Facts[]): JudgeAll {
  return () => facts.map((each) => judge(each, policy));
}
