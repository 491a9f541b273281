import type { Listed } from './journal.ts';
import type { Standing } from './map-run.ts';

const NONE: ReadonlyMap<number, Listed> = new Map();

/** The child executions of each map run by their items: kept in memory, and found again in the journal after a crash. */
export class Children {
  readonly #byRun = new Map<string, Map<number, Listed>>();

  /** Takes note of how an execution stands, if it is a child. */
  note(execution: Listed): void {
    const { child } = execution;
    if (child === undefined) return;
    const run = this.#byRun.get(child.mapRunArn) ?? new Map<number, Listed>();
    run.set(child.index, execution);
    this.#byRun.set(child.mapRunArn, run);
  }

  /** The children of a map run that have started, by the positions of their items. */
  of(mapRunArn: string): ReadonlyMap<number, Listed> {
    return this.#byRun.get(mapRunArn) ?? NONE;
  }

  standing(mapRunArn: string): Standing {
    return new Map([...this.of(mapRunArn)].map(([index, { status }]) => [index, status]));
  }

  /** Those of a status, in the order of their items. */
  inOrder(mapRunArn: string, status: Listed['status']): readonly Listed[] {
    return [...this.of(mapRunArn)]
      .filter(([, child]) => child.status === status)
      .sort(([one], [other]) => one - other)
      .map(([, child]) => child);
  }

  forget(mapRunArn: string): void {
    this.#byRun.delete(mapRunArn);
  }
}
