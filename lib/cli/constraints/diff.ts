import { dateOfDay } from '../../core/calendar/local-day.ts';
import { canonicalJson } from '../../core/digest.ts';
import type { Check } from '../../engines/constraints/analysis/check.ts';
import { type Common, NotComparable, overCommonFields } from '../../engines/constraints/analysis/common-fields.ts';
import { type Difference, difference } from '../../engines/constraints/analysis/difference.ts';
import { STANDARD_BUDGET } from '../../engines/constraints/artifact/budget.ts';
import { describeValues } from '../../engines/constraints/describe.ts';
import { writeInput } from '../../engines/constraints/evaluate/write-input.ts';
import { usesOf } from '../../engines/constraints/formula-uses.ts';
import type { ConstraintSet, RuleIndex } from '../../engines/constraints/model.ts';
import { oracle } from '../../engines/constraints/oracle/oracle.ts';
import { EXIT } from '../exit-codes.ts';
import { sayJson } from '../say.ts';
import { onSource } from './invalid-source.ts';
import { hanging, type Line, sayLines } from './print/lines.ts';
import { loadSolver } from './prove.ts';
import { loadSet } from './source-file.ts';

/** What was added, removed and changed, by name. */
export interface Edits {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** Contents without places and with the names of rules and fields, so that moving something in its file is no change. */
function contentOf(set: ConstraintSet, value: unknown, key = ''): unknown {
  if (key === 'field' && typeof value === 'number') return set.fields[value]?.path;
  if (Array.isArray(value)) {
    if (key === 'overriddenBy') return value.map((index: number) => set.rules[index]?.id).sort();
    return value.map((each) => contentOf(set, each));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'span' && name !== 'whenSource' && name !== 'conditionSource')
      .map(([name, each]) => [name, contentOf(set, each, name)]),
  );
}

function editsOf(older: ReadonlyMap<string, string>, newer: ReadonlyMap<string, string>): Edits {
  return {
    added: [...newer.keys()].filter((name) => !older.has(name)),
    removed: [...older.keys()].filter((name) => !newer.has(name)),
    changed: [...newer].flatMap(([name, text]) => (older.has(name) && older.get(name) !== text ? [name] : [])),
  };
}

function contents<T>(set: ConstraintSet, list: readonly T[], nameOf: (each: T) => string): Map<string, string> {
  return new Map(list.map((each) => [nameOf(each), canonicalJson(contentOf(set, each))]));
}

const isEmpty = ({ added, removed, changed }: Edits): boolean => added.length + removed.length + changed.length === 0;

function editLines(what: string, { added, removed, changed }: Edits): Line[] {
  return [
    ...added.map((name): Line => [['good', '+ '], `${what} ${name}`]),
    ...removed.map((name): Line => [['error', '- '], `${what} ${name}`]),
    ...changed.map((name): Line => [['warning', '~ '], `${what} ${name}`]),
  ];
}

const KINDS = {
  'newly-allowed': ['warning', 'newly allowed'],
  'newly-denied': ['error', 'newly denied'],
  'changed-route': ['note', 'other route'],
} as const;

function idsOf(set: ConstraintSet, rules: readonly RuleIndex[]): string[] {
  return rules.map((index) => set.rules[index]?.id ?? '');
}

function changeLines(older: ConstraintSet, newer: ConstraintSet, { changes }: Difference): Line[] {
  return changes.flatMap(({ kind, oldRules, newRules, label, witness, witnessDay }): Line[] => {
    const uses = [
      ...oldRules.map((index) => older.rules[index]),
      ...newRules.map((index) => newer.rules[index]),
    ].flatMap((rule) =>
      rule === undefined
        ? []
        : [...usesOf(rule.when), ...(rule.effect.kind === 'require' ? usesOf(rule.effect.condition) : [])],
    );
    const before = idsOf(older, oldRules);
    const after = idsOf(newer, newRules);
    const [style, word] = KINDS[kind];
    const asked = label === undefined ? '' : `${label} ${after.length > 0 ? 'is asked now' : 'is no longer asked'}`;
    const who = [
      ...(before.length === 0 ? [] : [`before: ${before.join(', ')}`]),
      ...(after.length === 0 ? [] : [`now: ${after.join(', ')}`]),
    ].join('; ');
    const day = newer.rules.some(({ inForce }) => inForce.from !== undefined || inForce.until !== undefined)
      ? ` (on ${dateOfDay(witnessDay)})`
      : '';
    return [
      ...hanging([[style, word], ': '], [asked, who].filter((text) => text !== '').join('. ')),
      ...hanging(
        ['  = ', ['strong', 'for example'], ': '],
        `${describeValues(new Set(uses), witness, newer.fields)}${day}`,
      ),
    ];
  });
}

