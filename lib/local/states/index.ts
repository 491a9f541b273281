import type { LocalClock } from '../clock.ts';
import { operations } from './api.ts';
import { Engine, type TransitionNotice } from './engine.ts';
import { FileJournal } from './file-journal.ts';
import type { Journal } from './journal.ts';
import type { LambdaInvoker } from './lambda.ts';
import { type MachineRegistration, Machines } from './machines.ts';
import { MOST_CHILDREN } from './map-run.ts';
import { serve } from './server.ts';
import { TaskTokens } from './task-tokens.ts';

export { InvalidDefinition } from './definition.ts';
export type { TransitionNotice } from './engine.ts';
export type { InvocationResult, LambdaInvoker } from './lambda.ts';
export { CorruptJournal } from './line-file.ts';
export { loadDefinition } from './load-definition.ts';
export type { MachineRegistration } from './machines.ts';
export { MemoryJournal } from './memory-journal.ts';

/** What Step Functions on one machine need. */
export interface StepFunctionsOptions {
  /** Holds the journal: a directory of this instance alone, or a journal that is kept elsewhere. */
  readonly directory: string | Journal;
  readonly clock: LocalClock;
  readonly machines: readonly MachineRegistration[];
  readonly invoke: LambdaInvoker;
  /** 0 takes a free one. */
  readonly port: number;
  readonly region?: string;
  readonly accountId?: string;
  /** Whether every step waits for the disk. Without, executions survive `kill -9`, but not a power cut. */
  readonly sync?: boolean;
  /** A number from 0 up to 1, for retriers with full jitter. */
  readonly random?: () => number;
  /** Children of one map run that run at once at most, whatever the definition allows; as many as that when left out. */
  readonly childrenAtOnce?: number;
  /** Called after each step is in the journal. Must not throw. */
  readonly onTransition?: (notice: TransitionNotice) => void;
}

/** Step Functions running on one machine. */
export interface StepFunctions {
  /** The endpoint for an unmodified SDK client. */
  readonly url: string;
  readonly port: number;
  /** The ARN of a machine that was registered under a name. */
  stateMachineArn(name: string): string;
  /** Billed state transitions of an execution: each state entered and each retry; 0 of an unknown one. */
  transitionsOf(executionArn: string): number;
  /** Resolves when no function is running and nothing happens before the next timer or call. */
  idle(): Promise<void>;
  /**
   * Stops serving and invoking, and waits for functions that run, but no longer than some milliseconds of real time.
   * What is open goes on at the next start.
   */
  close(graceMilliseconds?: number): Promise<void>;
}

/** Where machines live when nobody says where. */
const REGION = 'eu-central-1';
const ACCOUNT = '000000000000';
const GRACE_MILLISECONDS = 2000;

/**
 * Starts Step Functions on 127.0.0.1: executions that were running go on where they were.
 * @throws InvalidDefinition when a definition cannot be run here.
 * @throws CorruptJournal when the journal was damaged.
 * @throws an error with the code EADDRINUSE when the port is taken.
 */
export async function startStepFunctions(options: StepFunctionsOptions): Promise<StepFunctions> {
  const { clock, invoke, region = REGION, accountId = ACCOUNT, random = Math.random, onTransition } = options;
  const { directory, childrenAtOnce = MOST_CHILDREN } = options;
  const journal = typeof directory === 'string' ? new FileJournal(directory, options.sync) : directory;
  const arnPrefix = `arn:aws:states:${region}:${accountId}`;
  const machines = new Machines(journal);
  for (const registration of options.machines) machines.register(registration, arnPrefix, clock.now());
  const tokens = TaskTokens.of(journal);
  const observer = onTransition === undefined ? {} : { onTransition };
  const engine = new Engine({ journal, clock, invoke, machines, tokens, region, random, childrenAtOnce, ...observer });
  // The port first: an instance that cannot serve must not take executions up.
  const server = await serve(operations({ engine, machines, tokens, clock }), options.port);
  engine.recover();
  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    stateMachineArn: (name) => `${arnPrefix}:stateMachine:${name}`,
    transitionsOf: (executionArn) => engine.listedExecution(executionArn)?.transitions ?? 0,
    idle: () => engine.idle(),
    async close(graceMilliseconds = GRACE_MILLISECONDS) {
      await server.close();
      await engine.close(graceMilliseconds);
    },
  };
}
