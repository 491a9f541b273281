import type { Solver, SolverSession } from '../findings.ts';
import type { World } from './prepare.ts';
import type { Answer, Question } from './question.ts';
import { Interrogation, unanswered } from './solver-questions.ts';

/** Gives the solver. It is called when it is first needed, and once at most. */
export type Load = () => Solver | Promise<Solver>;

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

  /** Opens a context of its own, whose steps are counted here. Only after `ready`. */
  open(): SolverSession {
    if (this.#solver === undefined) throw new Error('The solver was not loaded.');
    const session = this.#solver.open(this.steps);
    return {
      run: (script) => {
        const done = session.run(script);
        this.spent += done.spent;
        return done;
      },
      close: () => session.close(),
    };
  }

  /** Answers questions that boxes left open. */
  async answer(world: World, questions: readonly Question[]): Promise<Answer[]> {
    if (!(await this.ready())) return questions.map(unanswered);
    const session = this.open();
    try {
      const interrogation = new Interrogation(world, session, this.steps);
      return questions.map((question) => interrogation.answer(question));
    } finally {
      session.close();
    }
  }
}
