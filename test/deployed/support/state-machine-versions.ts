import {
  CreateStateMachineAliasCommand,
  DescribeStateMachineCommand,
  ListStateMachineAliasesCommand,
  PublishStateMachineVersionCommand,
  type SFNClient,
  UpdateStateMachineAliasCommand,
} from '@aws-sdk/client-sfn';
import { LIVE_ALIAS } from '../../../lib/infra/names.ts';

/**
 * Does to a state machine what its two resources in the template would: publishes the revision as a version (the API answers
 * the existing one for a revision that was published before), keeps every older version, and points the alias to it.
 * @returns the version's ARN.
 */
export async function publishLive(client: SFNClient, stateMachineArn: string): Promise<string> {
  const { revisionId } = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
  const { stateMachineVersionArn = '' } = await client.send(
    new PublishStateMachineVersionCommand({ stateMachineArn, ...(revisionId === undefined ? {} : { revisionId }) }),
  );
  const routingConfiguration = [{ stateMachineVersionArn, weight: 100 }];
  const { stateMachineAliases = [] } = await client.send(new ListStateMachineAliasesCommand({ stateMachineArn }));
  const existing = stateMachineAliases.find(({ stateMachineAliasArn }) =>
    stateMachineAliasArn?.endsWith(`:${LIVE_ALIAS}`),
  )?.stateMachineAliasArn;
  if (existing === undefined)
    await client.send(new CreateStateMachineAliasCommand({ name: LIVE_ALIAS, routingConfiguration }));
  else await client.send(new UpdateStateMachineAliasCommand({ stateMachineAliasArn: existing, routingConfiguration }));
  return stateMachineVersionArn;
}
