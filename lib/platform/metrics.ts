import { epochMilliseconds } from '../core/instant.ts';
import { writeLine } from './log.ts';
import type { Runtime } from './runtime.ts';

/** The CloudWatch namespace of everything that Countersign measures itself. */
export const METRIC_NAMESPACE = 'Countersign';

/** What is measured, and in what unit. Alarms name these. */
export const METRICS = {
  /** How long the deadline of the longest overdue approval has passed; 0 when none is overdue. */
  OverdueApproval: 'Seconds',
  /** Waits that go on though nothing will end them, and that could not be repaired. */
  StuckWaits: 'Count',
  /** Executions whose state machine had ended without them: ended by the sweeper, with evidence. */
  Reconciled: 'Count',
  /** Executions that ended as `rolled-back`. */
  RolledBack: 'Count',
  /** Age of the flag snapshot that decisions are made from; without one, no value. */
  FlagSnapshotAge: 'Seconds',
  /** Mails that never reached their reader: refused, bounced, complained about. */
  MailsGivenUp: 'Count',
  /** Things that the sweeper could not finish. */
  SweepFailures: 'Count',
} as const;
export type MetricName = keyof typeof METRICS;

/**
 * Writes figures as one log line in CloudWatch's embedded metric format, from which CloudWatch makes metrics without a call.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function measure(
  { clock, settings }: Pick<Runtime, 'clock' | 'settings'>,
  values: { readonly [Name in MetricName]?: number },
): void {
  const names = (Object.keys(values) as MetricName[]).filter((name) => values[name] !== undefined);
  writeLine({
    _aws: {
      Timestamp: epochMilliseconds(clock.now()),
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [['Environment']],
          Metrics: names.map((name) => ({ Name: name, Unit: METRICS[name] })),
        },
      ],
    },
    level: 'info',
    event: 'measured',
    Environment: settings.environment,
    ...Object.fromEntries(names.map((name) => [name, values[name]])),
  });
}
