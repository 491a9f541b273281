import { type Condition, conditionOf } from '../evaluate/compiled-holds.ts';
import type { SolverSession } from '../findings.ts';
import type { FieldIndex, Formula, Values } from '../model.ts';
import { hasOpaque } from './enumerate-opaque.ts';
import type { Owned, Pool } from './pool.ts';
import type { World } from './prepare.ts';
import type { Answer, Question } from './question.ts';
import { realityOf } from './reality.ts';
import { askValues, declare, inputOf, OpaqueNames, readValues, text } from './smt.ts';
import { type Bounded, boundedBy, isNever, pushed, type Ranges, rangesMeet, rangesOfFields } from './solver-bounds.ts';
import { type Wanted, wander, wanderFrom } from './solver-wander.ts';

/** At most so many sets are added between two checks: those that hold the input of the last one. */
const MOST_ADDED = 48;

/** So many inputs that answered questions are tried on the next ones. */
const MOST_REMEMBERED = 256;

/** So many of them are looked from. */
const MOST_STARTS = 6;

type Free = Extract<Answer, { is: 'free' }>;

/** Solver steps that one question may spend, and all of them together. */
export interface Allowance {
  readonly each: number;
  readonly all: number;
}

/** A set of a pool with its bounds. */
interface Item {
  readonly owner: number;
  readonly formula: Formula;
  readonly holds: Condition;
  readonly bounded: Bounded;
}

/**
 * Answers questions by the solver in one context. Of a pool it is told only the sets that hold an input which it found
 * outside of those that it was told before: most questions take a few of a thousand.
 */
export class Interrogation {
  readonly #world: World;
  readonly #session: SolverSession;
  readonly #steps: Allowance;
  readonly #every: readonly FieldIndex[];
  readonly #outer: Ranges;
  readonly #items = new WeakMap<Pool, readonly Item[]>();
  readonly #remembered: Free[] = [];
  #isOpen = false;
  #spent = 0;

  constructor(world: World, session: SolverSession, steps: Allowance) {
    this.#world = world;
    this.#session = session;
    this.#steps = steps;
    this.#every = world.fields.map((_, index) => index);
    this.#outer = rangesOfFields(world.fields);
    session.run(`(set-option :produce-unsat-cores true)\n${declare(world.fields, this.#every)}`);
  }

  answer(question: Question): Answer {
    const { fields } = this.#world;
    const region = boundedBy(fields, pushed(question.region.formula), this.#outer);
    if (isNever(region)) return { is: 'covered', by: 'solver', owners: [] };
    const known = this.#remembered.findLast(({ values }) => this.#isAnswer(question, values));
    if (known !== undefined) return known;
    const items = this.#itemsNear(question, region);
    const wanted = [region.formula, ...items.map(({ bounded }) => pushed(bounded.formula, false))];
    const found = this.#fromRemembered(region.ranges, wanted) ?? wander(fields, region.ranges, wanted);
    if (found !== undefined && this.#isAnswer(question, found)) {
      return this.#remember({ is: 'free', by: 'intervals', values: found });
    }
    return this.#ask(question, region, items, wanted);
  }

  /** Earlier answers meet most of the conditions that the next question asks for: one of them may be a move away. */
  #fromRemembered(ranges: Ranges, wanted: Wanted): Values | undefined {
    let tried = 0;
    for (let at = this.#remembered.length - 1; at >= 0 && tried < MOST_STARTS; at--) {
      const { values: start } = this.#remembered[at] as Free;
      if (!this.#areFactsWithin(start, ranges)) continue;
      tried += 1;
      const found = wanderFrom(start, ranges, wanted);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #areFactsWithin(values: Values, ranges: Ranges): boolean {
    return this.#world.fields.every(({ role }, field) => {
      const [value, range] = [values[field], ranges[field]];
      return role === 'term' || value === undefined || range === undefined || (value >= range[0] && value <= range[1]);
    });
  }

