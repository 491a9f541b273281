import type { Expression, FieldIndex, Formula, LinearTerm } from '../model.ts';

const SIGNS = { lt: '<', le: '<=', eq: '===', ne: '!==', ge: '>=', gt: '>' } as const;
const OPERATORS = { add: '+', subtract: '-', multiply: '*', remainder: '%' } as const;

/** A number as a JavaScript operand. */
export function number(value: number): string {
  return value < 0 ? `(${value})` : String(value);
}

function expressionText(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return number(expression.value);
    case 'value':
      return `v${expression.field}`;
    case 'size':
      return `bits(v${expression.field})`;
    case 'negate':
      return `(-${expressionText(expression.of)})`;
    case 'choose': {
      const [yes, no] = [expressionText(expression.yes), expressionText(expression.no)];
      return `(${formulaText(expression.when)} ? ${yes} : ${no})`;
    }
    case 'divide':
      return `div(${expressionText(expression.left)}, ${expressionText(expression.right)})`;
    case 'compare':
      return `(${comparisonText(expression)} ? 1 : 0)`;
    default:
      return `(${expressionText(expression.left)} ${OPERATORS[expression.kind]} ${expressionText(expression.right)})`;
  }
}

function comparisonText({ left, is, right }: Expression & { readonly kind: 'compare' }): string {
  return `${expressionText(left)} ${SIGNS[is]} ${expressionText(right)}`;
}

function termText({ of, field, coefficient }: LinearTerm): string {
  const value = of === 'size' ? `bits(v${field})` : `v${field}`;
  return coefficient === 1 ? value : `${number(coefficient)} * ${value}`;
}

/** Values in a row become one range. */
function rangesOf(values: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const value of values) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === value - 1) last[1] = value;
    else ranges.push([value, value]);
  }
  return ranges;
}

function memberText(
  field: FieldIndex,
  values: readonly number[],
  { and, or }: { readonly and: string; readonly or: string },
): string {
  const ranges = rangesOf(values);
  const largest = values.at(-1) ?? -1;
  if (ranges.length > 2 && largest < 32) {
    const mask = values.reduce((so, value) => so | (1 << value), 0);
    return `((${mask >>> 0} >>> v${field}) & 1) !== 0`;
  }
  const texts = ranges.map(([low, high]) =>
    low === high ? `v${field} === ${low}` : `(v${field} >= ${low}${and}v${field} <= ${high})`,
  );
  return texts.length === 0 ? 'false' : `(${texts.join(or)})`;
}

/** How the parts of a condition are joined: `branching` asks no further than it must, `straight` asks all, without a branch. */
export type Joining = 'branching' | 'straight';

const JOINTS = { branching: { and: ' && ', or: ' || ' }, straight: { and: ' & ', or: ' | ' } } as const;

/**
 * A condition as JavaScript over locals `v0`, `v1`, ...; an absent field's is NaN. Joined straight, it is a truth value or
 * the number 1 or 0.
 */
export function formulaText(formula: Formula, joining: Joining = 'branching'): string {
  switch (formula.kind) {
    case 'constant':
      return String(formula.value);
    case 'and':
    case 'or':
      return `(${formula.parts.map((part) => formulaText(part, joining)).join(JOINTS[joining][formula.kind])})`;
    case 'not':
      return formula.part.kind === 'present'
        ? `v${formula.part.field} !== v${formula.part.field}`
        : `!(${formulaText(formula.part, joining)})`;
    case 'present':
      return `v${formula.field} === v${formula.field}`;
    case 'linear':
      return `${formula.terms.map(termText).join(' + ')} ${SIGNS[formula.is]} ${number(formula.bound)}`;
    case 'member':
      return memberText(formula.field, formula.values, JOINTS[joining]);
    case 'contains': {
      const common = `(v${formula.field} & ${formula.mask})`;
      return formula.which === 'any' ? `${common} !== 0` : `${common} === ${formula.mask}`;
    }
    case 'opaque': {
      const { expression } = formula;
      return expression.kind === 'compare' ? comparisonText(expression) : `${expressionText(expression)} !== 0`;
    }
  }
}
