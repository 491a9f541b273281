import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type DashboardMetricName,
  METRIC_NAMESPACE,
  type MetricName,
  type SkillMetricName,
} from '../../platform/metrics.ts';
import { PERIOD } from './declaration.ts';

type Statistic = 'Maximum' | 'Sum';

/** A figure that Countersign writes for a whole environment. */
export function measured(
  environment: string,
  metricName: MetricName | DashboardMetricName,
  statistic: Statistic,
): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { Environment: environment },
    statistic,
    period: PERIOD,
  });
}

/** A figure that Countersign writes for one skill; some are told apart further, such as ends by their outcome. */
export function measuredOfSkill(
  environment: string,
  skill: string,
  metricName: SkillMetricName,
  statistic: Statistic,
  further: { readonly [dimension: string]: string } = {},
): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { Environment: environment, Skill: skill, ...further },
    statistic,
    period: PERIOD,
  });
}
