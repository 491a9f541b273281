import { InvalidInput } from '../../core/errors.ts';
import { PORT_NAMES, type PortChoice, type PortName } from '../services/ports.ts';

/** Options of the command line that choose ports, as commander hands them over. */
export interface PortOptions {
  readonly ports?: string;
  readonly portApi?: string;
  readonly portInbox?: string;
  readonly portFlags?: string;
  readonly portStates?: string;
  readonly portDynamodb?: string;
  readonly portSmtp?: string;
}

/**
 * Reads the choice of ports from the command line.
 * @throws InvalidInput when `--ports` is anything but `auto`.
 */
export function portChoiceOf(options: PortOptions): Omit<PortChoice, 'directory'> {
  if (options.ports !== undefined && options.ports !== 'auto')
    throw new InvalidInput(`--ports takes "auto", not "${options.ports}".`, [
      {
        pointer: '/ports',
        code: 'invalid-value',
        message: 'The only value is "auto".',
        mend: 'Say --ports auto for free ports, or choose single ones with --port-api NUMBER and the like.',
      },
    ]);
  const requested: Partial<Record<PortName, number>> = {};
  for (const name of PORT_NAMES) {
    const given = options[`port${name.charAt(0).toUpperCase()}${name.slice(1)}` as keyof PortOptions];
    if (given !== undefined) requested[name] = Number(given);
  }
  return { requested, auto: options.ports === 'auto' };
}
