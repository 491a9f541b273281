import type { Solver, SolverSession } from '../findings.ts';
import type { World } from './prepare.ts';
import type { Answer, Question } from './question.ts';
import { Interrogation, unanswered } from './solver-questions.ts';

/** Gives the solver. It is called when it is first needed, and once at most. */
export type Load = () => Solver | Promise<Solver>;

/** One question may spend a share of what all of them may: a hard one does not leave the others without. */
const QUESTIONS_AT_LEAST = 10;

/** The solver tier: loads its solver when it is first needed, and counts what is spent. */
export class Prover {
  readonly #load: Load | undefined;
  readonly steps: number;
  #solver: Solver | undefined;
  #asked: { readonly world: World; readonly session: SolverSession; readonly by: Interrogation } | undefined;
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

  /** Opens a context of its own, whose steps are counted here. Only after `ready`. */
  open(steps: number = this.steps): SolverSession {
    if (this.#solver === undefined) throw new Error('The solver was not loaded.');
    const session = this.#solver.open(steps);
    return {
      run: (script) => {
        const done = session.run(script);
        this.spent += done.spent;
        return done;
      },
      close: () => session.close(),
    };
  }

  /**
   * Answers questions that boxes left open. All questions about a world are asked in one context, which keeps what the ones
   * before made known; together they may spend what one search for conflicts may.
   */
  async answer(world: World, questions: readonly Question[]): Promise<Answer[]> {
    if (!(await this.ready())) return questions.map(unanswered);
    const interrogation = this.#interrogationOf(world);
    return questions.map((question) => interrogation.answer(question));
  }

  /** Frees the context of the questions. */
  close(): void {
    this.#asked?.session.close();
    this.#asked = undefined;
  }

  #interrogationOf(world: World): Interrogation {
    if (this.#asked?.world === world) return this.#asked.by;
    this.close();
    const each = Math.ceil(this.steps / QUESTIONS_AT_LEAST);
    const session = this.open(each);
    const by = new Interrogation(world, session, { each, all: this.steps });
    this.#asked = { world, session, by };
    return by;
  }
}
