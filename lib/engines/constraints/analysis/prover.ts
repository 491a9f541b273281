import type { Solver } from '../findings.ts';
import type { FieldIndex, Formula, Values } from '../model.ts';
import { holds } from './holds.ts';
import type { Owned, Pool } from './pool.ts';
import { hasOpaque, type World } from './prepare.ts';
import type { Answer, Question } from './question.ts';
import { askValues, declare, inputOf, OpaqueNames, readValues, text } from './smt.ts';

/** Gives the solver. It is called when it is first needed, and once at most. */
export type Load = () => Solver | Promise<Solver>;

/** Questions that share one script: a context costs more than most checks. */
const BATCH = 400;

/** The solver tier: loads its solver when it is first needed, and counts what is spent. */
export class Prover {
  readonly #load: Load | undefined;
  readonly steps: number;
  #solver: Solver | undefined;
  spent = 0;

  constructor(load: Load | undefined, steps: number) {
    this.#load = load;
    this.steps = steps;
  }

  get isLoaded(): boolean {
    return this.#solver !== undefined;
  }

  /** Whether there is a solver; loads it. */
  async ready(): Promise<boolean> {
    this.#solver ??= await this.#load?.();
    return this.#solver !== undefined;
  }

  /** Runs a script in a context of its own. Only after `ready`. */
  run(script: string): { readonly output: string; readonly spent: number } {
    if (this.#solver === undefined) throw new Error('The solver was not loaded.');
    const done = this.#solver.run(script, this.steps);
    this.spent += done.spent;
    return done;
  }

  /** Answers questions that boxes left open. */
  async answer(world: World, questions: readonly Question[]): Promise<Answer[]> {
    if (!(await this.ready())) return questions.map(unanswered);
    const answers = new Map<Question, Answer>();
    for (const [, sharing] of Map.groupBy(questions, ({ pool }) => pool))
      for (let at = 0; at < sharing.length; at += BATCH)
        this.#answerBatch(world, sharing.slice(at, at + BATCH), answers);
    return questions.map((question) => answers.get(question) as Answer);
  }

  #answerBatch(world: World, questions: readonly Question[], answers: Map<Question, Answer>): void {
    const [first] = questions;
    if (first === undefined) return;
    const every = world.fields.map((_, index) => index);
    const opaque = new OpaqueNames();
    const unreal = realityOf(world).map((formula) => `(assert ${text(world.fields, formula, opaque)})`);
    // The owner whose items do not count is a value of its own, so that one script serves each question.
    const items = first.pool.items.map(
      ({ owner, extent }) => `(assert (or (= left-out ${owner}) (not ${text(world.fields, extent.formula, opaque)})))`,
    );
    const asked = questions.map(({ region, except, raw }, at) =>
      [
        `(echo "#${at}")(push)`,
        ...(raw ? [] : unreal),
        `(assert (= left-out ${except ?? 1_000_000_000}))`,
        `(assert ${text(world.fields, region.formula, opaque)})`,
        '(check-sat)',
        `${askValues(world.fields, every)}(pop)`,
      ].join('\n'),
    );
    const { output, spent } = this.run(
      [declare(world.fields, every), '(declare-const left-out Int)', opaque.declarations, ...items, ...asked].join(
        '\n',
      ),
    );
    const sections = output.split(/^#\d+$/m).slice(1);
    questions.forEach((question, at) => {
      const section = (sections[at] ?? '').trimStart();
      if (section.startsWith('unsat')) answers.set(question, this.#covered(world, question));
      else if (section.startsWith('sat'))
        answers.set(question, confirmed(world, question, inputOf(world.fields, every, readValues(section), []), spent));
      else answers.set(question, { is: 'unknown', because: 'budget', spent });
    });
  }

  /** Owners that hold all of a region: those that an unsatisfiable core names, without those that can be spared. */
  #covered(world: World, { region, pool, except, raw }: Question): Answer {
    const items = pool.items.filter(({ owner }) => owner !== except);
    const check = (owners: readonly number[]): readonly number[] | undefined => {
      const every = world.fields.map((_, index) => index);
      const opaque = new OpaqueNames();
      const named = items
        .filter(({ owner }) => owners.includes(owner))
        .map(
          ({ owner, extent }, at) =>
            `(assert (! (not ${text(world.fields, extent.formula, opaque)}) :named n${owner}-${at}))`,
        );
      const rest = [...(raw ? [] : realityOf(world)), region.formula].map(
        (formula) => `(assert ${text(world.fields, formula, opaque)})`,
      );
      const { output } = this.run(
        [
          '(set-option :produce-unsat-cores true)',
          declare(world.fields, every),
          opaque.declarations,
          ...rest,
          ...named,
          '(check-sat)(get-unsat-core)',
        ].join('\n'),
      );
      if (!output.trimStart().startsWith('unsat')) return undefined;
      return [...new Set([...output.matchAll(/n(\d+)-\d+/g)].map(([, owner]) => Number(owner)))].sort((a, b) => a - b);
    };
    let owners = check([...new Set(items.map(({ owner }) => owner))]) ?? items.map(({ owner }) => owner);
    for (const owner of owners.toReversed()) owners = check(owners.filter((each) => each !== owner)) ?? owners;
    return { is: 'covered', by: 'solver', owners };
  }
}

/** What real inputs meet: no field is absent that a default fills. */
export function realityOf(world: World): Formula[] {
  return world.unreal.map(({ formula }): Formula => ({ kind: 'not', part: formula }));
}

function unanswered({ region, pool }: Question): Answer {
  const isOpaque = hasOpaque(region.formula) || pool.boxless.some(({ extent }) => hasOpaque(extent.formula));
  return { is: 'unknown', because: isOpaque ? 'opaque' : 'budget', spent: 0 };
}

function isOutside({ items }: Pool, except: FieldIndex | undefined, values: Values): boolean {
  return items.every(({ owner, extent }: Owned) => owner === except || !holds(extent.formula, values));
}

/** A model counts when plain evaluation agrees; where it does not, the solver chose what an opaque part is. */
function confirmed(world: World, { region, pool, except, raw }: Question, values: Values, spent: number): Answer {
  const isReal = raw === true || world.unreal.every(({ formula }) => !holds(formula, values));
  if (isReal && holds(region.formula, values) && isOutside(pool, except, values))
    return { is: 'free', by: 'solver', values };
  return { is: 'unknown', because: 'opaque', spent };
}