  #ask(question: Question, region: Bounded, items: readonly Item[], wanted: Wanted): Answer {
    const { fields } = this.#world;
    const session = this.#session;
    const opaque = new OpaqueNames();
    const declared = new Set<string>();
    let spent = 0;
    // Scripts are collected until a check: each call of the solver costs as much as a small check.
    let script = this.#isOpen ? '(pop)(push)' : '(push)';
    this.#isOpen = true;
    const run = (more: string): string => {
      const done = session.run(`${script}\n${more}`);
      script = '';
      spent += done.spent;
      this.#spent += done.spent;
      return done.output.trimStart();
    };
    const assert = (formula: Formula, guard?: string): string => {
      const condition = text(fields, formula, opaque);
      const fresh = opaque.names.filter((name) => !declared.has(name));
      for (const name of fresh) declared.add(name);
      const names = fresh.map((name) => `(declare-const ${name} Bool)`).join('');
      if (guard === undefined) return `${names}(assert ${condition})`;
      return `${names}(assert (=> ${guard} (not ${condition})))`;
    };
    const first = [region.formula, ...(question.raw ? [] : realityOf(this.#world))];
    script += first.map((formula) => assert(formula)).join('\n');
    const told: number[] = [];
    let output = '';
    const values = askValues(fields, this.#every);
    const check = (which: readonly number[]): 'sat' | 'unsat' | 'unknown' => {
      output = run(`(check-sat-assuming (${which.map((at) => `n${at}`).join(' ')}))${values}`);
      return output.startsWith('sat') ? 'sat' : output.startsWith('unsat') ? 'unsat' : 'unknown';
    };
    while (spent <= this.#steps.each && this.#spent <= this.#steps.all) {
      const verdict = check(told);
      if (verdict === 'unknown') break;
      if (verdict === 'unsat') {
        const owners = this.#needed(run('(get-unsat-core)'), items, check);
        return { is: 'covered', by: 'solver', owners };
      }
      const input = inputOf(fields, this.#every, readValues(output), []);
      const added: number[] = [];
      for (const [at, item] of items.entries())
        if (added.length < MOST_ADDED && item.holds(input) && !told.includes(at)) added.push(at);
      if (added.length === 0) {
        if (!this.#isAnswer(question, input)) return { is: 'unknown', because: 'opaque', spent };
        return this.#remember({ is: 'free', by: 'solver', values: input });
      }
      const near = wanderFrom(input, region.ranges, wanted);
      if (near !== undefined && this.#isAnswer(question, near)) {
        return this.#remember({ is: 'free', by: 'solver', values: near });
      }
      script = added
        .map((at) => `(declare-const n${at} Bool)${assert((items[at] as Item).bounded.formula, `n${at}`)}`)
        .join('\n');
      told.push(...added);
    }
    return { is: 'unknown', because: 'budget', spent };
  }

  /** Owners whose sets hold all of a region, without those that can be spared. */
  #needed(
    core: string,
    items: readonly Item[],
    check: (which: readonly number[]) => 'sat' | 'unsat' | 'unknown',
  ): readonly number[] {
    let left = [...core.matchAll(/n(\d+)/g)].map(([, at]) => Number(at));
    const ownerOf = (at: number): number => (items[at] as Item).owner;
    const owners = [...new Set(left.map(ownerOf))].sort((a, b) => a - b);
    for (const owner of owners.toReversed()) {
      const rest = left.filter((at) => ownerOf(at) !== owner);
      if (check(rest) === 'unsat') left = rest;
    }
    return [...new Set(left.map(ownerOf))].sort((a, b) => a - b);
  }

  #itemsNear({ pool, except }: Question, region: Bounded): Item[] {
    return this.#itemsOf(pool).flatMap((item): Item[] => {
      if (item.owner === except || !rangesMeet(item.bounded.ranges, region.ranges)) return [];
      const bounded = boundedBy(this.#world.fields, item.bounded.formula, region.ranges);
      return isNever(bounded) ? [] : [{ ...item, bounded }];
    });
  }

  #itemsOf(pool: Pool): readonly Item[] {
    const known = this.#items.get(pool);
    if (known !== undefined) return known;
    const items = pool.items.flatMap(({ owner, extent }: Owned): Item[] => {
      const bounded = boundedBy(this.#world.fields, pushed(extent.formula), this.#outer);
      if (isNever(bounded)) return [];
      return [{ owner, formula: extent.formula, holds: conditionOf(extent.formula), bounded }];
    });
    this.#items.set(pool, items);
    return items;
  }

  /** A model counts when plain evaluation agrees; where it does not, the solver chose what an opaque part is. */
  #isAnswer({ region, pool, except, raw }: Question, values: Values): boolean {
    return (
      conditionOf(region.formula)(values) &&
      (raw === true || this.#world.unreal.every(({ formula }) => !conditionOf(formula)(values))) &&
      this.#itemsOf(pool).every(({ owner, holds }) => owner === except || !holds(values))
    );
  }

  #remember(free: Free): Free {
    this.#remembered.push(free);
    if (this.#remembered.length > MOST_REMEMBERED) this.#remembered.shift();
    return free;
  }
}

/** What is said of a question when there is no solver. */
export function unanswered({ region, pool }: Question): Answer {
  const isOpaque = hasOpaque(region.formula) || pool.boxless.some(({ extent }) => hasOpaque(extent.formula));
  return { is: 'unknown', because: isOpaque ? 'opaque' : 'budget', spent: 0 };
}
