import type { Json } from '../../../core/json.ts';
import type { Dialect } from './dialect.ts';
import { Finder } from './finder.ts';
import { Formulas } from './formula.ts';
import { type Found, UNDECIDED } from './found.ts';
import { Judge } from './judge.ts';
import { Meter, OutOfBudget } from './meter.ts';
import { NotRegular } from './pattern-syntax.ts';
import { SchemaReader } from './read-schema.ts';
import { samplesFor } from './samples.ts';
import { type Doubt, type Leaf, leavesOf, type SchemaNode } from './schema-node.ts';
import { wordsFor } from './words.ts';

/** One reason why a version is not compatible, or not known to be. */
export interface CompatibilityFinding {
  /** The document that the pointer leads into: the one that refuses the counterexample. */
  readonly document: 'old' | 'new';
  /** JSON Pointer to the keyword. */
  readonly pointer: string;
  /** The keyword that refuses, or what keeps it from being decided. */
  readonly rule: string;
  readonly message: string;
  /** An instance that ajv accepts under the other document and refuses under this one; only then it is breaking. */
  readonly counterexample?: Json;
  readonly mend: string;
}

/** One side of a comparison. */
export interface Side {
  readonly document: 'old' | 'new';
  readonly schema: unknown;
  readonly dialect: Dialect;
}

const ALL_STEPS = 2_500_000;
const STEPS_PER_LEAF = 250_000;
const MOST_FINDINGS = 25;

interface Read {
  readonly node: SchemaNode;
  readonly judge: Judge;
  readonly doubts: readonly Doubt[];
}

/** Instances of one schema against another. */
class Inquiry {
  readonly #formulas = new Formulas();
  readonly #meter = new Meter(ALL_STEPS);
  readonly #finder = new Finder(this.#formulas, this.#meter);
  readonly #to: Side;
  readonly #findings: CompatibilityFinding[] = [];
  readonly #giver: Read;
  readonly #taker: Read;

  constructor(from: Side, to: Side) {
    this.#to = to;
    this.#giver = this.#read(from);
    this.#taker = this.#read(to);
    for (const [{ document }, { doubts }] of [
      [from, this.#giver],
      [to, this.#taker],
    ] as const)
      for (const doubt of doubts) this.#findings.push({ document, ...doubt });
  }

  #read({ document, schema, dialect }: Side): Read {
    const reader = new SchemaReader(schema, dialect, this.#formulas, document);
    const node = reader.read(schema, '');
    const hasSiblings = reader.doubts.some(({ rule }) => rule === 'reference-siblings');
    return { node, judge: new Judge(schema, dialect, hasSiblings), doubts: reader.doubts };
  }

  /** Runs a search; what is beyond budget, stack or automata is undecided. */
  #within(search: () => Found): Found {
    this.#meter.ask(STEPS_PER_LEAF);
    try {
      return search();
    } catch (thrown) {
      const isBound = thrown instanceof OutOfBudget || thrown instanceof NotRegular || thrown instanceof RangeError;
      if (isBound) return UNDECIDED;
      throw thrown;
    }
  }

  #isCounterexample(value: Json): boolean {
    const [giver, taker] = [this.#giver.judge, this.#taker.judge];
    if (giver.accepts(value) !== true || taker.accepts(value) !== false) return false;
    return giver.isSure(value) && taker.isSure(value) && this.#isInLine(value);
  }

  /** Whether our own reading agrees: validators have keywords of their own, such as nullable. */
  #isInLine(value: Json): boolean {
    this.#meter.ask(STEPS_PER_LEAF);
    try {
      if (this.#finder.evaluator.holds(this.#giver.node.formula, value) === false) return false;
      const isRead = !this.#taker.doubts.some(({ rule }) => rule === 'undecided-keyword');
      return !isRead || this.#finder.evaluator.holds(this.#taker.node.formula, value) !== true;
    } catch (thrown) {
      if (thrown instanceof OutOfBudget) return true;
      throw thrown;
    }
  }

  #report({ pointer, keyword }: { pointer: string; keyword: string }, counterexample: Json): void {
    const words = wordsFor(keyword, this.#to.document);
    this.#findings.push({ document: this.#to.document, pointer, rule: keyword, ...words, counterexample });
  }

  /** Decides one way to violate the schema. */
  #decide(leaf: Leaf): void {
    const giver = this.#giver.node.formula;
    let found = this.#within(() => this.#finder.findShared(giver, leaf.violation, 1));
    let counterexample = found.values.find((value) => this.#isCounterexample(value));
    if (counterexample === undefined && found.values.length > 0 && !found.complete) {
      found = this.#within(() => this.#finder.findShared(giver, leaf.violation, 8));
      counterexample = found.values.find((value) => this.#isCounterexample(value));
    }
    if (counterexample !== undefined) this.#report(leaf, counterexample);
    else if (found.values.length > 0 || !found.complete)
      this.#findings.push({
        document: this.#to.document,
        pointer: leaf.pointer,
        rule: leaf.keyword,
        message: `It is not decided whether "${leaf.keyword}" refuses something that the ${this.#to.document === 'new' ? 'old' : 'new'} schema allows.`,
        mend: 'Have a person compare the two, or say it with the keywords of docs/handoff-compatibility.md.',
      });
  }

  /** Tries instances on both validators: they may show a break that was not decided, and must not refute a proof. */
  #sample(leaves: readonly Leaf[], isThorough: boolean): void {
    const found = [...this.#within(() => this.#finder.find(this.#giver.node.formula, isThorough ? 24 : 4)).values];
    if (isThorough) {
      for (const { violation } of leaves.slice(0, 20))
        found.push(...this.#within(() => this.#finder.find(violation, 6)).values);
      found.push(...samplesFor([this.#giver.node.formula, this.#taker.node.formula]));
    }
    const counterexample = found.find((value) => this.#isCounterexample(value));
    if (counterexample !== undefined) this.#report({ pointer: '', keyword: 'sample' }, counterexample);
  }

  run(): readonly CompatibilityFinding[] {
    const { giver, taker } = { giver: this.#giver.node, taker: this.#taker.node };
    const isSame = giver.formula === taker.formula;
    const leaves = isSame ? [] : leavesOf(taker, (formula) => this.#formulas.not(formula));
    for (const leaf of leaves) {
      if (this.#findings.length >= MOST_FINDINGS) break;
      this.#decide(leaf);
    }
    const isBroken = this.#findings.some(({ counterexample }) => counterexample !== undefined);
    if (!isBroken && !(isSame && this.#findings.length === 0)) this.#sample(leaves, this.#findings.length > 0);
    return this.#findings;
  }
}

/** Why instances of one schema are refused by another; nothing when it is proved that none is. */
export function inOneDirection(from: Side, to: Side): readonly CompatibilityFinding[] {
  try {
    return new Inquiry(from, to).run();
  } catch (thrown) {
    if (!(thrown instanceof RangeError || thrown instanceof OutOfBudget || thrown instanceof NotRegular)) throw thrown;
    return [
      {
        document: to.document,
        pointer: '',
        rule: 'too-much',
        message: 'The two schemas are too deep to be compared within bounds.',
        mend: 'Compare smaller parts.',
      },
    ];
  }
}