function changesJson(older: ConstraintSet, newer: ConstraintSet, { changes }: Difference): unknown {
  return changes.map(({ oldRules, newRules, witness, witnessDay, ...same }) => ({
    ...same,
    oldRules: idsOf(older, oldRules),
    newRules: idsOf(newer, newRules),
    witness: writeInput(newer, witness),
    witnessDay: dateOfDay(witnessDay),
  }));
}

/** What two sets decide differently of the inputs that both accept, or why they cannot be compared. */
type Compared =
  | { readonly common: Common; readonly found: Difference }
  | { readonly common?: undefined; readonly because: string };

async function compared(older: ConstraintSet, newer: ConstraintSet): Promise<Compared> {
  const common = commonOf(older, newer);
  if (typeof common === 'string') return { because: common };
  const [before, after] = [oracle(older).holds, oracle(newer).holds];
  // The evaluator reads each version's own rules, so it is asked about the input as that version has it.
  const checks: { readonly before: Check; readonly after: Check } = {
    before: (rule, part, values) => before(rule, part, common.asBefore(values)),
    after: (rule, part, values) => after(rule, part, common.asAfter(values)),
  };
  return { common, found: await difference(common.before, common.after, STANDARD_BUDGET, loadSolver, checks) };
}

function commonOf(older: ConstraintSet, newer: ConstraintSet): Common | string {
  try {
    return overCommonFields(older, newer);
  } catch (error) {
    if (error instanceof NotComparable) return error.message;
    throw error;
  }
}

function verdictLine({ verdict, changes, unknowns }: Difference, notes: readonly string[]): Line[] {
  if (verdict === 'equal') {
    const which = notes.length === 0 ? 'every input' : 'every input that both accept';
    return [[['good', `Both decide ${which} alike: this is proved.`]]];
  }
  const open = [...new Set(unknowns.map(({ rule }) => rule))];
  const left = open.length === 0 ? '' : ` Not known about ${open.join(', ')}.`;
  return [[['strong', `${changes.length} differences in what they decide.${left}`]]];
}

const OTHERWISE =
  'What they decide is not compared. Replay past requests through both: countersign constraints replay NEW REQUESTS --against OLD.';

function decidedLines(result: Compared): Line[] {
  if (result.common === undefined) return hanging([], `${result.because} ${OTHERWISE}`);
  const { common, found } = result;
  return [
    ...common.notes.flatMap((note) => hanging([['note', 'note'], ': '], note)),
    ...(common.notes.length === 0 ? [] : [[]]),
    ...changeLines(common.before, common.after, found),
    ...(found.changes.length === 0 ? [] : [[]]),
    ...verdictLine(found, common.notes),
  ];
}

/**
 * `countersign constraints diff`: what was edited between two versions, and what they decide differently, with inputs that show it.
 * Ends with 0 when both accept the same inputs and decide them alike (proved), 1 when they do not, or that is not known, 2 when a source
 * is not valid.
 * @throws InvalidInput
 */
export async function diff(oldFile: string, newFile: string, options: { readonly json?: boolean }): Promise<void> {
  const before = await onSource(oldFile, options, () => loadSet(oldFile));
  if (before === undefined) return;
  const after = await onSource(newFile, options, () => loadSet(newFile));
  if (after === undefined) return;
  const [older, newer] = [before.set, after.set];
  const edits = {
    fields: editsOf(
      contents(older, older.fields, ({ path }) => path),
      contents(newer, newer.fields, ({ path }) => path),
    ),
    rules: editsOf(
      contents(older, older.rules, ({ id }) => id),
      contents(newer, newer.rules, ({ id }) => id),
    ),
    tables: editsOf(
      contents(older, older.tables, ({ id }) => `${id}`),
      contents(newer, newer.tables, ({ id }) => `${id}`),
    ),
  };
  const result = await compared(older, newer);
  const { common } = result;
  const notes = common?.notes ?? [];
  if (options.json === true)
    sayJson(
      result.common === undefined
        ? { verdict: 'not-comparable', because: result.because, edits }
        : {
            verdict: result.found.verdict,
            edits,
            notes,
            changes: changesJson(result.common.before, result.common.after, result.found),
            unknowns: result.found.unknowns,
            spent: result.found.spent,
          },
    );
  else {
    const edited = Object.values(edits).every(isEmpty);
    sayLines([
      ...editLines('field', edits.fields),
      ...editLines('rule', edits.rules),
      ...editLines('table', edits.tables),
      ...(edited ? [] : [[]]),
      ...decidedLines(result),
    ]);
  }
  const isSame = common !== undefined && result.found.verdict === 'equal' && notes.length === 0;
  process.exitCode = isSame ? EXIT.ok : EXIT.no;
}
