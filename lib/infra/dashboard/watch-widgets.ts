import { GraphWidget, type IWidget, SingleValueWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { STALE_FLAGS_SECONDS } from '../../platform/flags/snapshot-age.ts';
import { measured } from '../alarms/measured.ts';
import type { Environment } from '../environments.ts';

/** What this is, and which alarms the environment goes without. */
export function headline({ name, settings }: Environment): IWidget {
  const off = Object.entries(settings.alarms.overrides ?? {}).flatMap(([alarm, { off: reason }]) =>
    reason === undefined ? [] : [`- \`${alarm}\` is off: ${reason}`],
  );
  const markdown = [`# Countersign ${name}`, 'Each alarm has a section in `docs/runbook.md`.', ...off].join('\n');
  return new TextWidget({ markdown, width: 24, height: 2 + off.length });
}

/** What waits for people, what is overdue, what went wrong, and how old the flags are. */
export function watchWidgets(environment: string): IWidget[] {
  return [
    new SingleValueWidget({
      title: 'Waiting for people',
      metrics: [
        measured(environment, 'WaitingApprovals', 'Maximum').with({ label: 'executions' }),
        measured(environment, 'OldestWait', 'Maximum').with({ label: 'oldest, seconds' }),
      ],
      width: 6,
    }),
    new GraphWidget({
      title: 'Past due, seconds',
      left: [
        measured(environment, 'OverdueApproval', 'Maximum').with({ label: 'approval' }),
        measured(environment, 'StatementOverdue', 'Maximum').with({ label: 'signed statement' }),
      ],
      width: 6,
    }),
    new GraphWidget({
      title: 'Put right by the sweeper, or not',
      left: [
        measured(environment, 'RolledBack', 'Sum').with({ label: 'rolled back' }),
        measured(environment, 'Reconciled', 'Sum').with({ label: 'reconciled' }),
        measured(environment, 'StuckWaits', 'Maximum').with({ label: 'stuck' }),
        measured(environment, 'SweepFailures', 'Sum').with({ label: 'sweep failures' }),
      ],
      width: 6,
    }),
    new GraphWidget({
      title: 'Age of the flags, seconds',
      left: [measured(environment, 'FlagSnapshotAge', 'Maximum').with({ label: 'snapshot' })],
      leftAnnotations: [{ value: STALE_FLAGS_SECONDS, label: 'stale' }],
      width: 6,
    }),
  ];
}
