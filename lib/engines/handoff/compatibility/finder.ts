import type { Json } from '../../../core/json.ts';
import { Evaluator } from './evaluate.ts';
import { findArrays } from './find-arrays.ts';
import { findNumbers } from './find-numbers.ts';
import { findObjects } from './find-objects.ts';
import { findStrings } from './find-strings.ts';
import type { Formula, Formulas, Test } from './formula.ts';
import { Collection, type Found, NOTHING, UNDECIDED } from './found.ts';
import type { Meter } from './meter.ts';
import { numberSetOf, stringSetOf } from './scalar-sets.ts';
import { JSON_TYPES, type JsonType, typeOf } from './values.ts';

const DEEPEST = 90;
/** Conjunctions of more literals are not likely to come again, and cost more to look up than they are worth. */
const MOST_REMEMBERED = 300;

/** Thrown within one branch when what it asks contradicts itself. */
const CONTRADICTION = Symbol('contradiction');

/** One branch of the search: what is asked without alternatives, and the alternatives that are still open. */
interface Branch {
  readonly literals: ReadonlyMap<number, Formula>;
  readonly choices: readonly Formula[];
  readonly entered: ReadonlySet<number>;
}

/**
 * Finds values of formulas, or proves that there are none.
 *
 * The sets are split by type and into conjunctions, and a value is built bottom up, as in Attouche, Baazizi, Colazzo, Ghelli,
 * Sartiani and Scherzinger, "Witness Generation for JSON Schema" (PVLDB 15(13), 2022). A recursive definition needs no value
 * that holds, strictly within, another value of the very same set: the inner one would do. So a goal that comes up below
 * itself counts as empty there, which makes the search finite.
 */
export class Finder {
  readonly formulas: Formulas;
  readonly evaluator: Evaluator;
  readonly meter: Meter;
  readonly #known = new Map<number, { readonly found: Found; readonly wanted: number }>();
  readonly #solved = new Map<string, { readonly found: Found; readonly wanted: number }>();
  readonly #spreads = new Map<string, Branch | undefined>();
  readonly #active = new Map<number, number>();
  /** The outermost goal that was met again below itself since the mark was last set. */
  #lowestCut = Number.POSITIVE_INFINITY;

  constructor(formulas: Formulas, meter: Meter) {
    this.formulas = formulas;
    this.meter = meter;
    this.evaluator = new Evaluator(formulas, meter);
  }

  /** @throws OutOfBudget */
  find(formula: Formula, wanted: number): Found {
    if (formula.kind === 'false') return NOTHING;
    const known = this.#known.get(formula.id);
    if (known !== undefined && (known.found.complete || known.wanted >= wanted)) return known.found;
    const above = this.#active.get(formula.id);
    if (above !== undefined) {
      this.#lowestCut = Math.min(this.#lowestCut, above);
      return NOTHING;
    }
    if (this.#active.size >= DEEPEST) return UNDECIDED;
    this.meter.spend();
    const depth = this.#active.size;
    const [outer, before] = [this.#lowestCut, this.#active];
    this.#lowestCut = Number.POSITIVE_INFINITY;
    before.set(formula.id, depth);
    try {
      const found = this.#findAnyType([formula], wanted);
      const wasCut = this.#lowestCut < Number.POSITIVE_INFINITY;
      const result = wasCut && found.values.length > 0 ? { ...found, complete: false } : found;
      if (this.#lowestCut >= depth) {
        this.#known.set(formula.id, { found: result, wanted });
        this.#lowestCut = Number.POSITIVE_INFINITY;
      }
      return result;
    } finally {
      before.delete(formula.id);
      this.#lowestCut = Math.min(this.#lowestCut, outer);
    }
  }

  /**
   * Finds values that two formulas share. What the first one asks is spread out once for many questions.
   * @throws OutOfBudget
   */
  findShared(base: Formula, more: Formula, wanted: number): Found {
    return this.#findAnyType([base, more], wanted);
  }

  #findAnyType(formulas: readonly Formula[], wanted: number): Found {
    const collection = new Collection(wanted);
    let complete = true;
    for (const type of JSON_TYPES) {
      const found = this.#findOfType(formulas, type, wanted);
      for (const value of found.values) collection.add(value);
      complete &&= found.complete;
      if (collection.isFull && !(complete && type === 'object')) return { values: collection.values, complete: false };
    }
    return { values: collection.values, complete };
  }

  #findOfType([base, ...more]: readonly Formula[], type: JsonType, wanted: number): Found {
    const collection = new Collection(wanted);
    const start = base === undefined ? undefined : this.#spread(base, type);
    const branch = start === undefined || more.length === 0 ? start : this.#extend(start, more, type);
    const complete = branch === undefined || this.#search(branch, type, collection, wanted);
    return { values: collection.values, complete };
  }

  #spread(formula: Formula, type: JsonType): Branch | undefined {
    const key = `${type} ${formula.id}`;
    if (this.#spreads.has(key)) return this.#spreads.get(key);
    const branch = this.#extend({ literals: new Map(), choices: [], entered: new Set() }, [formula], type);
    this.#spreads.set(key, branch);
    return branch;
  }

