import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { STALE_FLAGS_SECONDS } from '../../platform/flags/snapshot-age.ts';
import type { AlarmDeclaration } from './declaration.ts';
import { measured } from './measured.ts';

/** How far past its deadline an approval may be before somebody is woken: Escalate takes seconds. */
const OVERDUE_SECONDS = 30 * 60;

/** How long a statement may be owed before somebody looks: the sweeper tries again each minute. */
const STATEMENT_SECONDS = 60 * 60;

/** Alarms on what the sweeper measures each minute. */
export function watchAlarms(environment: string): readonly AlarmDeclaration[] {
  return [
    {
      id: 'OverdueApproval',
      severity: 'page',
      says: 'An approval is half an hour past its deadline and has neither escalated nor expired.',
      metric: measured(environment, 'OverdueApproval', 'Maximum'),
      from: OVERDUE_SECONDS,
      // The sweeper writes it each minute: silence means that nobody looks after anything.
      whenSilent: TreatMissingData.BREACHING,
    },
    {
      id: 'StuckWaits',
      severity: 'page',
      says: 'Something waits that nothing will end, and the sweeper could not repair it.',
      metric: measured(environment, 'StuckWaits', 'Maximum'),
      from: 1,
    },
    {
      id: 'Reconciled',
      severity: 'ticket',
      says: 'The sweeper ended executions whose state machine had ended without them; each has an incident packet.',
      metric: measured(environment, 'Reconciled', 'Sum'),
      from: 1,
    },
    {
      id: 'RolledBack',
      severity: 'ticket',
      says: 'Executions ended as rolled-back; their incident packets say why.',
      metric: measured(environment, 'RolledBack', 'Sum'),
      from: 1,
    },
    {
      id: 'FlagSnapshotAge',
      severity: 'ticket',
      says: 'Flags were not synced for a quarter of an hour: executions go on with the last good ones.',
      metric: measured(environment, 'FlagSnapshotAge', 'Maximum'),
      from: STALE_FLAGS_SECONDS,
    },
    {
      id: 'MailsGivenUp',
      severity: 'ticket',
      says: 'Mails never reached their readers; oversight was told which.',
      metric: measured(environment, 'MailsGivenUp', 'Sum'),
      from: 1,
    },
    {
      id: 'StatementOverdue',
      severity: 'ticket',
      says: 'An execution ended an hour ago, and the signed statement about its end is still owed.',
      metric: measured(environment, 'StatementOverdue', 'Maximum'),
      from: STATEMENT_SECONDS,
    },
    {
      id: 'SweepFailures',
      severity: 'ticket',
      says: 'The sweeper could not finish some of its work for minutes; its log says what.',
      metric: measured(environment, 'SweepFailures', 'Sum'),
      from: 5,
    },
  ];
}
