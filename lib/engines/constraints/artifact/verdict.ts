import { dateOfDay } from '../../../core/calendar/local-day.ts';
import type { Analysis, Finding } from '../findings.ts';
import type { Waiver } from '../model.ts';
import type { ArtifactTargets, ArtifactVerdict, ArtifactWaivers } from './document.ts';

function written({ finding, owner, reason, until }: Waiver) {
  return { finding, owner, reason, until: dateOfDay(until) };
}

/** Which waivers say something on a day: each is bound to a finding that there is, and holds before its end. */
export function judgeWaivers(
  waivers: readonly Waiver[],
  findings: readonly Pick<Finding, 'digest'>[],
  day: number,
): ArtifactWaivers {
  const known = new Set<string>(findings.map(({ digest }) => digest));
  const inForce: ArtifactWaivers['inForce'] = [];
  const lapsed: ArtifactWaivers['lapsed'] = [];
  for (const waiver of waivers) {
    if (!known.has(waiver.finding)) lapsed.push({ ...written(waiver), because: 'unmatched' });
    else if (day >= waiver.until) lapsed.push({ ...written(waiver), because: 'expired' });
    else inForce.push(written(waiver));
  }
  return { inForce, lapsed };
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

type Judged = Pick<Analysis, 'unknowns' | 'truncated'> & {
  readonly findings: readonly Pick<Finding, 'code' | 'digest' | 'severity' | 'message'>[];
};

/** Whether a set may be published: no error stands that nobody answers for. */
export function judge(analysis: Judged, waivers: ArtifactWaivers, targets: ArtifactTargets): ArtifactVerdict {
  const waived = new Set<string>(waivers.inForce.map(({ finding }) => finding));
  const open = analysis.findings.filter(({ digest }) => !waived.has(digest));
  const reasons = open
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => ({ code: `finding-${code}`, message }));
  const { truncated, unknowns } = analysis;
  if (truncated.length > 0)
    reasons.push({
      code: 'findings-truncated',
      message: `There are more findings than are listed: ${truncated.join(', ')}. Waivers cannot cover what nobody has seen.`,
    });
  const cautions = open
    .filter(({ severity }) => severity === 'warning')
    .map(({ code, message }) => ({ code: `finding-${code}`, message }));
  if (unknowns.length > 0)
    cautions.push({
      code: 'open-questions',
      message: `${plural(unknowns.length, 'question')} could not be answered: what they ask about is neither found nor excluded.`,
    });
  for (const { finding, owner, until } of waivers.inForce)
    cautions.push({ code: 'waiver-in-force', message: `${owner} answers for ${finding} until ${until}.` });
  for (const { finding, owner, until, because } of waivers.lapsed) {
    const why = because === 'expired' ? `ended on ${until}` : 'is bound to a finding that there is not (any more)';
    cautions.push({ code: `waiver-${because}`, message: `The waiver of ${owner} for ${finding} ${why}.` });
  }
  for (const [name, { fidelity }] of Object.entries(targets))
    if (fidelity !== 'exact')
      cautions.push({
        code: `target-${fidelity}`,
        message:
          fidelity === 'weaker'
            ? `The target ${name} says less than the rules.`
            : `The target ${name} cannot say these rules.`,
      });
  return { publishable: reasons.length === 0, reasons, cautions };
}
