import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { CountersignError } from '../../core/errors.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { parseStoredRequest } from '../executions/context.ts';
import { parseSkillResult } from '../executions/skill-result-schema.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import { documentOf, type Finding } from './finding.ts';
import type { EvidencePacket } from './packet-schema.ts';

function violationsOf(packet: EvidencePacket, skill: AnySkill, directory: LoadedDirectory): readonly string[] {
  try {
    const found = skill.constraintCheck?.({
      input: parseWith(skill.input, parseStoredRequest(documentOf(packet, 'request')).input, 'The input', '/input'),
      configuration: skill.loadConfiguration(documentOf(packet, 'configuration'), directory),
      result: parseSkillResult(documentOf(packet, 'result')),
      instant: packet.record.instant,
    });
    return (found ?? []).map(({ message }) => message);
  } catch (error) {
    // As in the gate: facts that the constraints cannot hold were never proved to be harmless.
    if (error instanceof CountersignError) return [error.message];
    throw error;
  }
}

/**
 * Holds the stored result against the constraints of its skill, as the policy gate did, without the engine that made it: a proof that the
 * result carries is checked here, whatever re-execution comes to. What the gate found at the time has to be found again.
 */
export function checkConstraints(packet: EvidencePacket, skill: AnySkill, directory: LoadedDirectory): Finding {
  const gate = packet.record.gates.find((each) => each.gate === 'policy-approval-check');
  const wasViolated = gate?.reasons.some(({ code }) => code === 'ConstraintViolated') ?? false;
  const [first] = violationsOf(packet, skill, directory);
  if (wasViolated === (first !== undefined)) return undefined;
  return first ?? 'The record says that a constraint is violated; none is.';
}
