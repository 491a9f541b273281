import { epochMilliseconds } from '../core/instant.ts';
import type { Outcome, Posture } from './contracts/outcome.ts';
import { writeLine } from './log.ts';
import type { Runtime } from './runtime.ts';

/** The CloudWatch namespace of everything that Countersign measures itself. */
export const METRIC_NAMESPACE = 'Countersign';

/** What is measured of an environment, and in what unit. Alarms name these. */
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
  /** How long ago the execution ended that has waited longest for the signed statement about its end; 0 when none is owed. */
  StatementOverdue: 'Seconds',
  /** Things that the sweeper could not finish. */
  SweepFailures: 'Count',
} as const;
export type MetricName = keyof typeof METRICS;

/** What is measured of each environment for the dashboard alone. */
export const DASHBOARD_METRICS = {
  /** Executions that wait for people. */
  WaitingApprovals: 'Count',
  /** How long the execution has waited that has waited longest; 0 when none waits. */
  OldestWait: 'Seconds',
} as const;
export type DashboardMetricName = keyof typeof DASHBOARD_METRICS;

/** What is measured of each skill. */
export const SKILL_METRICS = {
  /** The posture: 0 normal, 1 elevated, 2 critical. */
  Posture: 'None',
  /** Executions that ended, by outcome (dimension `Outcome`). */
  Ended: 'Count',
} as const;
export type SkillMetricName = keyof typeof SKILL_METRICS;

/** Postures as figures, for alarms and graphs. */
export const POSTURE_LEVELS: { readonly [name in Posture]: number } = { normal: 0, elevated: 1, critical: 2 };

type Ports = Pick<Runtime, 'clock' | 'settings'>;
type Unit = 'Seconds' | 'Count' | 'None';

/**
 * Writes figures as one log line in CloudWatch's embedded metric format, from which CloudWatch makes metrics without a call.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
function write(
  { clock, settings }: Ports,
  event: string,
  dimensions: { readonly [name: string]: string },
  figures: readonly { readonly name: string; readonly unit: Unit; readonly value: number }[],
): void {
  const all = { Environment: settings.environment, ...dimensions };
  writeLine({
    _aws: {
      Timestamp: epochMilliseconds(clock.now()),
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [Object.keys(all)],
          Metrics: figures.map(({ name, unit }) => ({ Name: name, Unit: unit })),
        },
      ],
    },
    level: 'info',
    event,
    ...all,
    ...Object.fromEntries(figures.map(({ name, value }) => [name, value])),
  });
}

/** Writes figures of the environment; what is not known is left out. */
export function measure(ports: Ports, values: { readonly [Name in MetricName | DashboardMetricName]?: number }): void {
  const units: { readonly [name: string]: Unit } = { ...METRICS, ...DASHBOARD_METRICS };
  const figures = Object.entries(values).flatMap(([name, value]) => {
    const unit = units[name];
    return unit === undefined ? [] : [{ name, unit, value }];
  });
  write(ports, 'measured', {}, figures);
}

/** Writes where a skill stands. */
export function measurePosture(ports: Ports, skill: string, posture: Posture): void {
  write(ports, 'skill-measured', { Skill: skill }, [
    { name: 'Posture', unit: SKILL_METRICS.Posture, value: POSTURE_LEVELS[posture] },
  ]);
}

/** Writes how many executions of a skill ended with an outcome. */
export function measureEnded(ports: Ports, skill: string, outcome: Outcome, count: number): void {
  write(ports, 'skill-measured', { Skill: skill, Outcome: outcome }, [
    { name: 'Ended', unit: SKILL_METRICS.Ended, value: count },
  ]);
}
