import { digestOf } from '../../core/digest.ts';
import type { ApprovalPolicy, Level, Rule } from './approval-policy.ts';
import { type Comparison, isMet } from './comparison.ts';
import { verdictOf } from './decide.ts';
import { type Facts, type FieldId, fieldOf } from './fields.ts';
import { byText } from './order.ts';
import type { ApprovalRequest } from './request.ts';

/**
 * The members of a request that one level may look at and another may not, with the fields that read them. Every other member
 * (kind, account, amount, lines, who asked, who wrote the quote, the justification) concerns whoever approves, so it is not here.
 */
const DIVISIBLE = {
  discountBasisPoints: ['discount'],
  marginBasisPoints: ['margin'],
  termMonths: ['termMonths'],
  paymentDays: ['paymentDays'],
  nonStandardClauses: ['clauses', 'clauses.count'],
} as const satisfies Partial<Record<keyof ApprovalRequest, readonly FieldId[]>>;
type DivisibleMember = keyof typeof DIVISIBLE;

const members = Object.keys(DIVISIBLE) as DivisibleMember[];
const divisible: ReadonlySet<FieldId> = new Set(Object.values(DIVISIBLE).flat());

/** What the basis of a level is made of. */
export interface BasisQuestion {
  readonly request: ApprovalRequest;
  readonly requester: string;
  /** The owner that excludes people from deciding. */
  readonly recordOwner: string;
  readonly facts: Facts;
  readonly policy: ApprovalPolicy;
}

/** A level, those whose approvals are given in it too, and what asked for each. */
export interface AnsweringLevel {
  readonly levels: readonly Level[];
  readonly because: readonly (readonly string[])[];
}

/** The digest over everything that a level's approvers answer for, and what they leave to others. */
export interface LevelBasis {
  readonly digest: string;
  /** Labels of the terms' lines that are no part of it. */
  readonly decidedElsewhere: readonly string[];
}

function requiresAny({ effect }: Rule, levelIds: readonly string[]): boolean {
  return effect.do === 'require' && effect.levels.some((id) => levelIds.includes(id));
}

function reads({ all, any }: Rule, member: DivisibleMember): boolean {
  const readers: readonly FieldId[] = DIVISIBLE[member];
  return [...all, ...any].some(({ field }) => readers.includes(field));
}

/** Whether a rule could fire for this request if only its divisible members were other ones. */
function couldFire({ all, any }: Rule, { facts, policy }: BasisQuestion): boolean {
  // A divisible field can take a value that meets the comparison; of every other field the value stands.
  const possible = (comparison: Comparison) =>
    divisible.has(comparison.field) || isMet(comparison, facts, policy.conversions) !== false;
  return verdictOf(all.map(possible), any.map(possible)) === 'fired';
}

/**
 * Whether a member is left to others: no rule that asks for these levels reads it, and some rule that could ask for another
 * level of this request does. What no rule would have anybody look at concerns everybody.
 */
function isElsewhere(member: DivisibleMember, levelIds: readonly string[], question: BasisQuestion): boolean {
  const readers = question.policy.rules.filter((rule) => rule.effect.do === 'require' && reads(rule, member));
  return !readers.some((rule) => requiresAny(rule, levelIds)) && readers.some((rule) => couldFire(rule, question));
}

/**
 * The basis of a level: the policy's version, the level's own definition, its rules and which of them fired, who asked, and
 * the request without what is left to other levels. Pure, and the same for every order of sets.
 */
export function levelBasis({ levels, because }: AnsweringLevel, question: BasisQuestion): LevelBasis {
  const { request, requester, recordOwner, policy } = question;
  const levelIds = levels.map(({ id }) => id);
  const elsewhere = members.filter((member) => isElsewhere(member, levelIds, question));
  const kept = Object.entries(request).filter(([member]) => !elsewhere.includes(member as DivisibleMember));
  const digest = digestOf({
    schema: 'countersign/level-basis/1',
    policyVersion: policy.version,
    conversions: policy.conversions,
    separationOfDuties: policy.separationOfDuties,
    levels,
    because: because.map((causes) => [...causes].sort(byText)),
    rules: policy.rules.filter((rule) => requiresAny(rule, levelIds)),
    requester,
    recordOwner,
    request: Object.fromEntries(kept),
  });
  const labels = elsewhere.flatMap((member) => DIVISIBLE[member].map((field) => fieldOf(field).label));
  return { digest, decidedElsewhere: labels.sort(byText) };
}
