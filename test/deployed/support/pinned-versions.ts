import { DescribeStateMachineCommand, type SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';

const definition = z.object({
  States: z.record(z.string(), z.object({ Parameters: z.object({ FunctionName: z.string() }).optional() })),
});

/** The function versions that a state machine's current definition pins. */
export async function pinnedBy(client: SFNClient, stateMachineArn: string): Promise<ReadonlySet<string>> {
  const machine = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
  const { States } = definition.parse(JSON.parse(machine.definition ?? '{}'));
  return new Set(Object.values(States).flatMap(({ Parameters }) => Parameters?.FunctionName ?? []));
}
