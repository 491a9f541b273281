import { pointer } from '../../core/json.ts';
import type { Effect, Rule } from './approval-policy.ts';
import type { LintFinding } from './lint-finding.ts';
import { byText } from './order.ts';
import { boundsOn, exampleOf, isWithin, type Region, regionsOf, type Space, spaceOf, subtract } from './regions.ts';

/** Gaps are searched for by taking rules away from the space of requests; more parts than this are not followed up. */
const MOST_PARTS = 20_000;
const MOST_GAPS = 10;

interface RuleRegions {
  readonly rule: Rule;
  readonly index: number;
  readonly regions: readonly Region[];
}

function at(index: number): string {
  return pointer('/rules', index);
}

function contradictions({ rule, index, regions }: RuleRegions): LintFinding[] {
  if (regions.length === 0)
    return [
      {
        severity: 'error',
        pointer: at(index),
        code: 'unreachable-rule',
        message: `The conditions of the rule "${rule.id}" contradict each other; it can never fire.`,
        mend: 'Correct the conditions, or remove the rule.',
      },
    ];
  return rule.any.length > regions.length
    ? [
        {
          severity: 'warning',
          pointer: pointer(at(index), 'when', 'any'),
          code: 'dead-condition',
          message: `Some of the conditions under "any" of the rule "${rule.id}" can never hold together with "all".`,
          mend: 'Remove them, or correct them.',
        },
      ]
    : [];
}

function covers(outer: RuleRegions, inner: RuleRegions): boolean {
  return inner.regions.every((region) => outer.regions.some((other) => isWithin(region, other)));
}

function includes(outer: Effect, inner: Effect): boolean {
  if (outer.do === 'require' && inner.do === 'require')
    return inner.levels.every((level) => outer.levels.includes(level));
  return outer.do === inner.do;
}

function overlap(first: RuleRegions, second: RuleRegions): LintFinding {
  const { rule: a } = first;
  const { rule: b, index } = second;
  const base = { pointer: at(index) };
  if (a.effect.do !== b.effect.do)
    return {
      ...base,
      severity: 'error',
      code: 'conflicting-rules',
      message: `The rules "${a.id}" and "${b.id}" have the same conditions and different effects: ${a.effect.do}, ${b.effect.do}.`,
      mend: `Let ${a.owner} and ${b.owner} agree on one of them.`,
    };
  return {
    ...base,
    severity: 'warning',
    code: 'same-conditions',
    message: `The rules "${a.id}" and "${b.id}" have the same conditions.`,
    mend: 'Make one rule of them.',
  };
}

/** One rule lies wholly within another: perhaps it never matters. */
function shadow(inner: RuleRegions, outer: RuleRegions): LintFinding[] {
  const [a, b] = [inner.rule, outer.rule];
  const found = (code: string, message: string): LintFinding[] => [
    {
      severity: 'warning',
      pointer: at(inner.index),
      code,
      message,
      mend: 'Remove the rule, or change its conditions.',
    },
  ];
  if (b.effect.do === 'deny' && a.effect.do !== 'deny')
    return found('unreachable-rule', `The rule "${a.id}" never matters: "${b.id}" denies wherever it fires.`);
  if (b.effect.do === 'require' && a.effect.do === 'approve')
    return found('unreachable-rule', `The rule "${a.id}" never approves: "${b.id}" asks people wherever it fires.`);
  if (includes(b.effect, a.effect))
    return found(
      'subsumed-rule',
      `The rule "${a.id}" adds nothing: "${b.id}" fires wherever it does, with the same effect.`,
    );
  return [];
}

function pairFindings(all: readonly RuleRegions[]): LintFinding[] {
  const live = all.filter(({ regions }) => regions.length > 0);
  return live.flatMap((second, position) =>
    live.slice(0, position).flatMap((first) => {
      const [forth, back] = [covers(first, second), covers(second, first)];
      if (forth && back) return [overlap(first, second)];
      if (forth) return shadow(second, first);
      return back ? shadow(first, second) : [];
    }),
  );
}

/** Whether any request can lie there: the deepest line discount bounds the discount, and no clause means none of a list. */
function isPossible(region: Region, space: Space): boolean {
  const discount = boundsOn(region, 'discount', space);
  const deepest = boundsOn(region, 'lines.maxDiscount', space);
  // One basis point is the rounding that a request may have.
  if (discount !== undefined && deepest !== undefined && deepest[1] + 1 < discount[0]) return false;
  const count = boundsOn(region, 'clauses.count', space);
  const meetsList = [...region].some(([key, cells]) => key.startsWith('clauses in ') && !cells.has(1));
  return !(count?.[1] === 0 && meetsList);
}

function gapFindings(all: readonly RuleRegions[], space: Space): LintFinding[] {
  const regions = all.flatMap((each) => each.regions).toSorted((a, b) => a.size - b.size);
  let rest: Region[] = [new Map()];
  for (const region of regions) {
    rest = rest.flatMap((part) => subtract(part, region, space)).filter((part) => isPossible(part, space));
    if (rest.length > MOST_PARTS)
      return [
        {
          severity: 'warning',
          pointer: '/rules',
          code: 'gaps-not-checked',
          message: 'The rules cut the space of requests into too many parts to look for gaps in all of them.',
          mend: 'Use fewer thresholds, or rely on the fallback level.',
        },
      ];
  }
  const examples = [...new Set(rest.map((part) => exampleOf(part, space)))].sort(byText);
  return examples.slice(0, MOST_GAPS).map((example) => ({
    severity: 'warning',
    pointer: '/rules',
    code: 'gap',
    message: `No rule covers a request with ${example === '' ? 'any values' : example}.`,
    mend: 'Add a rule; until then such requests go to the fallback level.',
  }));
}

/** Findings about what the rules cover: contradictions, overlaps, unreachable and subsumed rules, gaps with a witness. */
export function lintRegions(rules: readonly Rule[]): LintFinding[] {
  const space = spaceOf(rules);
  const all = rules.map((rule, index) => ({ rule, index, regions: regionsOf(rule, space) }));
  return [...all.flatMap(contradictions), ...pairFindings(all), ...gapFindings(all, space)];
}
