import type { ConstraintSet, Field, FieldIndex, Formula, RuleIndex } from '../model.ts';
import { formulaText, number } from './formula-javascript.ts';
import { FusedText } from './fused-source.ts';

/** A condition of more comparisons than this is asked no further than it must be. */
const MOST_STRAIGHT = 24;

/** What a condition takes, in comparisons; opaque ones may take any number. */
function comparisonsOf(formula: Formula): number {
  switch (formula.kind) {
    case 'and':
    case 'or':
      return formula.parts.reduce((sum, part) => sum + comparisonsOf(part), 0);
    case 'not':
      return comparisonsOf(formula.part);
    case 'linear':
      return formula.terms.length;
    case 'opaque':
      return Number.POSITIVE_INFINITY;
    default:
      return 1;
  }
}

/** Whether asking all of a condition costs less than a branch that the processor guesses wrong now and then. */
function isPlain(formula: Formula): boolean {
  return comparisonsOf(formula) <= MOST_STRAIGHT;
}

function isInt32({ minimum, maximum, optional }: Field): boolean {
  return !optional && minimum >= -(2 ** 31) && maximum < 2 ** 31;
}

/** The bits of some rules as a 32-bit number. */
function maskOf(rules: readonly RuleIndex[]): string {
  return number(rules.reduce((mask, index) => mask | (1 << (index & 31)), 0));
}

/**
 * The fused evaluator for this process: rules without branches, each a bit that is computed and shifted to its place. What
 * inputs are like does not change how long it takes, and comparisons that rules share are made once.
 */
class StraightText extends FusedText {
  protected override loadText(field: FieldIndex): string {
    const own = this.set.fields[field];
    return own !== undefined && isInt32(own) ? `${super.loadText(field)} | 0` : super.loadText(field);
  }

  /** Whether a rule applies: a truth value, or 1 or 0. */
  private bitText(index: RuleIndex): string {
    const { when } = this.rule(index);
    const isStraight = isPlain(when) && !this.isRow(index) && this.overriders(index).length === 0;
    return isStraight ? formulaText(when, 'straight') : this.appliesText(index);
  }

  private brokenText(applies: string, condition: Formula): string {
    return isPlain(condition)
      ? `${applies} & !(${formulaText(condition, 'straight')})`
      : `${applies} && !(${formulaText(condition)})`;
  }

  /** Sets the bits of rules that apply in `a`, of violated ones in `x`, and whether one puts labels on the route in `t`. */
  private bits(rules: readonly RuleIndex[], defaultText: (index: RuleIndex) => string): string {
    const lines: string[] = [];
    const denying: RuleIndex[] = [];
    const routing: RuleIndex[] = [];
    for (const index of rules) {
      const { effect } = this.rule(index);
      const bit = index & 31;
      if (effect.kind === 'default') {
        lines.push(`  a |= ${defaultText(index)} << ${bit};\n`);
        continue;
      }
      if (effect.kind === 'route' && effect.to.length > 0) routing.push(index);
      const isDenying = effect.kind === 'require' && effect.condition.kind === 'constant' && !effect.condition.value;
      if (isDenying) denying.push(index);
      if (isDenying || effect.kind === 'route') {
        lines.push(`  a |= (${this.bitText(index)}) << ${bit};\n`);
        continue;
      }
      lines.push(
        `  const c${bit} = ${this.bitText(index)};\n  a |= c${bit} << ${bit};\n`,
        `  x |= (${this.brokenText(`c${bit}`, effect.condition)}) << ${bit};\n`,
      );
    }
    if (denying.length > 0) lines.push(`  x |= a & ${maskOf(denying)};\n`);
    if (routing.length > 0) lines.push(`  if ((a & ${maskOf(routing)}) !== 0) t = 1;\n`);
    return lines.join('');
  }

  protected override evaluateChunk(word: number): string {
    const rules = this.chunk(word);
    const others = rules.filter((index) => this.rule(index).effect.kind !== 'default');
    const head = `function e${word}(r, o, q, p, out) {\n${this.loadsOf(others, true)}  let a = 0, x = 0, t = 0;\n`;
    const bits = this.bits(rules, (index) => `a${index}(q, p)`);
    return `${head}${bits}  out[${word}] = a;\n  out[${this.words().length + word}] = x;\n  return x !== 0 ? 2 : t;\n}\n`;
  }

  protected override outcomeChunk(word: number): string {
    const rules = this.chunk(word).filter((index) => {
      const { effect } = this.rule(index);
      return effect.kind === 'require' || (effect.kind === 'route' && effect.to.length > 0);
    });
    const head = `function x${word}(r, o) {\n${this.loadsOf(rules, true)}  let a = 0, x = 0, t = 0;\n`;
    return `${head}${this.bits(rules, () => '0')}  return x !== 0 ? 2 : t;\n}\n`;
  }

  protected override outcomeText(place: string): string {
    const words = this.words().map((word) => `  c = x${word}(${place}); if (c === 2) return 2; if (c > h) h = c;\n`);
    return `  let h = 0, c = 0;\n${words.join('')}  return h;\n`;
  }
}

/**
 * The text of a JavaScript function body with the functions of `fusedSource`, which say the same of every input: made for the
 * process that runs it, where it never becomes part of an artifact.
 */
export function straightSource(set: ConstraintSet, day: number): string {
  return new StraightText(set, day).text();
}
