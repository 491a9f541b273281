import type { Values } from '../model.ts';
import { Confirmation } from './check.ts';
import type { Days } from './conflicts.ts';
import { wholeTime } from './days.ts';
import { type Draft, named } from './draft.ts';
import { boundaryOf, confirmAt, confirmCovered, type Evidence, samplesOf } from './evidence.ts';
import { answerAll, type Inquiry, noteUnknown } from './inquiry.ts';
import { isIn, type Prepared, type World } from './prepare.ts';
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
  confirm: (confirmation: Confirmation, rule: Prepared, question: Question, covered: Covered) => void,
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
    const confirmation = new Confirmation();
    confirm(confirmation, rule, question, answer);
    inquiry.drafts.push({
      code: question.code,
      positions: sorted([rule.position, ...answer.owners]),
      by: answer.by,
      days: lifeOf(inquiry.world, rule),
      ...report(rule, answer),
      confirmation,
    });
    return [];
  });
}

/** A minimal set of owners that answers several questions at once: what each needs alone may be more than all need together. */
async function joined(
  inquiry: Inquiry,
  questions: readonly Question[],
  owners: readonly number[],
): Promise<readonly number[]> {
  if (questions.length < 2) return owners;
  let left = owners;
  for (const owner of owners.toReversed()) {
    const rest = left.filter((each) => each !== owner);
    const answers = await answerAll(
      inquiry,
      questions.map((question) => ({ ...question, pool: question.pool.only(rest) })),
    );
    if (answers.every(({ is }) => is === 'covered')) left = rest;
  }
  return left;
}

function applies({ world, judge }: Inquiry, position: number, values: Values, day: number): boolean {
  return judge.applies(world.rules[position]?.index ?? position, values, day);
}

function isBroken({ world, judge }: Inquiry, position: number, values: Values, day: number): boolean {
  return judge.isBroken(world.rules[position]?.index ?? position, values, day);
}

function isCandidate({ world, judge }: Inquiry, position: number, values: Values, day: number): boolean {
  return judge.isCandidate(world.rules[position]?.index ?? position, values, day);
}

/** What it means for an evaluator that a rule is redundant. */
function meaning(inquiry: Inquiry, { rule, position }: Prepared): Pick<Evidence, 'isMeant' | 'isHeld'> {
  const does = rule.effect.kind === 'require' ? isBroken : applies;
  return {
    isMeant: (values, day) => does(inquiry, position, values, day),
    isHeld: (owner, values, day) => does(inquiry, owner, values, day),
  };
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
    const owners = await joined(inquiry, questions, sorted(covered.flatMap((answer) => answer.owners)));
    const confirmation = new Confirmation();
    const [only] = questions;
    if (questions.length === 1 && only !== undefined)
      confirmCovered(inquiry, confirmation, { question: only, owners, ...meaning(inquiry, rule) });
    else
      for (const question of questions) {
        const adding = owners.filter((owner) => question.pool.items.some((item) => item.owner === owner));
        confirmAt(
          world,
          confirmation,
          boundaryOf(world, question),
          'one of the rules named adds a label.',
          (values, day) => adding.some((owner) => applies(inquiry, owner, values, day)),
        );
      }
    const what = rule.rule.effect.kind === 'route' ? 'adds its labels already' : 'demands what it demands already';
    inquiry.drafts.push({
      code: 'redundant-rule',
      positions: sorted([rule.position, ...owners]),
      by: covered.some(({ by }) => by === 'solver') ? 'solver' : 'intervals',
      days: lifeOf(world, rule),
      message: `The rule "${rule.rule.id}" changes nothing: wherever it applies, ${named(world, owners)} ${what}.`,
      mend: 'Remove the rule, or make it stricter or wider than the others.',
      confirmation,
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
  const samples = samplesOf(world).filter((values) => !world.unreal.some((extent) => isIn(extent, values)));
  const live = await reportCovered(
    inquiry,
    world.rules,
    (rule) => isDead(world, rule, pools),
    ({ rule }) => ({
      message: `The rule "${rule.id}" can never apply: no input meets its condition.`,
      mend: 'Correct the condition, or remove the rule.',
    }),
    (confirmation, { position, rule: { effect } }) =>
      confirmAt(
        world,
        confirmation,
        samples,
        'the rule applies to none of them.',
        (values, day) =>
          !isCandidate(inquiry, position, values, day) ||
          (effect.kind === 'default' && values[effect.field] !== undefined),
      ),
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
    (confirmation, { position }, question, { owners }) =>
      confirmCovered(inquiry, confirmation, {
        question,
        owners,
        isMeant: (values, day) => isCandidate(inquiry, position, values, day),
        isHeld: (owner, values, day) => isCandidate(inquiry, owner, values, day),
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
    (confirmation, { position, applies: region }, question) =>
      confirmAt(
        world,
        confirmation,
        boundaryOf(world, { ...question, region }),
        'the rule applies, and its condition holds.',
        (values, day) => applies(inquiry, position, values, day) && !isBroken(inquiry, position, values, day),
      ),
  );
  const mattering = await reportCovered(
    inquiry,
    demanding,
    (rule) => isDenied(rule, pools),
    ({ rule }, { owners }) => ({
      message: `The rule "${rule.id}" never matters: ${named(world, owners)} deny each input to which it applies.`,
      mend: 'Remove the rule, or let the others allow some of these inputs.',
    }),
    (confirmation, { position }, question, { owners }) =>
      confirmCovered(inquiry, confirmation, {
        question,
        owners,
        isMeant: (values, day) => applies(inquiry, position, values, day),
        isHeld: (owner, values, day) => isBroken(inquiry, owner, values, day),
      }),
  );
  await reportRedundant(inquiry, mattering, pools);
}
