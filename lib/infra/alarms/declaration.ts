import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Place } from '../place.ts';
import type { AlarmOverrides } from './overrides.ts';
import type { Severity } from './settings.ts';

/** What alarms look at, unless they say otherwise. */
export const PERIOD = Duration.minutes(5);

/** One alarm. */
export interface AlarmDeclaration {
  /** What the runbook, the settings and the alarm's own name call it. */
  readonly id: string;
  readonly severity: Severity;
  readonly says: string;
  readonly metric: IMetric;
  /** Rings when the metric reaches this in each of its periods. */
  readonly from?: number;
  /** Rings when the metric is below this in each of its periods: for what ought to happen, and did not. */
  readonly below?: number;
  /** How many periods in a row; one where nothing is said. */
  readonly periods?: number;
  /** What silence means: nothing by default, for most metrics are written only when something happens. */
  readonly whenSilent?: TreatMissingData;
}

/** Where alarms ring, and what the environment changed about them. */
export interface AlarmsProps {
  readonly place: Place;
  readonly overrides: AlarmOverrides;
  /** The skill whose alarms these are; its id is part of their names. */
  readonly skillId?: string;
}

/** Makes alarms of their declarations, as the environment wants them; those that it switched off are left out. */
export function addAlarms(scope: Construct, props: AlarmsProps, declarations: readonly AlarmDeclaration[]): void {
  const { place, overrides, skillId } = props;
  const topics = {
    page: Topic.fromTopicArn(scope, 'Pages', place.alarmTopics.page.arn),
    ticket: Topic.fromTopicArn(scope, 'Tickets', place.alarmTopics.ticket.arn),
  };
  for (const declared of declarations) {
    const { id, says, metric, from, below, whenSilent } = declared;
    const name = skillId === undefined ? id : `${skillId}-${id}`;
    const { off, threshold, periods, severity = declared.severity } = overrides.of(id, skillId);
    if (off !== undefined) continue;
    const alarm = new Alarm(scope, `${id}Alarm`, {
      alarmName: `${place.prefix}-${name}`,
      // Who reads the mail of an alarm sees its description first.
      alarmDescription: `[${severity}] ${says}`,
      metric,
      threshold: threshold ?? from ?? below ?? 1,
      evaluationPeriods: periods ?? declared.periods ?? 1,
      comparisonOperator:
        below === undefined
          ? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
          : ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: whenSilent ?? TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topics[severity]));
  }
}
