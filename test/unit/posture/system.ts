import { addCandidate } from '../../../lib/platform/configuration/lifecycle.ts';
import { execute } from '../../../lib/platform/executions/execute.ts';
import { preflight } from '../../../lib/platform/executions/preflight.ts';
import { recover } from '../../../lib/platform/executions/recover.ts';
import type { FlagDeclaration } from '../../../lib/platform/flags/declaration.ts';
import { FlagSourceUnavailable } from '../../../lib/platform/flags/errors.ts';
import type { FlagControl } from '../../../lib/platform/flags/flag-control.ts';
import type { Table } from '../../../lib/platform/store/table.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { ask, flagsOn, flowOf, passAllSuites, started, startSystem } from '../executions/system.ts';
import { tinyResult, tinySkill } from '../executions/tiny-skill.ts';

/** Keeps what the flag server was told; refuses while it is told to. */
export class FakeFlagControl implements FlagControl {
  readonly enabled: [flag: string, on: boolean][] = [];
  readonly weights: FlagDeclaration['variants'][] = [];
  down = false;

  async setEnabled(flag: string, on: boolean): Promise<void> {
    if (this.down) throw new FlagSourceUnavailable('The flag server did not answer.');
    this.enabled.push([flag, on]);
  }

  async setVariantWeights(_flag: string, variants: FlagDeclaration['variants']): Promise<void> {
    if (this.down) throw new FlagSourceUnavailable('The flag server did not answer.');
    this.weights.push(variants);
  }
}

/** Ten minutes, two accounts to worry, three to stop; three accounts take a candidate out. */
export const thresholds = {
  windowSeconds: 600,
  elevatedAt: { faults: 2, accounts: 2 },
  criticalAt: { faults: 4, accounts: 3 },
  calmAfterSeconds: 900,
  candidateFaults: { accounts: 3, windowSeconds: 300 },
  followUpWithinSeconds: 86_400,
};

/** The free discount of the candidate: its engine breaks off on every odd discount. */
const BAD = 666;

/** A skill whose engine is fine on the baseline and breaks off on the candidate, for some requests. */
export const fragileSkill = (overrides: Parameters<typeof tinySkill>[0] = {}) =>
  tinySkill({
    posture: thresholds,
    execute: ({ input, configuration }) => {
      if (configuration.free === BAD && input.discount % 2 === 1) throw new TypeError('Cannot read properties.');
      return tinyResult(input, configuration);
    },
    ...overrides,
  });

/** A system on which a bad candidate, validated all the same, runs for everybody. */
export async function withBadCandidate(table: Table, skill = fragileSkill()) {
  const flagAdmin = new FakeFlagControl();
  const runtime: TestRuntime = Object.assign(await startSystem(table, skill), { flagAdmin });
  const candidate = await addCandidate(runtime, skill, { version: '2.0', free: BAD, most: 3_000 }, 'olga');
  await passAllSuites(runtime, skill, candidate.digest);
  runtime.flags.set(flagsOn(skill, candidate.version));
  return { runtime, skill, candidate, flagAdmin };
}

/** Starts an execution for an account. */
export const startFor = (runtime: TestRuntime, accountId: string, discount: number): Promise<string> =>
  started(runtime, ask(runtime.skills[0]!, discount, { body: { input: { accountId, discount, tags: [] } } }));

/** Runs an execution that a fault breaks off, as the state machine does it. */
export async function breakOff(runtime: TestRuntime, executionId: string): Promise<void> {
  const flow = await preflight(runtime, flowOf(runtime, executionId));
  try {
    await execute(runtime, flow);
  } catch (error) {
    const { name, message } = error as Error;
    const Cause = JSON.stringify({ errorMessage: message });
    await recover(runtime, { ...flow, fault: { Error: name, Cause } });
    return;
  }
  throw new Error('It was to break off, and did not.');
}

/** Starts an execution that breaks off on the bad candidate. */
export async function fail(runtime: TestRuntime, accountId: string): Promise<string> {
  const executionId = await startFor(runtime, accountId, 1);
  await breakOff(runtime, executionId);
  runtime.clock.advance(1);
  return executionId;
}
