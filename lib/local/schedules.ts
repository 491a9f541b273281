import type { TemplateSchedule } from '../infra/read-template.ts';
import { log } from '../platform/log.ts';
import type { LocalFunctions } from './functions.ts';

/**
 * EventBridge on one machine: runs scheduled functions every so often, by the machine's own time. A run that is still going
 * when the next is due is not run twice.
 */
export class LocalSchedules {
  readonly #functions: LocalFunctions;
  readonly #schedules: readonly TemplateSchedule[];
  readonly #running = new Map<string, Promise<void>>();
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(functions: LocalFunctions, schedules: readonly TemplateSchedule[]) {
    this.#functions = functions;
    this.#schedules = schedules;
  }

  /** Begins to run every function at its interval. */
  start(): void {
    for (const { functionName, everySeconds } of this.#schedules)
      this.#timers.push(setInterval(() => void this.#run(functionName), everySeconds * 1000));
  }

  /** Runs every scheduled function now and waits for all of them. */
  async runAll(): Promise<void> {
    await Promise.all(this.#schedules.map(({ functionName }) => this.#run(functionName)));
  }

  /** Stops the timers and waits for what still runs. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#running.values());
  }

  #run(functionName: string): Promise<void> {
    const going = this.#running.get(functionName);
    if (going !== undefined) return going;
    const run = this.#functions.invoke(functionName, {}).then((result) => {
      this.#running.delete(functionName);
      if (!result.ok) log('error', { event: 'scheduled-function-failed', functionName, error: result.errorType });
    });
    this.#running.set(functionName, run);
    return run;
  }
}
