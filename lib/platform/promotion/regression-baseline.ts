import { canonicalJson } from '../../core/digest.ts';
import { loadDirectory } from '../../core/directory/load.ts';
import { documentOf, referencesIn } from '../evidence/finding.ts';
import { type EvidencePacket, evidencePacket } from '../evidence/packet-schema.ts';
import { verifyEvidence } from '../evidence/verify.ts';
import { parseStoredRequest } from '../executions/context.ts';
import { engineVersions } from '../executions/engine-versions.ts';
import { firstDifference } from '../executions/first-difference.ts';
import { runSkill } from '../executions/run-skill.ts';
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
  const result = await runSkill(skill, {
    input: parseStoredRequest(documentOf(packet, 'request')).input,
    configuration: documentOf(packet, 'configuration'),
    directory: loadDirectory(documentOf(packet, 'directory')),
    requester: record.requester,
    instant: record.instant,
    references: referencesIn(packet),
  });
  if (canonicalJson(result) === canonicalJson(recorded)) return undefined;
  const { countersign, skill: version, timeZoneData } = record.engine;
  const at = firstDifference(recorded, result) ?? '';
  const made = `recorded with Countersign ${countersign}, skill ${version}, time zones ${timeZoneData}`;
  return `The result is not the recorded one, first at "${at}" (${made}).`;
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
