import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { STALE_FLAGS_SECONDS } from '../platform/flags/snapshot-age.ts';
import { METRIC_NAMESPACE, type MetricName } from '../platform/metrics.ts';
import type { Api } from './api.ts';
import type { CountersignFunction } from './countersign-function.ts';
import type { Environment } from './environments.ts';
import { pascal } from './names.ts';
import type { Place } from './place.ts';
import type { SkillConstruct } from './skill-construct.ts';

const PERIOD = Duration.minutes(5);

/** `page`: somebody looks at once. `ticket`: somebody looks within a working day. */
type Severity = 'page' | 'ticket';

interface AlarmDeclaration {
  readonly id: string;
  readonly severity: Severity;
  readonly says: string;
  readonly metric: IMetric;
  /** Rings when the metric reaches this within five minutes. */
  readonly from: number;
  /** What silence means: nothing by default, for most metrics are written only when something happens. */
  readonly whenSilent?: TreatMissingData;
}

function addAlarms(scope: Construct, topic: ITopic, declarations: readonly AlarmDeclaration[]): void {
  for (const { id, severity, says, metric, from, whenSilent } of declarations) {
    const alarm = new Alarm(scope, `${id}Alarm`, {
      // Who reads the mail of an alarm sees its description first.
      alarmDescription: `[${severity}] ${says}`,
      metric,
      threshold: from,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: whenSilent ?? TreatMissingData.NOT_BREACHING,
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
      severity: 'ticket',
      says: 'An execution ended in a fault. Its incident packet says why; the runbook says what to do.',
      metric: machine.metricFailed({ period: PERIOD }),
      from: 1,
    },
    {
      id: 'Aborted',
      severity: 'ticket',
      says: 'Somebody aborted an execution by hand: the sweeper ends its record within half an hour.',
      metric: machine.metricAborted({ period: PERIOD }),
      from: 1,
    },
    {
      id: 'Throttled',
      severity: 'ticket',
      says: 'Step Functions throttled state transitions.',
      metric: machine.metricThrottled({ period: PERIOD }),
      from: 1,
    },
  ]);
}

/** How far past its deadline an approval may be before somebody is woken: Escalate takes seconds. */
const OVERDUE_SECONDS = 30 * 60;

/** Alarms on what the sweeper measures each minute. */
function watchAlarms(environment: Environment): readonly AlarmDeclaration[] {
  const measured = (metricName: MetricName, statistic: 'Maximum' | 'Sum') =>
    new Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { Environment: environment.name },
      statistic,
      period: PERIOD,
    });
  return [
    {
      id: 'OverdueApproval',
      severity: 'page',
      says: 'An approval is half an hour past its deadline and has neither escalated nor expired.',
      metric: measured('OverdueApproval', 'Maximum'),
      from: OVERDUE_SECONDS,
      // The sweeper writes it each minute: silence means that nobody looks after anything.
      whenSilent: TreatMissingData.BREACHING,
    },
    {
      id: 'StuckWaits',
      severity: 'page',
      says: 'Something waits that nothing will end, and the sweeper could not repair it.',
      metric: measured('StuckWaits', 'Maximum'),
      from: 1,
    },
    {
      id: 'Reconciled',
      severity: 'ticket',
      says: 'The sweeper ended executions whose state machine had ended without them; each has an incident packet.',
      metric: measured('Reconciled', 'Sum'),
      from: 1,
    },
    {
      id: 'RolledBack',
      severity: 'ticket',
      says: 'Executions ended as rolled-back; their incident packets say why.',
      metric: measured('RolledBack', 'Sum'),
      from: 1,
    },
    {
      id: 'FlagSnapshotAge',
      severity: 'ticket',
      says: 'Flags were not synced for a quarter of an hour: executions go on with the last good ones.',
      metric: measured('FlagSnapshotAge', 'Maximum'),
      from: STALE_FLAGS_SECONDS,
    },
    {
      id: 'MailsGivenUp',
      severity: 'ticket',
      says: 'Mails never reached their readers; oversight was told which.',
      metric: measured('MailsGivenUp', 'Sum'),
      from: 1,
    },
    {
      id: 'SweepFailures',
      severity: 'ticket',
      says: 'The sweeper could not finish some of its work for minutes; its log says what.',
      metric: measured('SweepFailures', 'Sum'),
      from: 5,
    },
  ];
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
      severity: 'page',
      says: 'The API answered with server errors.',
      metric: api.restApi.metricServerError({ period: PERIOD }),
      from: 5,
    },
    {
      id: 'TableReadThrottles',
      severity: 'ticket',
      says: 'DynamoDB throttled reads.',
      metric: onTable('ReadThrottleEvents'),
      from: 1,
    },
    {
      id: 'TableWriteThrottles',
      severity: 'ticket',
      says: 'DynamoDB throttled writes.',
      metric: onTable('WriteThrottleEvents'),
      from: 1,
    },
    {
      id: 'Undelivered',
      severity: 'ticket',
      says: 'A scheduled run failed or could not be delivered; the queue holds it.',
      metric: undelivered.metricApproximateNumberOfMessagesVisible({ period: PERIOD }),
      from: 1,
    },
    ...watchAlarms(environment),
    ...functions.flatMap(({ declaration, lambda }): AlarmDeclaration[] => {
      const id = pascal(declaration.name);
      return [
        ...(declaration.everyMinutes === undefined
          ? []
          : [
              {
                id: `${id}Errors`,
                severity: 'page' as const,
                says: `${declaration.name} failed as often as it may.`,
                metric: lambda.metricErrors({ period: PERIOD }),
                // What runs each minute may miss a turn; what runs more rarely may not.
                from: declaration.everyMinutes === 1 ? 3 : 1,
              },
            ]),
        {
          id: `${id}Throttles`,
          severity: 'ticket',
          says: `Lambda throttled ${declaration.name}.`,
          metric: lambda.metricThrottles({ period: PERIOD }),
          from: 1,
        },
      ];
    }),
  ]);
  return topic;
}