  /** Asks more in a branch; undefined when it contradicts what is asked already. */
  #extend(branch: Branch, more: readonly Formula[], type: JsonType): Branch | undefined {
    const literals = new Map(branch.literals);
    const entered = new Set(branch.entered);
    const choices = new Map(branch.choices.map((choice) => [choice.id, choice]));
    const add = (given: Formula): void => {
      const formula = this.formulas.within(given, type);
      this.meter.spend();
      if (formula.kind === 'true') return;
      if (formula.kind === 'false') throw CONTRADICTION;
      if (formula.kind === 'and') for (const part of formula.parts) add(part);
      else if (formula.kind === 'or') choices.set(formula.id, formula);
      else if (formula.kind === 'ref') {
        if (entered.has(this.#opposite(formula, type).id)) throw CONTRADICTION;
        if (entered.has(formula.id)) return;
        entered.add(formula.id);
        add(this.formulas.resolve(formula.target, formula.negated));
      } else {
        const opposite = this.#opposite(formula, type).id;
        if (literals.has(opposite) || choices.has(opposite)) throw CONTRADICTION;
        literals.set(formula.id, formula);
      }
    };
    try {
      for (const formula of more) add(formula);
      const open = this.#simplified([...choices.values()], literals, type);
      if (open.forced.length === 0) return { literals, choices: open.choices, entered };
      return this.#extend({ literals, choices: open.choices, entered }, open.forced, type);
    } catch (thrown) {
      if (thrown === CONTRADICTION) return undefined;
      throw thrown;
    }
  }

  #opposite(formula: Formula, type: JsonType): Formula {
    return this.formulas.within(this.formulas.not(formula), type);
  }

  /** Drops alternatives that the literals decide; a choice with one alternative left is forced. */
  #simplified(choices: readonly Formula[], literals: ReadonlyMap<number, Formula>, type: JsonType) {
    const left: Formula[] = [];
    const forced: Formula[] = [];
    const open = new Set(choices.map(({ id }) => id));
    const isAsked = ({ id }: Formula): boolean => literals.has(id) || open.has(id);
    const holds = (part: Formula): boolean => (part.kind === 'and' ? part.parts.every(isAsked) : isAsked(part));
    const fails = (part: Formula): boolean =>
      part.kind === 'and' ? part.parts.some(fails) : isAsked(this.#opposite(part, type));
    for (const choice of choices) {
      if (choice.kind !== 'or') continue;
      this.meter.spend();
      if (choice.parts.some(holds)) continue;
      const parts = choice.parts.filter((part) => !fails(part));
      const rest = parts.length === choice.parts.length ? choice : this.formulas.or(...parts);
      if (rest.kind === 'false') throw CONTRADICTION;
      (rest.kind === 'or' ? left : forced).push(rest);
    }
    return { choices: left, forced };
  }

  /** Walks the alternatives of a branch; answers whether everything was looked at. */
  #search(branch: Branch, type: JsonType, collection: Collection, wanted: number): boolean {
    this.meter.spend();
    const found = this.#solve([...branch.literals.values()], type, wanted);
    if (found.values.length === 0 && found.complete) return true;
    const fits = (choice: Formula, value: Json) => this.evaluator.holds(choice, value) !== false;
    for (const value of found.values) if (branch.choices.every((choice) => fits(choice, value))) collection.add(value);
    if (found.complete) return true;
    if (collection.isFull || branch.choices.length === 0) return false;
    const [first] = found.values;
    const violated = first === undefined ? [] : branch.choices.filter((choice) => !fits(choice, first));
    const parts = (choice: Formula) => (choice.kind === 'or' ? choice.parts : []);
    const choice = (violated.length > 0 ? violated : branch.choices).reduce((a, b) =>
      parts(b).length < parts(a).length ? b : a,
    );
    const rest = { ...branch, choices: branch.choices.filter((one) => one !== choice) };
    let complete = true;
    for (const part of parts(choice)) {
      const next = this.#extend(rest, [part], type);
      if (next !== undefined) complete = this.#search(next, type, collection, wanted) && complete;
      if (collection.isFull) return false;
    }
    return complete;
  }

  /** Values of one type that pass all tests. */
  #solve(literals: readonly Formula[], type: JsonType, wanted: number): Found {
    if (literals.length > MOST_REMEMBERED) return this.#solveAnew(literals, type, wanted);
    const key = `${type} ${literals
      .map(({ id }) => id)
      .sort((a, b) => a - b)
      .join(' ')}`;
    const known = this.#solved.get(key);
    if (known !== undefined && (known.found.complete || known.wanted >= wanted)) return known.found;
    const outer = this.#lowestCut;
    this.#lowestCut = Number.POSITIVE_INFINITY;
    const found = this.#solveAnew(literals, type, wanted);
    if (this.#lowestCut === Number.POSITIVE_INFINITY) this.#solved.set(key, { found, wanted });
    this.#lowestCut = Math.min(this.#lowestCut, outer);
    return found;
  }

  #solveAnew(literals: readonly Formula[], type: JsonType, wanted: number): Found {
    const finite = literals.find((literal) => literal.kind === 'values' && !literal.negated);
    const few = type === 'null' ? [null] : type === 'boolean' ? [false, true] : undefined;
    const candidates = finite?.kind === 'values' ? [...finite.values.values()] : few;
    if (candidates !== undefined) {
      const fits = (value: Json) =>
        typeOf(value) === type && literals.every((literal) => this.evaluator.holds(literal, value) !== false);
      return { values: candidates.filter(fits), complete: true };
    }
    const tests: Test[] = literals.flatMap((literal) => (literal.kind === 'test' ? [literal.test] : []));
    const except = new Map(
      literals.flatMap((literal) => (literal.kind === 'values' ? [...literal.values.entries()] : [])),
    );
    if (type === 'number') return findNumbers(numberSetOf(tests, except), wanted, this.meter);
    if (type === 'string') return findStrings(stringSetOf(tests, except), wanted, this.meter);
    if (type === 'array') return findArrays(tests, except, wanted, this);
    return findObjects(tests, except, wanted, this);
  }
}
