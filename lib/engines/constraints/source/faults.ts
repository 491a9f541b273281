import type { Fault } from './cel-tree.ts';
import type { Report } from './numbers.ts';

/** What is wrong with expressions, each thing once: bodies of macros are looked at once per element. */
export class Faults {
  readonly #list: Fault[] = [];

  /** All of them, in the order in which they were found. */
  get list(): readonly Fault[] {
    return this.#list;
  }

  /** Notes what is wrong at a place of an expression. */
  reporterAt(at: number): Report {
    return (code, message, mend) => {
      if (!this.#list.some((each) => each.at === at && each.message === message))
        this.#list.push({ at, code, message, mend });
      return undefined;
    };
  }
}
