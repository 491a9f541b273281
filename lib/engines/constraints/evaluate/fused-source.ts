import { usesOf } from '../formula-uses.ts';
import type { ConstraintSet, Expression, FieldIndex, Formula, LinearTerm, Rule, RuleIndex } from '../model.ts';
import { isInForce, outranks } from './decide.ts';

/** Rules that one generated function looks at: the bits of one word of a mask. */
const CHUNK = 32;

const SIGNS = { lt: '<', le: '<=', eq: '===', ne: '!==', ge: '>=', gt: '>' } as const;
const OPERATORS = { add: '+', subtract: '-', multiply: '*', remainder: '%' } as const;

const PRELUDE = `'use strict';
function bits(x) {
  x -= (x >>> 1) & 0x55555555;
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
function div(a, b) { return (a - (a % b)) / b; }
`;

function number(value: number): string {
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

function memberText(field: FieldIndex, values: readonly number[]): string {
  const ranges = rangesOf(values);
  const largest = values.at(-1) ?? -1;
  if (ranges.length > 2 && largest < 32) {
    const mask = values.reduce((so, value) => so | (1 << value), 0);
    return `((${mask >>> 0} >>> v${field}) & 1) !== 0`;
  }
  const texts = ranges.map(([low, high]) =>
    low === high ? `v${field} === ${low}` : `(v${field} >= ${low} && v${field} <= ${high})`,
  );
  return texts.length === 0 ? 'false' : `(${texts.join(' || ')})`;
}

/** A condition as JavaScript over locals `v0`, `v1`, ...; an absent field's is NaN. */
function formulaText(formula: Formula): string {
  switch (formula.kind) {
    case 'constant':
      return String(formula.value);
    case 'and':
    case 'or':
      return `(${formula.parts.map(formulaText).join(formula.kind === 'and' ? ' && ' : ' || ')})`;
    case 'not':
      return formula.part.kind === 'present'
        ? `v${formula.part.field} !== v${formula.part.field}`
        : `!(${formulaText(formula.part)})`;
    case 'present':
      return `v${formula.field} === v${formula.field}`;
    case 'linear':
      return `${formula.terms.map(termText).join(' + ')} ${SIGNS[formula.is]} ${number(formula.bound)}`;
    case 'member':
      return memberText(formula.field, formula.values);
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

function loads(uses: Iterable<FieldIndex>): string {
  return [...new Set(uses)]
    .sort((a, b) => a - b)
    .map((field) => `  const v${field} = r[o + ${field}];\n`)
    .join('');
}

class Generator {
  private readonly set: ConstraintSet;
  private readonly active: ReadonlySet<RuleIndex>;
  private readonly defaults: readonly RuleIndex[];

  constructor(set: ConstraintSet, day: number) {
    this.set = set;
    this.active = new Set(set.rules.flatMap((rule, index) => (isInForce(rule, day) ? [index] : [])));
    this.defaults = [...this.active].filter((index) => this.rule(index).effect.kind === 'default');
  }

  private rule(index: RuleIndex): Rule {
    const rule = this.set.rules[index];
    if (rule === undefined) throw new RangeError(`There is no rule ${index}.`);
    return rule;
  }

  private overriders(index: RuleIndex): RuleIndex[] {
    return this.rule(index).overriddenBy.filter((other) => this.active.has(other));
  }

  /** Whether a rule applies, where the locals of its condition are loaded from the record `r` at `o`. */
  private appliesText(index: RuleIndex): string {
    const when = formulaText(this.rule(index).when);
    return [when, ...this.overriders(index).map((other) => `!a${other}(r, o)`)].join(' && ');
  }

  /** A function for each rule that others ask for. */
  private functions(): string {
    const asked = new Set([...this.active].flatMap((index) => this.overriders(index)));
    for (const index of this.defaults) asked.add(index);
    return [...asked]
      .sort((a, b) => a - b)
      .map((index) => {
        const body = `${loads(usesOf(this.rule(index).when))}  return ${this.appliesText(index)};\n`;
        return `function a${index}(r, o) {\n${body}}\n`;
      })
      .join('');
  }

  /** Fills a scratch record with the input and the defaults of absent fields. */
  private fill(): string {
    if (this.defaults.length === 0) return '';
    const byRank = [...this.defaults].sort((a, b) => (outranks(this.rule(a), this.rule(b)) ? -1 : 1));
    const width = this.set.fields.length;
    const chains = new Map<FieldIndex, string[]>();
    for (const index of byRank) {
      const { effect } = this.rule(index);
      if (effect.kind !== 'default') continue;
      const chain = chains.get(effect.field) ?? [];
      chain.push(`if (a${index}(r, o)) s[${effect.field}] = ${number(effect.value)};`);
      chains.set(effect.field, chain);
    }
    const sets = [...chains].map(
      ([field, chain]) => `  if (s[${field}] !== s[${field}]) {\n    ${chain.join('\n    else ')}\n  }\n`,
    );
    const copy = `  for (let i = 0; i < ${width}; i += 1) s[i] = r[o + i];\n`;
    return `const s = new Float64Array(${width});\nfunction fill(r, o) {\n${copy}${sets.join('')}}\n`;
  }

  private chunk(word: number): RuleIndex[] {
    const first = word * CHUNK;
    return [...this.active].filter((index) => index >= first && index < first + CHUNK);
  }

  private words(): number[] {
    return Array.from({ length: Math.ceil(this.set.rules.length / CHUNK) }, (_, word) => word);
  }

  private usesOfChunk(rules: readonly RuleIndex[]): FieldIndex[] {
    return rules.flatMap((index) => {
      const { when, effect } = this.rule(index);
      return [...usesOf(when), ...(effect.kind === 'require' ? usesOf(effect.condition) : [])];
    });
  }

  /** Applied and violated rules of one word: bits of `out[word]` and `out[words + word]`. */
  private evaluateChunk(word: number): string {
    const rules = this.chunk(word);
    const others = rules.filter((index) => this.rule(index).effect.kind !== 'default');
    const lines = rules.map((index) => {
      const { effect } = this.rule(index);
      const bit = number(1 << (index - word * CHUNK));
      switch (effect.kind) {
        case 'default':
          return `  if (a${index}(q, p)) a |= ${bit};\n`;
        case 'route': {
          const routed = effect.to.length === 0 ? '' : ' t = 1;';
          return `  if (${this.appliesText(index)}) { a |= ${bit};${routed} }\n`;
        }
        default:
          return `  if (${this.appliesText(index)}) { a |= ${bit}; if (!(${formulaText(effect.condition)})) x |= ${bit}; }\n`;
      }
    });
    const total = this.words().length;
    const head = `function e${word}(r, o, q, p, out) {\n${loads(this.usesOfChunk(others))}  let a = 0, x = 0, t = 0;\n`;
    return `${head}${lines.join('')}  out[${word}] = a;\n  out[${total + word}] = x;\n  return x !== 0 ? 2 : t;\n}\n`;
  }

  /** Whether a rule of one word is violated, and whether one puts labels on the route. */
  private outcomeChunk(word: number): string {
    const rules = this.chunk(word);
    const violated: string[] = [];
    const routed: string[] = [];
    const requiring: RuleIndex[] = [];
    const routing: RuleIndex[] = [];
    for (const index of rules) {
      const { effect } = this.rule(index);
      if (effect.kind === 'require') {
        requiring.push(index);
        const demand =
          effect.condition.kind === 'constant' && !effect.condition.value
            ? ''
            : ` && !(${formulaText(effect.condition)})`;
        violated.push(`  if (${this.appliesText(index)}${demand}) return true;\n`);
      } else if (effect.kind === 'route' && effect.to.length > 0) {
        routing.push(index);
        routed.push(`  if (${this.appliesText(index)}) return true;\n`);
      }
    }
    const make = (name: string, of: readonly RuleIndex[], lines: readonly string[]) =>
      `function ${name}${word}(r, o) {\n${loads(this.usesOfChunk(of))}${lines.join('')}  return false;\n}\n`;
    return `${make('x', requiring, violated)}${make('t', routing, routed)}`;
  }

  text(): string {
    const words = this.words();
    const each = (make: (word: number) => string, by: string) => words.map(make).join(by) || 'false';
    const filled = this.defaults.length === 0 ? '' : '  fill(r, o);\n';
    const [record, at] = this.defaults.length === 0 ? ['r', 'o'] : ['s', '0'];
    const outcome = `function outcome(r, o) {
${filled}  return ${each((word) => `x${word}(${record}, ${at})`, ' || ')} ? 2 : ${each((word) => `t${word}(${record}, ${at})`, ' || ')} ? 1 : 0;
}
`;
    const highest = words.map((word) => `  c = e${word}(${record}, ${at}, r, o, out); if (c > h) h = c;\n`).join('');
    const evaluate = `function evaluate(r, o, out) {\n${filled}  let h = 0, c = 0;\n${highest}  return h;\n}\n`;
    const chunks = words.map((word) => this.evaluateChunk(word) + this.outcomeChunk(word)).join('');
    return `${PRELUDE}${this.functions()}${this.fill()}${chunks}${outcome}${evaluate}return { outcome, evaluate };\n`;
  }
}

/**
 * The text of a JavaScript function body that decides inputs on one day; see `fuse` for its two functions. It is made of the
 * model's numbers only: no text of a source stands in it.
 */
export function fusedSource(set: ConstraintSet, day: number): string {
  return new Generator(set, day).text();
}
