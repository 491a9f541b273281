import type { Digest } from '../../core/digest.ts';
import { composeMail, list, paragraph } from '../../pages/mails/compose.ts';
import type { RenderedMail } from '../../pages/mails/mail.ts';
import type { FlagDuty } from './flag-duty.ts';
import type { Incident } from './incident.ts';

const SUBJECT: Readonly<Record<Incident['kind'], string>> = {
  'candidate-rolled-back': 'A candidate was taken out',
  'baseline-rolled-back': 'An earlier baseline was put back',
  'posture-critical': 'Publishing has stopped',
};

const WHAT_HOLDS: Readonly<Record<Incident['kind'], string>> = {
  'candidate-rolled-back':
    'The baseline runs for every account again. What began on the candidate will not be published.',
  'baseline-rolled-back':
    'The earlier baseline runs for every account. What began on the version before will not be published.',
  'posture-critical':
    'Nothing of this skill is published until the posture is lowered, by hand or by quiet; then held publications resume.',
};

const FLAG: Readonly<Record<FlagDuty['result'], string>> = {
  pending: 'not told yet',
  done: 'told',
  failed: 'could not be told; it will be tried again',
  'not-available': 'not told: no way to administer flags is configured',
};

/** The mail that tells oversight of an incident: references, neither payload nor amounts. */
export function incidentMail(facts: {
  readonly incident: Incident;
  readonly skill: string;
  readonly flag: FlagDuty['result'];
  readonly packet: Digest;
  readonly followUp: { readonly id: string; readonly due: string };
  /** The status page as people open it; absent where they can open none. */
  readonly statusUrl?: string;
}): RenderedMail {
  const { incident, skill, flag, packet, followUp, statusUrl } = facts;
  return composeMail({
    subject: `Incident: ${SUBJECT[incident.kind]} (${skill})`,
    heading: SUBJECT[incident.kind],
    blocks: [
      paragraph(WHAT_HOLDS[incident.kind]),
      {
        block: 'facts',
        rows: [
          ['Skill', skill],
          ['Before', incident.from],
          ['Now', incident.to],
          ['By', incident.by],
          ['Because', incident.because],
          ['Flag server', FLAG[flag]],
          ['Incident packet', packet],
          ['Follow-up', `${followUp.id}, due ${followUp.due}`],
        ],
      },
      ...list(
        'Executions to look at',
        incident.executions.map((executionId) => `/executions/${executionId}/trace`),
      ),
      ...(statusUrl === undefined
        ? []
        : [
            {
              block: 'link' as const,
              label: 'See where things stand',
              url: statusUrl,
              note: 'Opening this link decides nothing.',
            },
          ]),
    ],
    executionId: incident.incidentId,
  });
}
