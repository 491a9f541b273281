import { Confirmation } from './check.ts';
import type { Days } from './conflicts.ts';
import { wholeTime } from './days.ts';
import { type Draft, named } from './draft.ts';
import { answerAll, type Inquiry, noteUnknown } from './inquiry.ts';
import type { Prepared, World } from './prepare.ts';
import type { Answer, Question } from './question.ts';
import {
  deadParts,
  isAlwaysTrue,
  isDead,
  isDenied,
  isOverridden,
  isRedundant,
  overridesSomething,
  type Pools,
} from './rule-questions.ts';

type Covered = Extract<Answer, { is: 'covered' }>;

/** The days on which a rule is in force, as far as the set tells days apart. */
function lifeOf(world: World, { rule }: Prepared): Days {
  const [minimum, maximum] = wholeTime(world);
  const { from = minimum, until } = rule.inForce;
  return [Math.max(minimum, from), until === undefined ? maximum : Math.min(maximum, until - 1)];
}

function sorted(positions: readonly number[]): number[] {
  return [...new Set(positions)].sort((a, b) => a - b);
}

/** Asks each rule's question, reports what is covered, and returns the rules for which it was not (or not known). */
async function reportCovered(
  inquiry: Inquiry,
  rules: readonly Prepared[],
  ask: (rule: Prepared) => Question | undefined,
  report: (rule: Prepared, covered: Covered) => Pick<Draft, 'message' | 'mend'>,
): Promise<Prepared[]> {
  const asked = rules.map((rule) => ({ rule, question: ask(rule) }));
  const questions = asked.flatMap(({ question }) => (question === undefined ? [] : [question]));
  const answers = new Map((await answerAll(inquiry, questions)).map((answer, at) => [questions[at], answer]));
  return asked.flatMap(({ rule, question }) => {
    const answer = question === undefined ? undefined : answers.get(question);
    if (question === undefined || answer === undefined || answer.is === 'free') return [rule];
    if (answer.is === 'unknown') {
      noteUnknown(inquiry, question, answer);
      return [rule];
    }
    inquiry.drafts.push({
      code: question.code,
      positions: sorted([rule.position, ...answer.owners]),
      by: answer.by,
      days: lifeOf(inquiry.world, rule),
      ...report(rule, answer),
      confirmation: new Confirmation(),
    });
    return [];
  });
}

async function reportRedundant(inquiry: Inquiry, rules: readonly Prepared[], pools: Pools): Promise<void> {
  const { world } = inquiry;
  const asked = rules.map((rule) => ({ rule, questions: isRedundant(rule, pools) }));
  const every = asked.flatMap(({ questions }) => questions);
  const known = new Map((await answerAll(inquiry, every)).map((answer, at) => [every[at], answer]));
  for (const { rule, questions } of asked) {
    const answers = questions.map((question) => known.get(question) as Answer);
    if (answers.length === 0) continue;
    const unknown = answers.find((answer) => answer.is === 'unknown');
    if (answers.some(({ is }) => is === 'free')) continue;
    if (unknown?.is === 'unknown') {
      noteUnknown(inquiry, { code: 'redundant-rule', about: [rule.position] }, unknown);
      continue;
    }
    const needed = await answerAll(inquiry, overridesSomething(world, rule, pools));
    if (needed.some(({ is }) => is !== 'covered')) continue;
    const covered = answers.filter((answer) => answer.is === 'covered');
    const owners = sorted(covered.flatMap((answer) => answer.owners));
    const what = rule.rule.effect.kind === 'route' ? 'adds its labels already' : 'demands what it demands already';
    inquiry.drafts.push({
      code: 'redundant-rule',
      positions: sorted([rule.position, ...owners]),
      by: covered.some(({ by }) => by === 'solver') ? 'solver' : 'intervals',
      days: lifeOf(world, rule),
      message: `The rule "${rule.rule.id}" changes nothing: wherever it applies, ${named(world, owners)} ${what}.`,
      mend: 'Remove the rule, or make it stricter or wider than the others.',
      confirmation: new Confirmation(),
    });
  }
}

async function reportDeadParts(inquiry: Inquiry, rules: readonly Prepared[], pools: Pools): Promise<void> {
  const { world } = inquiry;
  const questions = rules.flatMap((rule) => deadParts(world, rule, pools));
  const answers = await answerAll(inquiry, questions);
  questions.forEach((question, at) => {
    const answer = answers[at] as Answer;
    if (answer.is === 'unknown') noteUnknown(inquiry, question, answer);
    if (answer.is !== 'covered') return;
    const [position] = question.about as readonly [number];
    const rule = world.rules[position] as Prepared;
    const where = question.side === 'when' ? 'when it applies' : 'what it requires';
    inquiry.drafts.push({
      code: 'always-false',
      positions: [position],
      by: answer.by,
      days: lifeOf(world, rule),
      pointer: question.pointer,
      message: `A part of ${where} in the rule "${rule.rule.id}" never holds within the domains of its fields.`,
      mend: 'Remove the part, or correct its bounds.',
      confirmation: new Confirmation(),
    });
  });
}

/** Finds rules that do nothing: dead, overridden, denied, always true, redundant; and parts that never hold. */
export async function reportRules(inquiry: Inquiry, pools: Pools): Promise<void> {
  const { world } = inquiry;
  const live = await reportCovered(
    inquiry,
    world.rules,
    (rule) => isDead(world, rule, pools),
    ({ rule }) => ({
      message: `The rule "${rule.id}" can never apply: no input meets its condition.`,
      mend: 'Correct the condition, or remove the rule.',
    }),
  );
  await reportDeadParts(inquiry, live, pools);
  const applying = await reportCovered(
    inquiry,
    live,
    (rule) => isOverridden(world, rule),
    ({ rule }, { owners }) => ({
      message: `The rule "${rule.id}" never applies: ${named(world, owners)} override it wherever it could.`,
      mend: 'Remove the rule, or narrow the rules that override it.',
    }),
  );
  const demanding = await reportCovered(
    inquiry,
    applying,
    (rule) => isAlwaysTrue(rule, pools),
    ({ rule }) => ({
      message: `The rule "${rule.id}" demands nothing: its condition holds wherever it applies.`,
      mend: 'Make the condition stricter, or remove the rule.',
    }),
  );
  const mattering = await reportCovered(
    inquiry,
    demanding,
    (rule) => isDenied(rule, pools),
    ({ rule }, { owners }) => ({
      message: `The rule "${rule.id}" never matters: ${named(world, owners)} deny each input to which it applies.`,
      mend: 'Remove the rule, or let the others allow some of these inputs.',
    }),
  );
  await reportRedundant(inquiry, mattering, pools);
}
