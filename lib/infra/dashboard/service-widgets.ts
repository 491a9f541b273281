import { GraphWidget, type IWidget, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { PERIOD } from '../alarms/declaration.ts';
import { measured } from '../alarms/measured.ts';
import { mailRate, onTable } from '../alarms/service-alarms.ts';
import type { Api } from '../api.ts';
import type { Place } from '../place.ts';

/** All functions of this account and region together: what is throttled is the account's concurrency. */
function allFunctions(metricName: string, label: string): Metric {
  return new Metric({ namespace: 'AWS/Lambda', metricName, statistic: 'Sum', period: PERIOD, label });
}

/** The API's answers and latency, what was throttled, and what could not be delivered. */
export function serviceWidgets(props: {
  readonly place: Place;
  readonly api: Api;
  readonly undelivered: Queue;
}): IWidget[] {
  const { place, api, undelivered } = props;
  const { restApi } = api;
  const latency = (statistic: string) => restApi.metricLatency({ period: PERIOD, statistic, label: statistic });
  return [
    new GraphWidget({
      title: 'API: answers',
      left: [
        restApi.metricCount({ period: PERIOD, label: 'requests' }),
        restApi.metricClientError({ period: PERIOD, label: '4xx' }),
        restApi.metricServerError({ period: PERIOD, label: '5xx' }),
      ],
      width: 6,
    }),
    new GraphWidget({ title: 'API: latency, milliseconds', left: ['p50', 'p95', 'p99'].map(latency), width: 6 }),
    new GraphWidget({
      title: 'Throttled',
      left: [
        allFunctions('Throttles', 'Lambda, whole account'),
        onTable('ReadThrottleEvents', place).with({ label: 'table, reads' }),
        onTable('WriteThrottleEvents', place).with({ label: 'table, writes' }),
        blockedByFirewall(`${place.prefix}-approval-rate`, place).with({ label: 'firewall, approval pages' }),
      ],
      width: 6,
    }),
    new GraphWidget({
      title: 'Could not be delivered',
      left: [undelivered.metricApproximateNumberOfMessagesVisible({ period: PERIOD, label: 'in the queue' })],
      width: 6,
    }),
  ];
}

/** Requests that a rule of the firewall blocked, by the name under which the rule is measured. */
function blockedByFirewall(rule: string, { prefix, region }: Place): Metric {
  return new Metric({
    namespace: 'AWS/WAFV2',
    metricName: 'BlockedRequests',
    dimensionsMap: { WebACL: prefix, Rule: rule, Region: region },
    statistic: 'Sum',
    period: PERIOD,
  });
}

/** What became of mail. */
export function mailWidgets(environment: string, place: Place): IWidget[] {
  return [
    new GraphWidget({
      title: 'Mail that came back, of one',
      left: [
        mailRate('Reputation.BounceRate', place).with({ label: 'bounced' }),
        mailRate('Reputation.ComplaintRate', place).with({ label: 'marked as spam' }),
      ],
      width: 12,
    }),
    new GraphWidget({
      title: 'Mails that never reached their readers',
      left: [measured(environment, 'MailsGivenUp', 'Sum').with({ label: 'given up' })],
      width: 12,
    }),
  ];
}
