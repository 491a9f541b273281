import { pointer } from '../../core/json.ts';
import type { Rule } from './approval-policy.ts';
import type { LintFinding } from './lint-finding.ts';
import type { PolicyDocument, RuleDocument } from './policy-document.ts';

const MOST_STAGES = 10;
const MOST_PARALLEL_LEVELS = 20;

function finding(
  severity: LintFinding['severity'],
  at: string,
  code: string,
  message: string,
  mend: string,
): LintFinding {
  return { severity, pointer: at, code, message, mend };
}

function duplicates(items: readonly { readonly id: string }[], list: 'rules' | 'levels'): LintFinding[] {
  return items.flatMap(({ id }, index) =>
    items.findIndex((other) => other.id === id) === index
      ? []
      : [
          finding(
            'error',
            pointer('', list, index, 'id'),
            'duplicate-id',
            `The id "${id}" stands twice in ${list}.`,
            'Give each its own id.',
          ),
        ],
  );
}

/** The rules that stand in the document itself. */
function writtenRules(document: PolicyDocument): readonly RuleDocument[] {
  return document.schema === 'countersign/approval-policy/1' ? document.rules : [];
}

function unknownLevels(document: PolicyDocument, rules: readonly Rule[]): LintFinding[] {
  const known = document.levels.map(({ id }) => id);
  const named = [
    { id: document.fallbackLevel, at: '/fallbackLevel', by: 'The fallback' },
    ...writtenRules(document).flatMap((rule, index) =>
      'require' in rule.then
        ? rule.then.require.map((id, i) => ({
            id,
            at: pointer('/rules', index, 'then', 'require', i),
            by: `The rule "${rule.id}"`,
          }))
        : [],
    ),
  ];
  const unknown = named
    .filter(({ id }) => !known.includes(id))
    .map(({ id, at, by }) =>
      finding(
        'error',
        at,
        'unknown-level',
        `${by} names the level "${id}", which is not declared.`,
        'Declare it, or correct its spelling.',
      ),
    );
  const unused = document.levels.flatMap(({ id }, index) =>
    named.some((use) => use.id === id) ||
    rules.some(({ effect }) => effect.do === 'require' && effect.levels.includes(id))
      ? []
      : [
          finding(
            'warning',
            pointer('/levels', index),
            'unused-level',
            `No rule requires the level "${id}".`,
            'Remove it, or let a rule require it.',
          ),
        ],
  );
  return [...unknown, ...unused];
}

function durations(document: PolicyDocument): LintFinding[] {
  return document.levels.flatMap(({ id, remindAfterBusinessHours: hours, serviceLevelBusinessHours }, index) => {
    const ascending = hours.every((hour, i) => i === 0 || hour > (hours[i - 1] ?? 0));
    const inTime = hours.every((hour) => hour < serviceLevelBusinessHours);
    return ascending && inTime
      ? []
      : [
          finding(
            'error',
            pointer('/levels', index, 'remindAfterBusinessHours'),
            'reminder-out-of-order',
            `The reminders of the level "${id}" must ascend and come before its ${serviceLevelBusinessHours} hours are over.`,
            'Correct the hours.',
          ),
        ];
  });
}

function orders(document: PolicyDocument): LintFinding[] {
  const counts = new Map<number, number>();
  for (const { order } of document.levels) counts.set(order, (counts.get(order) ?? 0) + 1);
  const crowded = [...counts].filter(([, count]) => count > MOST_PARALLEL_LEVELS);
  return [
    ...(counts.size > MOST_STAGES
      ? [
          finding(
            'error',
            '/levels',
            'too-many-stages',
            `The levels have ${counts.size} different orders.`,
            `Use at most ${MOST_STAGES}.`,
          ),
        ]
      : []),
    ...crowded.map(([order, count]) =>
      finding(
        'error',
        '/levels',
        'too-many-parallel-levels',
        `${count} levels have the order ${order}.`,
        `Let at most ${MOST_PARALLEL_LEVELS} be open together.`,
      ),
    ),
  ];
}

function conversions(document: PolicyDocument): LintFinding[] {
  return document.conversions.flatMap(({ from, to }, index) => {
    const first = document.conversions.findIndex((other) => other.from === from && other.to === to) === index;
    return first && from !== to
      ? []
      : [
          finding(
            'error',
            pointer('/conversions', index),
            'conversion-unfit',
            `The conversion from ${from} to ${to} ${from === to ? 'leads nowhere' : 'stands twice'}.`,
            'Declare each pair of currencies once.',
          ),
        ];
  });
}

/** The fallback decides where nobody can say what its approvers rely on, so it never keeps an approval. */
function carryOvers({ levels, fallbackLevel }: PolicyDocument): LintFinding[] {
  return levels.flatMap(({ id, carryOver }, index) =>
    carryOver === undefined || id !== fallbackLevel
      ? []
      : [
          finding(
            'warning',
            pointer('/levels', index, 'carryOver'),
            'carry-over-without-effect',
            `The level "${id}" is the fallback, which asks everybody again whatever "carryOver" says.`,
            'Remove it, or let another level be the fallback.',
          ),
        ],
  );
}

/** Findings about the document alone: ids, references to levels, reminders, orders, conversions, approvals that are kept. */
export function lintStructure(document: PolicyDocument, rules: readonly Rule[]): LintFinding[] {
  return [
    ...duplicates(writtenRules(document), 'rules'),
    ...duplicates(document.levels, 'levels'),
    ...unknownLevels(document, rules),
    ...durations(document),
    ...orders(document),
    ...conversions(document),
    ...carryOvers(document),
  ];
}
