import type { Json } from '../../../core/json.ts';
import { automatonOf } from './automaton.ts';
import type { Formula, Formulas, Test } from './formula.ts';
import { fractionOf, isDyadic, isMultiple } from './fraction.ts';
import type { Meter } from './meter.ts';
import { NotRegular } from './pattern-syntax.ts';
import { lengthOf, textOf, typeOf } from './values.ts';

/** Whether a value is in a set; undefined where that is not decided. */
export type Truth = boolean | undefined;

function every<T>(items: Iterable<T>, holds: (item: T) => Truth): Truth {
  let result: Truth = true;
  for (const item of items) {
    const truth = holds(item);
    if (truth === false) return false;
    if (truth === undefined) result = undefined;
  }
  return result;
}

const opposite = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);

/** Tells of values whether they are in a set, exactly, and independently of how sets are searched. */
export class Evaluator {
  readonly #formulas: Formulas;
  readonly #meter: Meter;

  constructor(formulas: Formulas, meter: Meter) {
    this.#formulas = formulas;
    this.#meter = meter;
  }

  /** @param entered references passed on the way to this value: one that comes back to itself is not decided. */
  holds(formula: Formula, value: Json, entered: readonly string[] = []): Truth {
    this.#meter.spend();
    switch (formula.kind) {
      case 'true':
        return true;
      case 'false':
        return false;
      case 'and':
        return every(formula.parts, (part) => this.holds(part, value, entered));
      case 'or':
        return opposite(every(formula.parts, (part) => opposite(this.holds(part, value, entered))));
      case 'types':
        return formula.types.has(typeOf(value));
      case 'values':
        return formula.values.has(textOf(value)) !== formula.negated;
      case 'ref': {
        if (entered.includes(formula.target)) return undefined;
        const target = this.#formulas.resolve(formula.target, formula.negated);
        return this.holds(target, value, [...entered, formula.target]);
      }
      case 'test':
        return typeOf(value) === formula.type ? this.#passes(formula.test, value) : formula.loose;
    }
  }

  #passes(test: Test, value: Json): Truth {
    if (test.kind === 'opaque') return undefined;
    if (typeof value === 'number') return this.#number(test, value);
    if (typeof value === 'string') return this.#string(test, value);
    return Array.isArray(value) ? this.#array(test, value) : this.#object(test, value as { [key: string]: Json });
  }

  #number(test: Test, value: number): Truth {
    switch (test.kind) {
      case 'at-least':
        return value >= test.bound;
      case 'above':
        return value > test.bound;
      case 'at-most':
        return value <= test.bound;
      case 'below':
        return value < test.bound;
      case 'multiple':
      case 'no-multiple': {
        const exact = isMultiple(fractionOf(value), fractionOf(test.of));
        if (!isDyadic(fractionOf(test.of)) && exact !== Number.isInteger(value / test.of)) return undefined;
        return exact === (test.kind === 'multiple');
      }
      default:
        return undefined;
    }
  }

  #string(test: Test, value: string): Truth {
    if (test.kind === 'shortest') return lengthOf(value) >= test.length;
    if (test.kind === 'longest') return lengthOf(value) <= test.length;
    if (test.kind !== 'pattern') return undefined;
    this.#meter.spend(value.length);
    try {
      const automaton = automatonOf(test.source);
      return automaton === undefined ? undefined : automaton.matches(value) !== test.negated;
    } catch (thrown) {
      if (thrown instanceof NotRegular) return undefined;
      throw thrown;
    }
  }

  #array(test: Test, value: readonly Json[]): Truth {
    switch (test.kind) {
      case 'fewest':
        return value.length >= test.count;
      case 'most':
        return value.length <= test.count;
      case 'every-item':
        return every(value.slice(test.from), (item) => this.holds(test.value, item));
      case 'some-item':
        return opposite(every(value.slice(test.from), (item) => opposite(this.holds(test.value, item))));
      case 'item':
        return test.index >= value.length || this.holds(test.value, value[test.index] as Json);
      case 'count': {
        const truths = value.map((item) => this.holds(test.value, item));
        const sure = truths.filter((truth) => truth === true).length;
        const possible = sure + truths.filter((truth) => truth === undefined).length;
        if (sure >= test.fewest && possible <= test.most) return true;
        return possible < test.fewest || sure > test.most ? false : undefined;
      }
      case 'unique':
        return (new Set(value.map(textOf)).size === value.length) !== test.negated;
      default:
        return undefined;
    }
  }

  #object(test: Test, value: { readonly [key: string]: Json }): Truth {
    const keys = Object.keys(value);
    if (test.kind === 'fewest') return keys.length >= test.count;
    if (test.kind === 'most') return keys.length <= test.count;
    if (test.kind !== 'every-property' && test.kind !== 'some-property') return undefined;
    const asked = (key: string): Truth => {
      const isNamed = this.holds(test.names, key);
      const of = isNamed === false ? undefined : this.holds(test.value, value[key] as Json);
      if (test.kind === 'every-property')
        return isNamed === false || of === true ? true : isNamed === true ? of : undefined;
      return isNamed === false || of === false ? true : isNamed === true ? opposite(of) : undefined;
    };
    const truth = every(keys, asked);
    return test.kind === 'every-property' ? truth : opposite(truth);
  }
}
