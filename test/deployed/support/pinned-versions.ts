import {
  DescribeStateMachineCommand,
  type HistoryEvent,
  paginateGetExecutionHistory,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';

const definition = z.object({
  States: z.record(z.string(), z.object({ Parameters: z.object({ FunctionName: z.string() }).optional() })),
});
const parameters = z.object({ FunctionName: z.string() });

/** The function versions that a state machine's current definition pins. */
export async function pinnedBy(client: SFNClient, stateMachineArn: string): Promise<ReadonlySet<string>> {
  const machine = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
  const { States } = definition.parse(JSON.parse(machine.definition ?? '{}'));
  return new Set(Object.values(States).flatMap(({ Parameters }) => Parameters?.FunctionName ?? []));
}

/** The function versions that the tasks of an execution have run on, by its history. */
export async function ranOn(client: SFNClient, executionArn: string): Promise<ReadonlySet<string>> {
  const events: HistoryEvent[] = [];
  for await (const page of paginateGetExecutionHistory({ client }, { executionArn }))
    events.push(...(page.events ?? []));
  return new Set(
    events.flatMap(({ taskScheduledEventDetails: task }) =>
      task?.parameters === undefined ? [] : parameters.parse(JSON.parse(task.parameters)).FunctionName,
    ),
  );
}
