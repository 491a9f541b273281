import { canonicalJson } from '../../core/digest.ts';
import { loadDirectory } from '../../core/directory/load.ts';
import { documentOf, recordIn, referencesIn } from '../evidence/finding.ts';
import { type EvidencePacket, evidencePacket } from '../evidence/packet-schema.ts';
import { verifyEvidence } from '../evidence/verify.ts';
import { attempt } from '../executions/attempt.ts';
import { parseStoredRequest } from '../executions/context.ts';
import { engineVersions } from '../executions/engine-versions.ts';
import { firstDifference } from '../executions/first-difference.ts';
import { failures as failuresOf, reasonsOf } from '../executions/gates.ts';
import { handedOverIn, runSkill } from '../executions/run-skill.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import type { SuiteFailure, SuiteFindings } from './suite.ts';

/** A recorded execution: its evidence packet, and the file that holds it. */
export interface Recording {
  readonly name: string;
  readonly packet: unknown;
}

/** The execution once more, from the documents in its packet alone. @returns what differs, or `undefined`. */
async function replayProblem(skill: AnySkill, packet: EvidencePacket): Promise<string | undefined> {
  const { record } = packet;
  const recorded = documentOf(packet, 'result');
  const request = parseStoredRequest(documentOf(packet, 'request'));
  const computed = await attempt(() =>
    runSkill(skill, {
      input: request.input,
      configuration: documentOf(packet, 'configuration'),
      directory: loadDirectory(documentOf(packet, 'directory')),
      requester: record.requester,
      instant: record.instant,
      references: referencesIn(packet),
      ...handedOverIn(request),
    }),
  );
  const { countersign, skill: version, timeZoneData } = record.engine;
  const made = `recorded with Countersign ${countersign}, skill ${version}, time zones ${timeZoneData}`;
  const differs = (what: string, before: unknown, now: unknown): string | undefined => {
    if (canonicalJson(before) === canonicalJson(now)) return undefined;
    return `The ${what} is not the recorded one, first at "${firstDifference(before, now) ?? ''}" (${made}).`;
  };
  if (recorded !== undefined) {
    if (!computed.ok) return `It is refused (${computed.error.message}), and came to a result when it was ${made}.`;
    return differs('result', recorded, computed.value);
  }
  // An input that the engine refused has no result: the reasons that blocked it stand in its place.
  if (computed.ok) return `It comes to a result, and was refused when it was ${made}.`;
  return differs('refusal', failuresOf(recordIn(packet).gates), reasonsOf(computed.error));
}

async function problemOf(skills: readonly AnySkill[], packet: EvidencePacket): Promise<string | undefined> {
  const skill = skills.find(({ name }) => name === packet.record.skill);
  if (skill === undefined) return `The skill ${packet.record.skill} is not known here.`;
  const report = await verifyEvidence(packet, { skills, versions: engineVersions });
  // A recording without its statement is incomplete evidence, and as good a recording as any.
  if (report.firstFailure !== undefined) return `${report.firstFailure.check}: ${report.firstFailure.detail}`;
  try {
    return await replayProblem(skill, packet);
  } catch (error) {
    return error instanceof Error ? error.message : 'an unknown error';
  }
}

/**
 * Replays recorded executions and compares the results byte for byte. Other versions than those of the recording are no
 * excuse here, as they are for evidence: that a new version decides as the old one did is the very question.
 * @param only the name of a skill, when the recordings of others are not asked for.
 */
export async function regressionBaseline(
  recordings: readonly Recording[],
  skills: readonly AnySkill[],
  only?: string,
): Promise<SuiteFindings> {
  const failures: SuiteFailure[] = [];
  let cases = 0;
  for (const { name, packet } of recordings) {
    const parsed = evidencePacket.safeParse(packet);
    if (parsed.success && only !== undefined && parsed.data.record.skill !== only) continue;
    cases += 1;
    const problem = parsed.success
      ? await problemOf(skills, parsed.data)
      : 'The recording is no evidence packet of this form.';
    if (problem !== undefined) failures.push({ case: name, message: problem });
  }
  return { cases, failures, notes: [] };
}
