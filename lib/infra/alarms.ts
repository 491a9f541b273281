import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Api } from './api.ts';
import type { CountersignFunction } from './countersign-function.ts';
import type { Environment } from './environments.ts';
import { pascal } from './names.ts';
import type { Place } from './place.ts';
import type { SkillConstruct } from './skill-construct.ts';

const PERIOD = Duration.minutes(5);

interface AlarmDeclaration {
  readonly id: string;
  readonly says: string;
  readonly metric: IMetric;
  /** Rings when the metric reaches this within five minutes. */
  readonly from: number;
}

function addAlarms(scope: Construct, topic: ITopic, declarations: readonly AlarmDeclaration[]): void {
  for (const { id, says, metric, from } of declarations) {
    const alarm = new Alarm(scope, `${id}Alarm`, {
      alarmDescription: says,
      metric,
      threshold: from,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topic));
  }
}

/** Alarms on one skill: executions that end in a fault, are throttled, or that Step Functions gave up. */
export function addSkillAlarms(scope: Construct, skill: SkillConstruct, place: Place): void {
  const machine = skill.stateMachine;
  addAlarms(scope, Topic.fromTopicArn(scope, 'Alarms', place.alarmTopicArn), [
    {
      id: 'Failed',
      says: 'An execution ended in a fault. Its incident packet says why; the runbook says what to do.',
      metric: machine.metricFailed({ period: PERIOD }),
      from: 1,
    },
    {
      id: 'Aborted',
      says: 'Somebody aborted an execution by hand: its record still waits.',
      metric: machine.metricAborted({ period: PERIOD }),
      from: 1,
    },
    {
      id: 'Throttled',
      says: 'Step Functions throttled state transitions.',
      metric: machine.metricThrottled({ period: PERIOD }),
      from: 1,
    },
  ]);
}

export interface PlatformAlarmsProps {
  readonly environment: Environment;
  readonly place: Place;
  readonly api: Api;
  readonly functions: readonly CountersignFunction[];
  readonly undelivered: Queue;
}

/** The topic that all alarms ring, and the alarms on what serves all skills. */
export function addPlatformAlarms(scope: Construct, props: PlatformAlarmsProps): Topic {
  const { environment, place, api, functions, undelivered } = props;
  const topic = new Topic(scope, 'Alarms', {
    topicName: place.alarmTopicName,
    displayName: `Countersign ${environment.name}`,
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
  if (environment.settings.alarmAddress !== undefined)
    topic.addSubscription(new EmailSubscription(environment.settings.alarmAddress));

  const onTable = (metricName: string) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: place.tableName },
      statistic: 'Sum',
      period: PERIOD,
    });
  addAlarms(scope, topic, [
    {
      id: 'ApiServerErrors',
      says: 'The API answered with server errors.',
      metric: api.restApi.metricServerError({ period: PERIOD }),
      from: 5,
    },
    {
      id: 'TableReadThrottles',
      says: 'DynamoDB throttled reads.',
      metric: onTable('ReadThrottleEvents'),
      from: 1,
    },
    {
      id: 'TableWriteThrottles',
      says: 'DynamoDB throttled writes.',
      metric: onTable('WriteThrottleEvents'),
      from: 1,
    },
    {
      id: 'Undelivered',
      says: 'A scheduled run failed or could not be delivered; the queue holds it.',
      metric: undelivered.metricApproximateNumberOfMessagesVisible({ period: PERIOD }),
      from: 1,
    },
    ...functions.flatMap(({ declaration, lambda }): AlarmDeclaration[] => {
      const id = pascal(declaration.name);
      return [
        ...(declaration.everyMinutes === undefined
          ? []
          : [
              {
                id: `${id}Errors`,
                says: `${declaration.name} failed several times in a row.`,
                metric: lambda.metricErrors({ period: PERIOD }),
                from: 3,
              },
            ]),
        {
          id: `${id}Throttles`,
          says: `Lambda throttled ${declaration.name}.`,
          metric: lambda.metricThrottles({ period: PERIOD }),
          from: 1,
        },
      ];
    }),
  ]);
  return topic;
}
