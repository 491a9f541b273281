import type { AnalysisBudget, FindingCode, Unknown } from '../findings.ts';
import type { Check } from './check.ts';
import { type Judge, judgeOf } from './check.ts';
import type { Draft } from './draft.ts';
import type { World } from './prepare.ts';
import type { Prover } from './prover.ts';
import { type Answer, answerByBoxes, type Question } from './question.ts';

/** One analysis under way: what it works on, and what it found so far. */
export interface Inquiry {
  readonly world: World;
  readonly budget: AnalysisBudget;
  readonly judge: Judge;
  readonly prover: Prover;
  readonly drafts: Draft[];
  readonly unknowns: Unknown[];
  /** Kinds of which not all are listed. */
  readonly truncated: Set<FindingCode>;
}

export function inquiryInto(world: World, budget: AnalysisBudget, check: Check, prover: Prover): Inquiry {
  return { world, budget, judge: judgeOf(world.set, check), prover, drafts: [], unknowns: [], truncated: new Set() };
}

/** Answers questions by boxes, and those that are left by the solver, in one go. */
export async function answerAll({ world, prover }: Inquiry, questions: readonly Question[]): Promise<Answer[]> {
  const answers = questions.map((question) => answerByBoxes(world, question));
  const left = questions.filter((_, index) => answers[index] === undefined);
  if (left.length === 0) return answers as Answer[];
  const proved = await prover.answer(world, left);
  return questions.map((question, index) => answers[index] ?? (proved[left.indexOf(question)] as Answer));
}

const REASONS = {
  opaque: 'it depends on an expression that is beyond the analysable subset',
  budget: 'the declared work was spent',
} as const;

/** Notes that a question has no answer. */
export function noteUnknown(
  { world, unknowns }: Inquiry,
  { code, about }: Pick<Question, 'code' | 'about'>,
  { because, spent }: Extract<Answer, { is: 'unknown' }>,
): void {
  unknowns.push({
    question: code,
    rules: about.map((position) => world.rules[position]?.index ?? position).sort((a, b) => a - b),
    because,
    spent,
    message: `Whether there is a finding "${code}" here is not known: ${REASONS[because]}.`,
  });
}
