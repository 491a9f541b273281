import { isInForce } from './evaluate/decide.ts';
import type { ConstraintSet, Expression, Formula, Rule } from './model.ts';

/** What one decision costs at most, whatever the input and the day. */
export interface CostBound {
  /** Comparisons, memberships and presence tests that the reference evaluator makes. */
  readonly atoms: number;
  /** Labels that stand on the route. */
  readonly labels: number;
  /** Rules that are in force on one day. */
  readonly rules: number;
}

function atomsOfExpression(expression: Expression): number {
  switch (expression.kind) {
    case 'number':
    case 'value':
    case 'size':
      return 0;
    case 'negate':
      return atomsOfExpression(expression.of);
    case 'choose': {
      const { when, yes, no } = expression;
      return atomsOf(when) + Math.max(atomsOfExpression(yes), atomsOfExpression(no));
    }
    default:
      return atomsOfExpression(expression.left) + atomsOfExpression(expression.right);
  }
}

/** How many atoms of a formula are evaluated at most: connectives may stop early, so never more than there are. */
export function atomsOf(formula: Formula): number {
  switch (formula.kind) {
    case 'constant':
      return 0;
    case 'and':
    case 'or':
      return formula.parts.reduce((sum, part) => sum + atomsOf(part), 0);
    case 'not':
      return atomsOf(formula.part);
    case 'opaque':
      return 1 + atomsOfExpression(formula.expression);
    default:
      return 1;
  }
}

function atomsOfRule({ when, effect }: Rule): number {
  return atomsOf(when) + (effect.kind === 'require' ? atomsOf(effect.condition) : 0);
}

/** Of a `first` or `priority` table one row applies, so its longest route counts; all other routes may come together. */
function labelsOf(set: ConstraintSet, rules: readonly Rule[]): number {
  const oneRow = new Set(
    set.tables.flatMap(({ id, hitPolicy }) => (hitPolicy === 'first' || hitPolicy === 'priority' ? [id] : [])),
  );
  const longest = new Map<string, number>();
  const together = new Set<string>();
  const all = new Set<string>();
  for (const { effect, table } of rules) {
    if (effect.kind !== 'route') continue;
    for (const label of effect.to) all.add(label);
    if (table !== undefined && oneRow.has(table.id))
      longest.set(table.id, Math.max(longest.get(table.id) ?? 0, effect.to.length));
    else for (const label of effect.to) together.add(label);
  }
  const sum = [...longest.values()].reduce((so, length) => so + length, together.size);
  return Math.min(all.size, sum);
}

/** One day of each stretch of time in which the same rules are in force. */
export function daysApart({ rules }: ConstraintSet): number[] {
  const bounds = new Set<number>();
  for (const { inForce } of rules) {
    if (inForce.from !== undefined) bounds.add(inForce.from);
    if (inForce.until !== undefined) bounds.add(inForce.until);
  }
  const sorted = [...bounds].sort((a, b) => a - b);
  const [first] = sorted;
  return first === undefined ? [0] : [first - 1, ...sorted];
}

/**
 * A bound on what one decision costs. It holds because the reference evaluator settles each rule once (`standingsOf` remembers it),
 * looks at each atom of its `when` and then of its condition once at most, and skips rules that are not in force.
 */
export function costBound(set: ConstraintSet): CostBound {
  let bound: CostBound = { atoms: 0, labels: 0, rules: 0 };
  for (const day of daysApart(set)) {
    const rules = set.rules.filter((rule) => isInForce(rule, day));
    bound = {
      atoms: Math.max(
        bound.atoms,
        rules.reduce((sum, rule) => sum + atomsOfRule(rule), 0),
      ),
      labels: Math.max(bound.labels, labelsOf(set, rules)),
      rules: Math.max(bound.rules, rules.length),
    };
  }
  return bound;
}
