/** One thing that happened in a drill, or was checked. */
export interface DrillStep {
  /** The local system's time, ISO 8601 UTC. */
  readonly at: string;
  readonly what: string;
  /** Present for what was checked. */
  readonly ok?: boolean;
}

/** What a drill prints while it runs, and keeps. */
export class Timeline {
  readonly #steps: DrillStep[] = [];
  readonly #now: () => string;
  readonly #print: (line: string) => void;

  constructor(now: () => string, print: (line: string) => void) {
    this.#now = now;
    this.#print = print;
  }

  get steps(): readonly DrillStep[] {
    return this.#steps;
  }

  /** Whether everything that was checked held. */
  get ok(): boolean {
    return this.#steps.every(({ ok }) => ok !== false);
  }

  /** Begins a part of the drill. */
  part(title: string): void {
    this.#print(`\n${title}`);
  }

  /** Notes something that happened. */
  note(what: string): void {
    this.#add({ at: this.#now(), what }, ' ');
  }

  /** Notes whether something is as it should be. */
  check(what: string, ok: boolean): void {
    this.#add({ at: this.#now(), what, ok }, ok ? '✓' : '✗');
  }

  #add(step: DrillStep, mark: string): void {
    this.#steps.push(step);
    this.#print(`  ${step.at.slice(0, 19)}Z ${mark} ${step.what}`);
  }
}
