import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Environment } from '../environments.ts';
import type { Place } from '../place.ts';

/** The topics that alarms ring: one for what somebody must look at at once, one for what has time until the next working day. */
export function addAlarmTopics(scope: Construct, { name, settings }: Environment, place: Place): void {
  const { pageAddress, ticketAddress } = settings.alarms;
  for (const [id, kind, address] of [
    ['PageTopic', 'page', pageAddress],
    ['TicketTopic', 'ticket', ticketAddress],
  ] as const) {
    const topic = new Topic(scope, id, {
      topicName: place.alarmTopics[kind].name,
      displayName: `Countersign ${name} ${kind}s`,
      enforceSSL: true,
    });
    // A topic with a policy of its own has lost the default one, under which alarms may publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowAlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
      }),
    );
    if (address !== undefined) topic.addSubscription(new EmailSubscription(address));
  }
}
