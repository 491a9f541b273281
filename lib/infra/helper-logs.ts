import { type CfnResource, CustomResourceProviderBase, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Environment } from './environments.ts';

/**
 * Gives the functions that CDK brings along (they empty buckets, and run what a deployment begins with) log groups of the stack,
 * kept as long as all other logs and gone with the stack. Otherwise Lambda makes a group when such a function first runs, which
 * is kept for ever and outlives the stack. Call it last: it sees what the stack has by then.
 */
export function addHelperLogs(stack: Stack, { settings }: Environment): void {
  for (const provider of stack.node.children.filter((child) => child instanceof CustomResourceProviderBase)) {
    const logGroup = new LogGroup(provider, 'Logs', {
      retention: settings.retention.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const handler = provider.node.findChild('Handler') as CfnResource;
    handler.addPropertyOverride('LoggingConfig', { LogGroup: logGroup.logGroupName });
  }
}
