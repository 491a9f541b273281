import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach } from 'vitest';
import type { Json } from '../../../../lib/core/json.ts';
import { VirtualClock } from '../../../../lib/local/clock.ts';
import {
  type InvocationResult,
  MemoryJournal,
  type StepFunctions,
  type StepFunctionsOptions,
  startStepFunctions,
} from '../../../../lib/local/states/index.ts';
import { ROLE } from './machines.ts';

export { BARE, CALLBACK, chain, FUNCTION, INVOKE, ROLE } from './machines.ts';

export const START = Date.parse('2026-11-20T09:00:00.000Z');

/** A function for tests; what it throws becomes the error that Lambda would report. */
export type TestFunction = (payload: Json, call: number, functionArn: string) => Json | Promise<Json>;

export interface Harness {
  readonly states: StepFunctions;
  readonly client: SFNClient;
  readonly clock: VirtualClock;
  readonly calls: { readonly functionArn: string; readonly payload: Json }[];
  /** Moves time on, letting everything come to rest after each timer. */
  advance(milliseconds: number): Promise<void>;
}

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

export interface HarnessOptions extends Partial<StepFunctionsOptions> {
  readonly clock?: VirtualClock;
  readonly work?: TestFunction;
}

/** Starts Step Functions with one machine called "machine", a virtual clock and a real SDK client. */
export async function start(definition: Json, options: HarnessOptions = {}): Promise<Harness> {
  const clock = options.clock ?? new VirtualClock(START);
  const calls: Harness['calls'] = [];
  const { work = (payload: Json) => payload, ...rest } = options;
  const states = await startStepFunctions({
    directory: new MemoryJournal(),
    machines: [{ name: 'machine', definition, roleArn: ROLE }],
    port: 0,
    invoke: async (functionArn, payload) => {
      calls.push({ functionArn, payload });
      return resultOf(() => work(payload, calls.length, functionArn));
    },
    ...rest,
    clock,
  });
  const client = clientOf(states);
  cleanups.push(async () => {
    client.destroy();
    await states.close(0);
  });
  return { states, client, clock, calls, advance: (milliseconds) => clock.advance(milliseconds, () => states.idle()) };
}

/** An unmodified SDK client of an endpoint. */
export function clientOf({ url }: Pick<StepFunctions, 'url'>): SFNClient {
  return new SFNClient({
    endpoint: url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
}

async function resultOf(run: () => Json | Promise<Json>): Promise<InvocationResult> {
  try {
    return { ok: true, payload: await run() };
  } catch (error) {
    const { name, message } = error as Error;
    return { ok: false, errorType: name, errorMessage: message };
  }
}

/** An error with a name of its own. */
export function named(name: string, message = 'no luck'): Error {
  return Object.assign(new Error(message), { name });
}

/** Starts an execution of "machine". */
export async function begin(
  { client, states }: Pick<Harness, 'client' | 'states'>,
  input: Json = {},
  name?: string,
): Promise<string> {
  const { executionArn } = await client.send(
    new StartExecutionCommand({
      stateMachineArn: states.stateMachineArn('machine'),
      input: JSON.stringify(input),
      ...(name === undefined ? {} : { name }),
    }),
  );
  return executionArn ?? '';
}

/** Starts an execution of "machine" and lets it come to rest. */
export async function execute(harness: Harness, input: Json = {}, name?: string): Promise<string> {
  const executionArn = await begin(harness, input, name);
  await harness.states.idle();
  return executionArn;
}

/** Status, parsed output, error and cause of an execution. */
export async function outcome({ client }: Pick<Harness, 'client'>, executionArn: string) {
  const { status, output, error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
  return {
    status,
    ...(output === undefined ? {} : { output: JSON.parse(output) as Json }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}

/** The whole history of an execution. */
export async function history({ client }: Pick<Harness, 'client'>, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, nextToken }));
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return events;
}

/** The types of the events of an execution. */
export async function eventTypes(harness: Pick<Harness, 'client'>, executionArn: string): Promise<string[]> {
  return (await history(harness, executionArn)).map((event) => event.type ?? '');
}

/** The token that a function was given. */
export function tokenOf(call: { readonly payload: Json } | undefined): string {
  const { token } = (call?.payload ?? {}) as { token?: string };
  if (token === undefined) throw new Error('The function was given no token.');
  return token;
}
