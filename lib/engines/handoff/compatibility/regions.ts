import type { Finder } from './finder.ts';
import type { Formula } from './formula.ts';

/** Property names that all rules of an object treat alike, and what their values must be. */
export interface Region {
  readonly names: Formula;
  readonly value: Formula;
}

const MOST_RULES = 8;

/** All strings that a formula on names mentions. */
export function namesIn(names: Formula): readonly string[] {
  if (names.kind === 'values') return [...names.values.values()].filter((value) => typeof value === 'string');
  return names.kind === 'and' || names.kind === 'or' ? names.parts.flatMap(namesIn) : [];
}

function isPlainList(names: Formula): boolean {
  return names.kind === 'values' && !names.negated;
}

/**
 * Divides the names that no rule mentions by the rules that apply to them: each combination of patterns that some name meets.
 * @throws OutOfBudget
 */
export function regionsOf(
  asked: Formula,
  rules: readonly { readonly names: Formula; readonly value: Formula }[],
  mentioned: ReadonlySet<string>,
  finder: Finder,
): { readonly regions: readonly Region[]; readonly isVague: boolean } {
  const { formulas } = finder;
  const byNames = Map.groupBy(
    rules.filter(({ names }) => !isPlainList(names)),
    ({ names }) => names,
  );
  const open = [...byNames].map(([names, of]) => ({ names, value: formulas.and(...of.map(({ value }) => value)) }));
  if (open.length > MOST_RULES) return { regions: [], isVague: true };
  let isVague = false;
  const regions: Region[] = [];
  const divide = (names: Formula, value: Formula, index: number): void => {
    const found = finder.find(names, 1);
    if (found.values.length === 0) {
      isVague ||= !found.complete;
      return;
    }
    const rule = open[index];
    if (rule === undefined) {
      regions.push({ names, value });
      return;
    }
    divide(formulas.and(names, rule.names), formulas.and(value, rule.value), index + 1);
    divide(formulas.and(names, formulas.not(rule.names)), value, index + 1);
  };
  const others = formulas.and(formulas.types(['string']), asked, formulas.values(mentioned, true));
  divide(others, formulas.always, 0);
  return { regions, isVague };
}
