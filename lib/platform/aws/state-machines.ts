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

/**
 * Step Functions through the SDK; on one machine the same client talks to the local interpreter.
 * @param prefix the ARN of a state machine up to the skill's id.
 */
export function stepFunctionsStateMachines(client: SFNClient, prefix: string): StateMachines {
  const machineArn = (skillId: string) => `${prefix}${skillId}:${STATE_MACHINE_ALIAS}`;
  // An execution's ARN names the machine, never the alias through which it was started.
  const executionArn = (skillId: string, executionId: string) =>
    `${prefix.replace(':stateMachine:', ':execution:')}${skillId}:${executionId}`;

  return {
    async start(skillId, executionId, flow) {
      const input = JSON.stringify(flow);
      try {
        await client.send(
          new StartExecutionCommand({ stateMachineArn: machineArn(skillId), name: executionId, input }),
        );
      } catch (error) {
        // The name is the execution's id, so whoever holds it is this execution.
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },

    async succeedTask(taskToken, flow) {
      try {
        await client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(flow) }));
        return 'accepted';
      } catch (error) {
        if (isGone(error)) return 'gone';
        throw error;
      }
    },

    async describe(skillId, executionId) {
      try {
        const { status } = await client.send(
          new DescribeExecutionCommand({ executionArn: executionArn(skillId, executionId) }),
        );
        return { status: status ?? 'UNKNOWN' };
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return undefined;
        throw error;
      }
    },

    async journey(skillId, executionId) {
      const execution = { executionArn: executionArn(skillId, executionId) };
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
    },
  };
}
