import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type HistoryEvent,
  InvalidToken,
  paginateGetExecutionHistory,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import type { Journey, StateMachines } from '../state-machines.ts';

/** Every deploy points this alias at the version it published. */
export const STATE_MACHINE_ALIAS = 'live';

/** Nobody waits for the token any more: the wait timed out, its execution ended, or the token is none. */
const isGone = (error: unknown): boolean =>
  error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken;

/** States that the history says were entered, and the one that was not left since. */
function wayOf(events: readonly HistoryEvent[]): Pick<Journey, 'visited' | 'current'> {
  const visited = events.flatMap(({ stateEnteredEventDetails: entered }) => entered?.name ?? []);
  const exits = events.filter(({ stateExitedEventDetails: left }) => left !== undefined).length;
  const ended = events.some(({ type }) => /^Execution(Succeeded|Failed|TimedOut|Aborted)$/.test(type ?? ''));
  const current = ended || exits >= visited.length ? undefined : visited.at(-1);
  return current === undefined ? { visited } : { visited, current };
}

const machineArn = (prefix: string, skillId: string) => `${prefix}${skillId}:${STATE_MACHINE_ALIAS}`;

/** An execution's ARN names the machine, never the alias through which it was started. */
const executionArn = (prefix: string, skillId: string, executionId: string) =>
  `${prefix.replace(':stateMachine:', ':execution:')}${skillId}:${executionId}`;

/** @param prefix the ARN of a state machine up to the skill's id, here and below. */
export function startExecutions(client: SFNClient, prefix: string): StateMachines['start'] {
  return async (skillId, executionId, flow) => {
    const input = JSON.stringify(flow);
    try {
      await client.send(
        new StartExecutionCommand({ stateMachineArn: machineArn(prefix, skillId), name: executionId, input }),
      );
    } catch (error) {
      // The name is the execution's id, so whoever holds it is this execution.
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  };
}

/** Ends the waits of tasks. */
export function signalTasks(client: SFNClient): StateMachines['succeedTask'] {
  return async (taskToken, flow) => {
    try {
      await client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(flow) }));
      return 'accepted';
    } catch (error) {
      if (isGone(error)) return 'gone';
      throw error;
    }
  };
}

/** Asks how executions stand. */
export function describeExecutions(client: SFNClient, prefix: string): StateMachines['describe'] {
  return async (skillId, executionId) => {
    try {
      const { status } = await client.send(
        new DescribeExecutionCommand({ executionArn: executionArn(prefix, skillId, executionId) }),
      );
      return { status: status ?? 'UNKNOWN' };
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return undefined;
      throw error;
    }
  };
}

/** Reads the way of executions, never the data that they carried. */
export function readJourneys(client: SFNClient, prefix: string): StateMachines['journey'] {
  return async (skillId, executionId) => {
    const execution = { executionArn: executionArn(prefix, skillId, executionId) };
    try {
      const machine = await client.send(new DescribeStateMachineForExecutionCommand(execution));
      const events: HistoryEvent[] = [];
      const pages = paginateGetExecutionHistory({ client }, { ...execution, includeExecutionData: false });
      for await (const page of pages) events.push(...(page.events ?? []));
      return { definition: JSON.parse(machine.definition ?? '{}'), ...wayOf(events) };
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return undefined;
      throw error;
    }
  };
}

/** Step Functions through the SDK; on one machine the same client talks to the local interpreter. */
export function stepFunctionsStateMachines(client: SFNClient, prefix: string): StateMachines {
  return {
    start: startExecutions(client, prefix),
    succeedTask: signalTasks(client),
    describe: describeExecutions(client, prefix),
    journey: readJourneys(client, prefix),
  };
}
