import { dateOfDay } from '../../core/calendar/local-day.ts';
import type { Json } from '../../core/json.ts';
import { type Explanation, explain, type RuleExplanation } from '../../engines/constraints/evaluate/explain.ts';
import { readInput } from '../../engines/constraints/evaluate/read-input.ts';
import { exactValue } from '../../engines/constraints/evaluate/write-input.ts';
import type { ConstraintSet } from '../../engines/constraints/model.ts';
import { writeValue } from '../../engines/constraints/written-values.ts';
import { EXIT } from '../exit-codes.ts';
import { readDocument } from '../read-document.ts';
import { sayJson } from '../say.ts';
import { onSource } from './invalid-source.ts';
import { hanging, type Line, plural, sayLines } from './print/lines.ts';
import { dayOf, loadSet } from './source-file.ts';

export interface EvaluateOptions {
  readonly day?: string;
  readonly json?: boolean;
  /** Also tell of the rules that do not apply. */
  readonly all?: boolean;
}

/** Broken rules first, then those that do something, then those that apply, then the others. */
function rank({ standing, violated }: RuleExplanation): number {
  return violated ? 0 : standing === 'applies' ? 1 : 2;
}

/** Whether a rule has a part in what comes out; a requirement that is kept has none. */
function isTelling(set: ConstraintSet, { rule, standing, violated }: RuleExplanation): boolean {
  const kind = set.rules.find(({ id }) => id === rule)?.effect.kind;
  return violated || (standing === 'applies' && kind !== 'require');
}

function hiddenLines(rules: readonly RuleExplanation[], shown: readonly RuleExplanation[]): Line[] {
  const hidden = rules.filter((rule) => !shown.includes(rule));
  if (hidden.length === 0) return [];
  const kept = hidden.filter(({ standing }) => standing === 'applies').length;
  const text = `${plural(kept, 'requirement')} kept, ${plural(hidden.length - kept, 'rule')} not applying; --all tells of each.`;
  return [[['faint', `  ${text}`]]];
}

function effectText(set: ConstraintSet, id: string): string {
  const effect = set.rules.find((rule) => rule.id === id)?.effect;
  if (effect?.kind === 'route') return effect.to.length === 0 ? 'asks nobody' : `asks ${effect.to.join(', ')}`;
  if (effect?.kind === 'default') {
    const field = set.fields[effect.field];
    return field === undefined ? '' : `sets ${field.path} to ${writeValue(field.type, effect.value)}`;
  }
  return 'is kept';
}

function ruleLines(set: ConstraintSet, rule: RuleExplanation): Line[] {
  const { rule: id, owner, standing, violated, because, message } = rule;
  if (violated) {
    return [
      ...hanging([['error', '✗ '], ['strong', id], ` (${owner}): `], message ?? ''),
      ...hanging(['    '], because),
    ];
  }
  if (standing === 'applies')
    return [
      ...hanging([['good', '✓ '], ['strong', id], ` (${owner}) `], `${effectText(set, id)}.`),
      ...hanging(['    '], because),
    ];
  return hanging([['faint', `· ${id} does not apply: `]], because);
}

function headLines(set: ConstraintSet, { decision }: Explanation, day: number): Line[] {
  const { outcome, violated, route, defaults } = decision;
  const style = outcome === 'denied' ? 'error' : outcome === 'routed' ? 'warning' : 'good';
  const what =
    outcome === 'denied'
      ? `by ${violated.join(', ')}`
      : outcome === 'routed'
        ? `to ${route.join(', ')}`
        : ': nothing forbids it, and nobody has to be asked';
  const filled = Object.entries(defaults).map(([path, value]) => {
    const type = set.fields.find((field) => field.path === path)?.type;
    return `${path} taken to be ${type === undefined ? value : writeValue(type, value)}`;
  });
  const more = outcome === 'denied' && route.length > 0 ? [`It would also need ${route.join(', ')}.`] : [];
  return [
    ...hanging([[style, outcome], ...(what.startsWith(':') ? [] : [' '])], `${what}.`),
    ...hanging(
      ['  '],
      [`${set.name} ${set.version} on ${dateOfDay(day)}.`, ...more, ...filled.map((each) => `${each}.`)].join(' '),
    ),
  ];
}

function defaultsOf(set: ConstraintSet, defaults: Readonly<Record<string, number>>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(defaults).map(([path, value]) => {
      const type = set.fields.find((field) => field.path === path)?.type;
      return [path, type === undefined ? value : exactValue(type, value)];
    }),
  );
}

/**
 * `countersign constraints eval`: decides one input and says why, and why not otherwise. Ends with 0 when it is allowed or routed, 1
 * when it is denied, 2 when the source is not valid or the input does not fit it.
 * @throws InvalidInput
 */
export async function evaluate(file: string, inputFile: string, options: EvaluateOptions): Promise<void> {
  const loaded = await onSource(file, options, () => loadSet(file));
  if (loaded === undefined) return;
  const { set, read } = loaded;
  const day = dayOf(options.day);
  const explanation = explain(set, readInput(set, readDocument(inputFile)), day);
  const { decision, rules } = explanation;
  if (options.json === true) {
    const of = read === undefined ? { source: set.sourceDigest } : { artifact: read.artifact.digest };
    sayJson({
      name: set.name,
      version: set.version,
      ...of,
      day: dateOfDay(day),
      decision: { ...decision, defaults: defaultsOf(set, decision.defaults) },
      rules,
    });
  } else {
    const shown = rules
      .filter((rule) => options.all === true || isTelling(set, rule))
      .toSorted((a, b) => rank(a) - rank(b));
    sayLines([
      ...headLines(set, explanation, day),
      [],
      ...shown.flatMap((rule) => ruleLines(set, rule)),
      ...hiddenLines(rules, shown),
    ]);
  }
  process.exitCode = decision.outcome === 'denied' ? EXIT.no : EXIT.ok;
}
