import { InvalidInput } from '../../core/errors.ts';
import { pointer } from '../../core/json.ts';
import type { Environment } from '../environments.ts';
import { nearestTo } from '../nearest.ts';
import type { AlarmOverride } from './settings.ts';

/**
 * What an environment changes about alarms. It notes which alarms asked for theirs, so that in the end a setting that changed
 * nothing is found out: a name with a typing error would otherwise leave an alarm as it was, unnoticed.
 */
export class AlarmOverrides {
  readonly #environment: string;
  readonly #overrides: { readonly [name: string]: AlarmOverride };
  readonly #known = new Set<string>();

  constructor({ name, settings }: Environment) {
    this.#environment = name;
    this.#overrides = settings.alarms.overrides ?? {};
  }

  /** What is changed about an alarm; what is said of one skill's counts before what is said of every skill's. */
  of(id: string, skillId?: string): AlarmOverride {
    const names = skillId === undefined ? [id] : [id, `${skillId}-${id}`];
    for (const name of names) this.#known.add(name);
    const [general, particular] = names.map((name) => this.#overrides[name]);
    return particular?.off !== undefined ? particular : { ...general, ...particular };
  }

  /**
   * To be called when every alarm was made.
   * @throws InvalidInput naming each override that matches no alarm, with the alarm whose name is nearest.
   */
  requireMatches(): void {
    const known = [...this.#known];
    const problems = Object.keys(this.#overrides)
      .filter((name) => !this.#known.has(name))
      .map((name) => ({
        pointer: pointer('', 'alarms', 'overrides', name),
        code: 'unknown-alarm',
        message: `There is no alarm "${name}".`,
        mend: `The nearest is "${nearestTo(name, known)}".`,
      }));
    if (problems.length > 0)
      throw new InvalidInput(
        `The environment ${this.#environment} overrides alarms that there are not: ${problems.length} problem(s).`,
        problems,
      );
  }
}
