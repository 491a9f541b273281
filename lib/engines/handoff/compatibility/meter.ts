/** The work of a question, or of the whole comparison, is over: what is left is unknown. */
export class OutOfBudget extends Error {}

/** Counts work in steps that mean the same everywhere, so that the same question always gets the same answer. */
export class Meter {
  #left: number;
  #question: number;

  constructor(steps: number) {
    this.#left = steps;
    this.#question = steps;
  }

  /** @throws OutOfBudget when nothing is left, for the question or for all. */
  spend(steps = 1): void {
    this.#left -= steps;
    this.#question -= steps;
    if (this.#left < 0 || this.#question < 0) throw new OutOfBudget();
  }

  /** Begins a question that may take so many steps. */
  ask(steps: number): void {
    this.#question = steps;
  }

  get isEmpty(): boolean {
    return this.#left <= 0;
  }
}
