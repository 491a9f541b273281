import { digestOf } from '../../core/digest.ts';
import { usesOf } from '../constraints/formula-uses.ts';
import type { ApprovalPolicy, Level, Rule } from './approval-policy.ts';
import { type Facts, type FieldId, fieldOf } from './fields.ts';
import { knownOf } from './matrix.ts';
import { byText } from './order.ts';
import type { ApprovalRequest } from './request.ts';
import { ruleVerdicts } from './rule-verdicts.ts';

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
  /** Days since 1970-01-01, by which rules are in force. */
  readonly day: number;
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

/** The facts that a rule looks at, by the position of the rule. */
function factsRead({ matrix }: ApprovalPolicy, index: number): FieldId[] {
  const rule = matrix.set.rules[index];
  if (rule === undefined) return [];
  const { when, effect } = rule;
  const used = [...usesOf(when), ...(effect.kind === 'require' ? usesOf(effect.condition) : [])];
  return used.flatMap((field) => matrix.fields[field]?.fact ?? []);
}

function reads(policy: ApprovalPolicy, index: number, member: DivisibleMember): boolean {
  const readers: readonly FieldId[] = DIVISIBLE[member];
  return factsRead(policy, index).some((fact) => readers.includes(fact));
}

/** Which rules could fire for this request if only its divisible members were other ones: those that are not dismissed by the rest. */
function couldFire({ facts, policy, day }: BasisQuestion): boolean[] {
  const { matrix, conversions } = policy;
  const known = knownOf(matrix, facts, conversions);
  const fixed = new Map([...known].filter(([field]) => !divisible.has(matrix.fields[field]?.fact ?? 'kind')));
  return ruleVerdicts(matrix, fixed, day).map((verdict) => verdict !== 'not-fired');
}

/**
 * Whether a member is left to others: no rule that asks for these levels reads it, and some rule that could ask for another
 * level of this request does. What no rule would have anybody look at concerns everybody.
 */
function isElsewhere(member: DivisibleMember, levelIds: readonly string[], question: BasisQuestion): boolean {
  const { policy } = question;
  const could = couldFire(question);
  const readers = policy.rules.flatMap((rule, index) =>
    rule.effect.do === 'require' && reads(policy, index, member) ? [{ rule, could: could[index] }] : [],
  );
  return !readers.some(({ rule }) => requiresAny(rule, levelIds)) && readers.some((each) => each.could);
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
