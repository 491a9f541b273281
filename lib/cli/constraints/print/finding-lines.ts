import { dateOfDay } from '../../../core/calendar/local-day.ts';
import { describeFormula, describeValues } from '../../../engines/constraints/describe.ts';
import { decide } from '../../../engines/constraints/evaluate/decide.ts';
import type { Finding } from '../../../engines/constraints/findings.ts';
import { usesOf } from '../../../engines/constraints/formula-uses.ts';
import type { ConstraintSet, FieldIndex, Formula, RuleIndex, Values } from '../../../engines/constraints/model.ts';
import { excerpt, gutterWidth, type Spot } from './excerpt.ts';
import { hanging, type Line } from './lines.ts';

/** Subsets of a conflict that are shown; the artifact holds all of them. */
const SUBSETS = 4;

/** The fields that a finding is about: those that its rules, what overrides them, and its table look at. */
function fieldsOf(set: ConstraintSet, { rules, table, code }: Finding): FieldIndex[] {
  const concerned = new Set<RuleIndex>(rules.flatMap((index) => [index, ...(set.rules[index]?.overriddenBy ?? [])]));
  const uses = [...concerned].flatMap((index) => {
    const rule = set.rules[index];
    if (rule === undefined) return [];
    return [...usesOf(rule.when), ...(rule.effect.kind === 'require' ? usesOf(rule.effect.condition) : [])];
  });
  const found = code === 'table-gap' ? set.tables.find(({ id }) => id === table) : undefined;
  const looked = found === undefined ? [] : [...found.inputs, ...usesOf(found.scope)];
  return [...new Set([...uses, ...looked])].sort((a, b) => a - b);
}

function idOf(set: ConstraintSet, index: RuleIndex): string {
  return set.rules[index]?.id ?? '';
}

/** What the witness of a conflict shows: the facts, terms that one might choose, and what they break. */
function conflictNotes(set: ConstraintSet, finding: Finding, witness: Values, day: number): [string, string][] {
  const fields = fieldsOf(set, finding);
  const facts = fields.filter((index) => set.fields[index]?.role === 'fact');
  const terms = fields.filter((index) => set.fields[index]?.role === 'term');
  const told = (values: Values): string => describeValues(terms, values, set.fields);
  const broken = decide(set, witness, day).violated.filter((id) =>
    finding.rules.some((index) => idOf(set, index) === id),
  );
  const subsets = (finding.subsetWitnesses ?? []).slice(0, SUBSETS).map(({ without, values }): [string, string] => {
    const what = told(values);
    return [`without ${idOf(set, without)}`, what === '' ? 'the others are met' : `${what} would do`];
  });
  return [
    ...(facts.length === 0 ? [] : [['where', describeValues(facts, witness, set.fields)] as [string, string]]),
    ...(terms.length === 0
      ? []
      : [['for example', `${told(witness)} breaks ${broken.join(', ')}`] as [string, string]]),
    ...subsets,
  ];
}

function witnessNotes(set: ConstraintSet, finding: Finding, day: number): [string, string][] {
  const { witness, code } = finding;
  if (witness === undefined) return [];
  if (code === 'conflict') return conflictNotes(set, finding, witness, day);
  const told = describeValues(fieldsOf(set, finding), witness, set.fields);
  return told === '' ? [] : [['for example', told]];
}

/** The condition in words, where the excerpt may be too short for it; of an alternative that never holds, that part alone. */
function conditionNotes(set: ConstraintSet, { code, rules: [index = -1], pointer }: Finding): [string, string][] {
  const rule = set.rules[index];
  if (rule === undefined) return [];
  if (code === 'dead-rule' && rule.whenSource !== undefined) return [['condition', rule.whenSource]];
  if (code !== 'always-false') return [];
  const start: unknown = pointer?.startsWith('/when')
    ? rule.when
    : rule.effect.kind === 'require'
      ? rule.effect.condition
      : undefined;
  const part = formulaAt(start, pointer?.replace(/^\/(when|effect\/condition)/, '') ?? '');
  return part === undefined ? [] : [['never holds', describeFormula(part, set.fields)]];
}

/** The part of a formula that a pointer within it names. */
function formulaAt(start: unknown, pointer: string): Formula | undefined {
  let at = start;
  for (const token of pointer.split('/').slice(1)) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[token];
  }
  return at === undefined ? undefined : (at as Formula);
}

function periodText({ period: { from, until } }: Finding): string | undefined {
  if (from === undefined && until === undefined) return undefined;
  const texts = [
    ...(from === undefined ? [] : [`from ${dateOfDay(from)}`]),
    ...(until === undefined ? [] : [`before ${dateOfDay(until)}`]),
  ];
  return `only ${texts.join(' and ')}`;
}

function proofText({ proof: { by, checks } }: Finding): string {
  const how = by === 'intervals' ? 'interval algebra' : 'the solver Z3';
  const confirmed =
    checks.length === 0
      ? ''
      : `; ${checks.length} ${checks.length === 1 ? 'claim' : 'claims'} confirmed by an independent evaluator`;
  return `${how}${confirmed}`;
}

/** What is said of a finding below its excerpts, each under a word. */
export function notesOf(set: ConstraintSet, finding: Finding, day: number): [string, string][] {
  const on = finding.witnessDay ?? day;
  const period = periodText(finding);
  return [
    ...conditionNotes(set, finding),
    ...witnessNotes(set, finding, on),
    ...(period === undefined ? [] : [['holds', period] as [string, string]]),
    ...(finding.owners.length > 1 ? [['must talk', finding.owners.join(', ')] as [string, string]] : []),
    ...(finding.repair === undefined ? [] : [['smallest change', finding.repair.message] as [string, string]]),
    ['mend', finding.mend],
    ['proved by', proofText(finding)],
    ['waive as', finding.digest],
  ];
}

/**
 * A finding as a good compiler prints it: what, where, an excerpt for each rule, an input that shows it, who must talk, what to do.
 * @param source text of the source; without it the places alone are given
 */
export function findingLines(
  set: ConstraintSet,
  finding: Finding,
  {
    source = '',
    spots,
    day,
  }: { readonly source?: string | undefined; readonly spots: readonly Spot[]; readonly day: number },
): Line[] {
  const { severity, code, message } = finding;
  const width = gutterWidth(spots);
  return [
    ...hanging([[severity, `${severity}[${code}]`], ': '], message),
    ...spots.flatMap((spot) => excerpt(source, spot, severity, width)),
    [['note', `${' '.repeat(width)} |`]],
    ...notesOf(set, finding, day).flatMap(([word, text]) =>
      hanging([['note', `${' '.repeat(width)} = `], ['strong', word], ': '], text),
    ),
    [],
  ];
}
