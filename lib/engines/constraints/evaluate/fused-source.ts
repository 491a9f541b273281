import { usesOf } from '../formula-uses.ts';
import type { ConstraintSet, FieldIndex, Rule, RuleIndex } from '../model.ts';
import { isInForce, outranks } from './decide.ts';
import { formulaText, number } from './formula-javascript.ts';

/** Rules that one generated function looks at: the bits of one word of a mask. */
const CHUNK = 32;

const PRELUDE = `'use strict';
function bits(x) {
  x -= (x >>> 1) & 0x55555555;
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
function div(a, b) { return (a - (a % b)) / b; }
`;

/** Writes the text; what differs between texts for the engine that runs them stands in methods of its own. */
export class FusedText {
  protected readonly set: ConstraintSet;
  private readonly active: ReadonlySet<RuleIndex>;
  private readonly defaults: readonly RuleIndex[];
  /** Of rows of which only the first counts: the table. */
  private readonly tableOf: ReadonlyMap<RuleIndex, number>;

  constructor(set: ConstraintSet, day: number) {
    this.set = set;
    this.active = new Set(set.rules.flatMap((rule, index) => (isInForce(rule, day) ? [index] : [])));
    this.defaults = [...this.active].filter((index) => this.rule(index).effect.kind === 'default');
    this.tableOf = new Map(
      set.tables.flatMap(({ hitPolicy, rows }, table) =>
        hitPolicy === 'first' || hitPolicy === 'priority' ? rows.map(({ rule }) => [rule, table] as const) : [],
      ),
    );
  }

  /** Locals of the fields that are looked at. */
  protected loads(uses: Iterable<FieldIndex>): string {
    return [...new Set(uses)]
      .sort((a, b) => a - b)
      .map((field) => `  const v${field} = ${this.loadText(field)};\n`)
      .join('');
  }

  /** A field of the record `r` at `o`. */
  protected loadText(field: FieldIndex): string {
    return `r[o + ${field}]`;
  }

  /** What must be loaded before the conditions of some rules are asked: fields, and which row of a table is met. */
  protected loadsOf(rules: readonly RuleIndex[], withDemands: boolean): string {
    const plain = rules
      .filter((index) => !this.tableOf.has(index))
      .flatMap((index) => [...usesOf(this.rule(index).when)]);
    const demands = withDemands ? rules.flatMap((index) => this.usesOfDemand(index)) : [];
    const tables = new Set(rules.flatMap((index) => this.tableOf.get(index) ?? []));
    const rows = [...tables].map((table) => `  const m${table} = k${table}(r, o);\n`).join('');
    return `${this.loads([...plain, ...demands])}${rows}`;
  }

  private usesOfDemand(index: RuleIndex): FieldIndex[] {
    const { effect } = this.rule(index);
    return effect.kind === 'require' ? [...usesOf(effect.condition)] : [];
  }

  /** Whether the rule is a row of a table of which only the first row counts. */
  protected isRow(index: RuleIndex): boolean {
    return this.tableOf.has(index);
  }

  private whenText(index: RuleIndex): string {
    const table = this.tableOf.get(index);
    return table === undefined ? formulaText(this.rule(index).when) : `m${table} === ${index}`;
  }

  /** For each table of which only the first row counts, a function that finds the row: each cell is asked once. */
  private tables(): string {
    return [...new Set(this.tableOf.values())]
      .map((table) => {
        const { rows = [], scope, hitPolicy } = this.set.tables[table] ?? {};
        const above = (index: RuleIndex) => (hitPolicy === 'priority' ? -this.rule(index).priority : 0);
        const ordered = rows.filter(({ rule }) => this.active.has(rule)).sort((a, b) => above(a.rule) - above(b.rule));
        const uses = [
          ...(scope === undefined ? [] : usesOf(scope)),
          ...ordered.flatMap(({ cells }) => [...usesOf(cells)]),
        ];
        const guard = scope === undefined ? '' : `  if (!(${formulaText(scope)})) return -1;\n`;
        const lines = ordered.map(({ cells, rule }) => `  if (${formulaText(cells)}) return ${rule};\n`).join('');
        return `function k${table}(r, o) {\n${this.loads(uses)}${guard}${lines}  return -1;\n}\n`;
      })
      .join('');
  }

