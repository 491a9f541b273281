import type { Person } from '../../core/directory/schema.ts';
import { composeMail, list, paragraph } from '../../pages/mails/compose.ts';
import type { OutcomeMail, RenderedMail } from '../../pages/mails/mail.ts';
import { renderMail } from '../../pages/mails/render-mail.ts';
import type { RequestView } from '../../pages/views.ts';
import { readDirectory } from '../configuration/directory-store.ts';
import type { ExecutionRecord, PendingMail } from '../contracts/execution.ts';
import type { PrimaryArtifactBundle } from '../contracts/outputs.ts';
import { log } from '../log.ts';
import { deliverAs } from '../mail/deliver-as.ts';
import { MailNotAccepted } from '../mail/mail-not-accepted.ts';
import { executionLink, executionPage } from '../mail/status-link.ts';
import type { Runtime } from '../runtime.ts';
import { skillNamed } from './context.ts';
import { changeExecution, readExecution } from './execution-store.ts';

/** What a mail about a concluded execution is written from. */
interface Concluded {
  readonly record: ExecutionRecord;
  readonly bundle: PrimaryArtifactBundle;
  readonly requester: Person | undefined;
  readonly request: RequestView;
  readonly nameOf: (personId: string) => string;
}

async function readConcluded(runtime: Runtime, record: ExecutionRecord): Promise<Concluded | undefined> {
  if (record.outputs === undefined) return undefined;
  const [bundle, directory] = await Promise.all([
    runtime.artifacts.get(record.outputs.primaryArtifactBundle) as Promise<PrimaryArtifactBundle>,
    readDirectory(runtime, record.directory),
  ]);
  const requester = directory.person(record.requester.personId);
  const nameOf = (personId: string) => directory.person(personId)?.name ?? personId;
  const terms = bundle.terms as { kind: string; accountName: string; requesterName: string } | undefined;
  const request: RequestView = {
    executionId: record.executionId,
    kind: terms?.kind ?? skillNamed(runtime.skills, record.skill).title,
    accountName: terms?.accountName ?? directory.account(record.accountId)?.name ?? record.accountId,
    requesterName: terms?.requesterName ?? nameOf(record.requester.personId),
  };
  return { record, bundle, requester, request, nameOf };
}

/** The words of those who decided against it; shown to the requester, never in a subject. */
function reasonGiven(bundle: PrimaryArtifactBundle): string | undefined {
  const action = bundle.outcome === 'rejected' ? 'reject' : 'request-changes';
  const words = bundle.approvals.filter((one) => one.action === action).map(({ comment }) => comment);
  return words.length === 0 ? undefined : words.join('\n');
}

function outcomeMail(runtime: Runtime, concluded: Concluded, requester: Person): RenderedMail {
  const { record, bundle, request, nameOf } = concluded;
  const deciders = [...new Set(bundle.approvals.map(({ approver }) => approver))];
  const reason = reasonGiven(bundle);
  const page = executionPage(runtime.settings, record.executionId);
  const hindered = bundle.outcome === 'blocked' || bundle.outcome === 'rolled-back';
  const view: OutcomeMail = {
    mail: 'outcome',
    request,
    outcome: bundle.outcome,
    at: { instant: bundle.concludedAt, timeZone: requester.timeZone },
    by: deciders.map(nameOf),
    ...(reason === undefined ? {} : { reason }),
    problems: hindered
      ? bundle.reasons.map(({ code, message, pointer }) => ({ code, message, pointer, mend: '' }))
      : [],
    ...(page === undefined ? {} : { statusUrl: page }),
  };
  return renderMail(view);
}

function incidentMail(runtime: Runtime, { record, bundle, request }: Concluded): RenderedMail {
  const failed = bundle.gates.filter(({ result }) => result === 'fail').map(({ gate }) => gate);
  return composeMail({
    subject: `Incident: ${record.skill} ended as ${bundle.outcome}`,
    heading: `An execution ended as ${bundle.outcome}`,
    blocks: [
      paragraph('Nothing was published. The incident packet of the execution holds what it takes to look into it.'),
      {
        block: 'facts',
        rows: [
          ['Skill', record.skill],
          ['Account', request.accountName],
          ['Requester', request.requesterName],
          ['Gates that failed', failed.length === 0 ? 'none' : failed.join(', ')],
          ['Incident packet', record.incident ?? 'none'],
        ],
      },
      ...list(
        'Reasons',
        bundle.reasons.map(({ code, message }) => `${code}: ${message}`),
      ),
      executionLink(runtime.settings, record.executionId),
    ],
    executionId: record.executionId,
  });
}

async function deliver(runtime: Runtime, concluded: Concluded, pending: PendingMail): Promise<void> {
  const { executionId } = concluded.record;
  const name = { executionId, mailId: pending.mailId };
  if (pending.kind === 'incident') {
    const mail = { to: runtime.settings.oversightAddress, ...incidentMail(runtime, concluded) };
    await deliverAs(runtime, name, mail);
  } else if (concluded.requester !== undefined) {
    // A requester whom the directory does not know has no registered address, and no other address is ever used.
    const mail = { to: concluded.requester.email, ...outcomeMail(runtime, concluded, concluded.requester) };
    await deliverAs(runtime, name, mail);
  }
}

async function strike(runtime: Runtime, executionId: string, mailId: string): Promise<void> {
  await changeExecution(runtime, executionId, (current) => {
    const left = current.pendingMails.filter((one) => one.mailId !== mailId);
    return left.length === current.pendingMails.length ? undefined : { ...current, pendingMails: left };
  });
}

async function countAttempt(runtime: Runtime, executionId: string, mailId: string): Promise<void> {
  await changeExecution(runtime, executionId, (current) => ({
    ...current,
    pendingMails: current.pendingMails.map((one) =>
      one.mailId === mailId ? { ...one, attempts: one.attempts + 1 } : one,
    ),
  }));
}

/** Sends one mail. What the transport refuses for good is given up: the same mail would be refused for ever. */
async function sendOne(runtime: Runtime, concluded: Concluded, pending: PendingMail): Promise<void> {
  const { executionId } = concluded.record;
  try {
    await deliver(runtime, concluded, pending);
  } catch (error) {
    if (!(error instanceof MailNotAccepted && error.permanent)) {
      await countAttempt(runtime, executionId, pending.mailId);
      throw error;
    }
    log('error', { event: 'mail-refused-for-good', executionId, mailId: pending.mailId });
  }
  await strike(runtime, executionId, pending.mailId);
}

/**
 * Sends the mails that a concluded execution owes. A mail is struck only once the transport has accepted it, so it goes out
 * at least once; its Message-ID is the same every time, so that a repetition can be recognised.
 * @throws MailNotAccepted when a mail could not be handed over; it stays owed, its attempts are counted, and the others were
 * tried all the same.
 * @throws NotFound when there is no such execution.
 */
export async function sendPendingMails(runtime: Runtime, executionId: string): Promise<void> {
  const record = await readExecution(runtime, executionId);
  if (record.pendingMails.length === 0) return;
  const concluded = await readConcluded(runtime, record);
  if (concluded === undefined) return;
  const failures: unknown[] = [];
  for (const pending of record.pendingMails)
    await sendOne(runtime, concluded, pending).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
