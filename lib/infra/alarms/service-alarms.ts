import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Api } from '../api.ts';
import type { Place } from '../place.ts';
import { type AlarmDeclaration, PERIOD } from './declaration.ts';

/** What DynamoDB measures of the table. */
export function onTable(metricName: string, { tableName }: Place): Metric {
  const dimensionsMap = { TableName: tableName };
  return new Metric({ namespace: 'AWS/DynamoDB', metricName, dimensionsMap, statistic: 'Sum', period: PERIOD });
}

/** How much of what this environment mails comes back, between 0 and 1. */
export function mailRate(metricName: 'Reputation.BounceRate' | 'Reputation.ComplaintRate', place: Place): Metric {
  return new Metric({
    namespace: 'AWS/SES',
    metricName,
    dimensionsMap: { 'ses:configuration-set': place.mailConfigurationSetName },
    statistic: 'Maximum',
    period: PERIOD,
  });
}

export interface ServiceAlarmsProps {
  readonly place: Place;
  readonly api: Api;
  readonly undelivered: Queue;
}

/** Alarms on the services that everything runs on: the API, the table, the queue of what could not be delivered, mail. */
export function serviceAlarms({ place, api, undelivered }: ServiceAlarmsProps): readonly AlarmDeclaration[] {
  return [
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
      metric: onTable('ReadThrottleEvents', place),
      from: 1,
    },
    {
      id: 'TableWriteThrottles',
      severity: 'ticket',
      says: 'DynamoDB throttled writes.',
      metric: onTable('WriteThrottleEvents', place),
      from: 1,
    },
    {
      id: 'Undelivered',
      severity: 'ticket',
      says: 'A scheduled run failed or could not be delivered; the queue holds it.',
      metric: undelivered.metricApproximateNumberOfMessagesVisible({ period: PERIOD }),
      from: 1,
    },
    {
      id: 'MailBounceRate',
      severity: 'page',
      says: 'Three of a hundred mails bounce. At five SES puts the account under review, at ten it may stop all mail.',
      metric: mailRate('Reputation.BounceRate', place),
      from: 0.03,
    },
    {
      id: 'MailComplaintRate',
      severity: 'page',
      says: 'One of two thousand mails is marked as spam. At one of a thousand SES puts the account under review.',
      metric: mailRate('Reputation.ComplaintRate', place),
      from: 0.0005,
    },
  ];
}
