/** The work of one comparison is over: what is left is unknown. */
export class OutOfBudget extends Error {}

/** Counts work in steps that mean the same everywhere, so that the same question always gets the same answer. */
export class Meter {
  #left: number;

  constructor(steps: number) {
    this.#left = steps;
  }

  /** @throws OutOfBudget when nothing is left. */
  spend(steps = 1): void {
    this.#left -= steps;
    if (this.#left < 0) throw new OutOfBudget();
  }

  get left(): number {
    return Math.max(0, this.#left);
  }

  /** Another meter for a part of the work, at most so many steps. What it uses is to be spent here afterwards. */
  part(steps: number): Meter {
    return new Meter(Math.min(steps, this.left));
  }
}
