import { formatBasisPoints, formatMoney } from '../../lib/core/money.ts';
import type { PlanCertificate } from '../../lib/engines/scheduling/plan/certificate.ts';
import type { Reason } from '../../lib/platform/skill/skill-result.ts';
import type { SchedulingPolicy } from './configuration.ts';
import { type PlanFacts, promisesNotKept } from './facts.ts';
import type { InForce } from './in-force.ts';

/** Something that keeps a plan from being published by itself, and the levels that decide about it. */
export interface Trigger extends Reason {
  readonly levels: readonly string[];
}

/** What a plan has to be asked about. */
export interface Question {
  readonly facts: PlanFacts;
  readonly policy: SchedulingPolicy;
  readonly certificate: PlanCertificate | undefined;
  readonly inForce: InForce;
}

const list = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;

function deferral({ facts, policy }: Question): Trigger[] {
  const { deferredRevenue: waits, deferredThreshold: threshold } = facts;
  if (waits.minorUnits === 0 || (threshold !== undefined && waits.minorUnits <= threshold.minorUnits)) return [];
  const allowed = threshold === undefined ? `no threshold in ${waits.currency}` : formatMoney(threshold);
  return [
    {
      code: 'revenue-deferred',
      message: `Revenue of ${formatMoney(waits)} waits; the policy lets ${allowed} wait without asking.`,
      pointer: '/input/plan/touches',
      levels: policy.ask.whenDeferring,
    },
  ];
}

function promises({ facts, policy }: Question): Trigger[] {
  const { brokenPromises, retimedPromises = [] } = facts;
  if (promisesNotKept(facts) <= policy.brokenPromises) return [];
  const broken =
    brokenPromises.length === 0
      ? []
      : [`${brokenPromises.length} promise(s) of the plan in force are broken: ${list(brokenPromises)}.`];
  const retimed =
    retimedPromises.length === 0
      ? []
      : [`${retimedPromises.length} promised time(s) change within the half-day: ${list(retimedPromises)}.`];
  const levels = policy.ask.whenBreakingPromises;
  const message = [...broken, ...retimed].join(' ');
  return [{ code: 'promise-broken', message, pointer: '/input/plan/previous/slots', levels }];
}

function guardrails({ facts, policy }: Question): Trigger[] {
  const levels = policy.ask.whenGuardrail;
  const { belowFloor, loweredFloors, looseLimits } = facts;
  const found: Trigger[] = [];
  if (belowFloor.length > 0) {
    const message = `The service floor is missed for: ${belowFloor.join(', ')}.`;
    found.push({ code: 'equity-floor-missed', message, pointer: '/input/plan/floors', levels });
  }
  if (loweredFloors.length > 0) {
    const message = `The request lowers the policy's service floor for: ${loweredFloors.join(', ')}.`;
    found.push({ code: 'equity-floor-lowered', message, pointer: '/input/plan/floors', levels });
  }
  if (looseLimits.length > 0) {
    const told = looseLimits.map(({ rep, limit, asked, allowed }) => `${rep} ${limit} ${asked} (policy ${allowed})`);
    const message = `Limits of dignity are looser than the policy's: ${list(told)}.`;
    found.push({ code: 'dignity-limit-loosened', message, pointer: '/input/plan/reps', levels });
  }
  return found;
}

/** Slots have no order, so the place of one would not be the same for everybody: the message names its touch. */
const SLOTS = '/input/plan/previous/slots';

function statements({ policy, inForce }: Question): Trigger[] {
  const levels = policy.ask.whenUnlinked;
  if (inForce.kind === 'none') return [];
  if (inForce.kind === 'unlinked')
    return [{ code: 'previous-unlinked', message: inForce.message, pointer: '/input/plan/previous', levels }];
  const stated = inForce.differences.filter(({ code }) => code === 'promise-stated');
  const others = inForce.differences.filter(({ code }) => code !== 'promise-stated');
  const told = others.map(({ message, mend }) => `${message} ${mend}`);
  const found: Trigger[] = [];
  if (others.length > 0) {
    const more = told.length > 3 ? ` And ${told.length - 3} more, in the trace.` : '';
    const message = `The request states another plan in force than ${inForce.executionId} published. ${told.slice(0, 3).join(' ')}${more}`;
    found.push({ code: 'previous-differs', message, pointer: SLOTS, levels });
  }
  if (stated.length > 0) {
    const message = `Promises made since the plan in force are stated by the requester alone: ${list(stated.map(({ touch }) => touch))}.`;
    found.push({ code: 'promise-stated', message, pointer: SLOTS, levels });
  }
  return found;
}

function proofs({ policy, certificate }: Question): Trigger[] {
  const found: Trigger[] = [];
  const gap = certificate?.gapBasisPoints;
  if (gap === undefined || gap > policy.widestGapBasisPoints) {
    const known =
      gap === undefined
        ? 'Nothing is proved about better plans'
        : `A better plan by ${formatBasisPoints(gap)} is not ruled out`;
    const message = `${known}; the policy asks for a proof to ${formatBasisPoints(policy.widestGapBasisPoints)}.`;
    found.push({ code: 'gap-too-wide', message, pointer: '/input/plan/budget', levels: policy.ask.whenUnproved });
  }
  return found;
}

/** Everything that somebody has to agree to; a plan without any is published. */
export function triggersOf(question: Question): Trigger[] {
  return [
    ...deferral(question),
    ...promises(question),
    ...guardrails(question),
    ...statements(question),
    ...proofs(question),
  ];
}