  protected rule(index: RuleIndex): Rule {
    const rule = this.set.rules[index];
    if (rule === undefined) throw new RangeError(`There is no rule ${index}.`);
    return rule;
  }

  protected overriders(index: RuleIndex): RuleIndex[] {
    return this.rule(index).overriddenBy.filter((other) => this.active.has(other));
  }

  /** Whether a rule applies, where the locals of its condition are loaded from the record `r` at `o`. */
  protected appliesText(index: RuleIndex): string {
    return [this.whenText(index), ...this.overriders(index).map((other) => `!a${other}(r, o)`)].join(' && ');
  }

  /** A function for each rule that others ask for. */
  private functions(): string {
    const asked = new Set([...this.active].flatMap((index) => this.overriders(index)));
    for (const index of this.defaults) asked.add(index);
    return [...asked]
      .sort((a, b) => a - b)
      .map((index) => {
        const body = `${this.loadsOf([index], false)}  return ${this.appliesText(index)};\n`;
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

  protected chunk(word: number): RuleIndex[] {
    const first = word * CHUNK;
    return [...this.active].filter((index) => index >= first && index < first + CHUNK);
  }

  protected words(): number[] {
    return Array.from({ length: Math.ceil(this.set.rules.length / CHUNK) }, (_, word) => word);
  }

  /** Applied and violated rules of one word: bits of `out[word]` and `out[words + word]`. */
  protected evaluateChunk(word: number): string {
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
    const head = `function e${word}(r, o, q, p, out) {\n${this.loadsOf(others, true)}  let a = 0, x = 0, t = 0;\n`;
    return `${head}${lines.join('')}  out[${word}] = a;\n  out[${total + word}] = x;\n  return x !== 0 ? 2 : t;\n}\n`;
  }

  /** Whether a rule of one word is violated, and whether one puts labels on the route. */
  protected outcomeChunk(word: number): string {
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
      `function ${name}${word}(r, o) {\n${this.loadsOf(of, true)}${lines.join('')}  return false;\n}\n`;
    return `${make('x', requiring, violated)}${make('t', routing, routed)}`;
  }

  /** Asks all words for the outcome. @param place the record and its offset, as arguments */
  protected outcomeText(place: string): string {
    const each = (name: string) =>
      this.words()
        .map((word) => `${name}${word}(${place})`)
        .join(' || ') || 'false';
    return `  return ${each('x')} ? 2 : ${each('t')} ? 1 : 0;\n`;
  }

  text(): string {
    const words = this.words();
    const filled = this.defaults.length === 0 ? '' : '  fill(r, o);\n';
    const [record, at] = this.defaults.length === 0 ? ['r', 'o'] : ['s', '0'];
    const outcome = `function outcome(r, o) {\n${filled}${this.outcomeText(`${record}, ${at}`)}}\n`;
    const highest = words.map((word) => `  c = e${word}(${record}, ${at}, r, o, out); if (c > h) h = c;\n`).join('');
    const evaluate = `function evaluate(r, o, out) {\n${filled}  let h = 0, c = 0;\n${highest}  return h;\n}\n`;
    const chunks = words.map((word) => this.evaluateChunk(word) + this.outcomeChunk(word)).join('');
    return `${PRELUDE}${this.tables()}${this.functions()}${this.fill()}${chunks}${outcome}${evaluate}return { outcome, evaluate };\n`;
  }
}

/**
 * The text of a JavaScript function body that decides inputs on one day; see `fuse` for its two functions. It is made of the
 * model's numbers only: no text of a source stands in it.
 */
export function fusedSource(set: ConstraintSet, day: number): string {
  return new FusedText(set, day).text();
}
