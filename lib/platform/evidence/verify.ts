import { digestOf } from '../../core/digest.ts';
import { loadDirectory } from '../../core/directory/load.ts';
import { CountersignError, describeProblems } from '../../core/errors.ts';
import { problemsOfZodError } from '../../core/zod-problems.ts';
import type { EngineVersions } from '../contracts/execution.ts';
import { parseStoredRequest } from '../executions/context.ts';
import { firstDifference } from '../executions/first-difference.ts';
import { runSkill } from '../executions/run-skill.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import { type AnchorsAtHand, checkAnchor } from './check-anchor.ts';
import { checkChain, checkChainHead, checkChainLength, checkCompleteness, checkRecord } from './check-chain.ts';
import { checkAssurance, checkDecisions, checkOutcome, checkTerms } from './check-decisions.ts';
import { checkArtifacts, checkOutputs, checkPacketDigest } from './check-documents.ts';
import { documentOf, type Finding } from './finding.ts';
import { type EvidencePacket, evidencePacket } from './packet-schema.ts';

/** One check and what it came to. */
export interface EvidenceCheck {
  readonly check: string;
  readonly result: 'pass' | 'fail' | 'not-re-executed';
  readonly detail: string;
}

/** All checks in order; the first that failed says what is wrong, later ones may fail because of it. */
export interface EvidenceReport {
  readonly ok: boolean;
  readonly checks: readonly EvidenceCheck[];
  readonly firstFailure?: EvidenceCheck;
}

/** What a verifier brings along. */
export interface Verifier {
  readonly skills: readonly AnySkill[];
  /** The versions in the verifier's own process. */
  readonly versions: (skill: AnySkill) => EngineVersions;
  /** Without them, a chain whose end was cut off consistently cannot be told from one that was never longer. */
  readonly anchors?: AnchorsAtHand;
}

/** The checks that look at the packet alone, from the parts to the whole, with what each shows when it passes. */
const CHECKS: readonly (readonly [check: string, run: (packet: EvidencePacket) => Finding, shows: string])[] = [
  ['artifacts', checkArtifacts, 'Every document has the digest that the record names.'],
  ['chain', checkChain, 'Every event follows the one before it, unaltered.'],
  ['chain-length', checkChainLength, 'The chain is as long as stated.'],
  ['chain-head', checkChainHead, 'The chain ends where stated.'],
  ['record', checkRecord, 'The record agrees with the chain.'],
  ['outputs', checkOutputs, 'The outputs fit their contracts and agree with the record.'],
  ['decisions', checkDecisions, 'Seats, chain and outputs tell the same decisions.'],
  ['terms', checkTerms, 'Every decision is bound to the terms of the result.'],
  ['assurance', checkAssurance, 'Every decision was made with the assurance that its level asks for.'],
  ['outcome', checkOutcome, 'The outcome follows from gates and votes, counted anew.'],
  ['completeness', checkCompleteness, 'Everything that must have happened is in the chain.'],
  ['packet', checkPacketDigest, 'The packet is as it was put together.'],
];

function runCheck(name: string, run: () => Finding, shows: string): EvidenceCheck {
  try {
    const finding = run();
    return finding === undefined
      ? { check: name, result: 'pass', detail: shows }
      : { check: name, result: 'fail', detail: finding };
  } catch (error) {
    // What cannot be read cannot be checked, and that is a failure of the packet, not of the verifier.
    if (!(error instanceof CountersignError)) throw error;
    return { check: name, result: 'fail', detail: error.message };
  }
}

const REEXECUTION = 're-execution';

/** Versions on which a result may differ; the version of Node itself is not among them. */
const DECIDING: readonly (keyof EngineVersions)[] = ['skill', 'countersign', 'timeZoneData'];

function notReexecuted(detail: string): EvidenceCheck {
  return { check: REEXECUTION, result: 'not-re-executed', detail };
}

async function reexecute(packet: EvidencePacket, { skills, versions }: Verifier): Promise<EvidenceCheck> {
  const { record } = packet;
  if (record.result === undefined) return notReexecuted('The execution came to no result.');
  if (record.gates.some(({ gate, result }) => gate === 'determinism-check' && result === 'fail'))
    return notReexecuted('The determinism gate failed: the result is on record as one that does not repeat.');
  const skill = skills.find(({ name }) => name === record.skill);
  if (skill === undefined) return notReexecuted(`The skill ${record.skill} is not known here.`);
  const here = versions(skill);
  const other = DECIDING.filter((name) => here[name] !== record.engine[name]);
  if (other.length > 0) {
    const differences = other.map((name) => `${name} ${record.engine[name]} there, ${here[name]} here`);
    return notReexecuted(`Other versions: ${differences.join('; ')}.`);
  }
  try {
    const result = await runSkill(skill, {
      input: parseStoredRequest(documentOf(packet, 'request')).input,
      configuration: documentOf(packet, 'configuration'),
      directory: loadDirectory(documentOf(packet, 'directory')),
      requester: record.requester,
      instant: record.instant,
    });
    if (digestOf(result) === record.result)
      return { check: REEXECUTION, result: 'pass', detail: 'Executed again, the result is the same, byte for byte.' };
    const at = firstDifference(documentOf(packet, 'result'), result) ?? '';
    return { check: REEXECUTION, result: 'fail', detail: `Executed again, the result differs, first at "${at}".` };
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'an unknown error';
    return { check: REEXECUTION, result: 'fail', detail: `Executed again, it ended with: ${detail}` };
  }
}

function reportOf(checks: readonly EvidenceCheck[]): EvidenceReport {
  const firstFailure = checks.find(({ result }) => result === 'fail');
  return firstFailure === undefined ? { ok: true, checks } : { ok: false, checks, firstFailure };
}

/**
 * Re-checks an evidence packet offline: nothing but the packet, the skills and their versions is looked at. Result
 * `not-re-executed` means that other versions are at hand than those of the time, not that anything is wrong.
 */
export async function verifyEvidence(packet: unknown, verifier: Verifier): Promise<EvidenceReport> {
  const parsed = evidencePacket.safeParse(packet);
  if (!parsed.success) {
    const problems = describeProblems(problemsOfZodError(parsed.error));
    return reportOf([{ check: 'schema', result: 'fail', detail: problems }]);
  }
  const schema = runCheck('schema', () => undefined, 'The packet fits its contract.');
  const checks = CHECKS.map(([name, run, shows]) => runCheck(name, () => run(parsed.data), shows));
  const { anchors } = verifier;
  const anchored =
    anchors === undefined
      ? []
      : [
          runCheck(
            'anchor',
            () => checkAnchor(parsed.data, anchors),
            'The chain reaches as far as the signed manifest.',
          ),
        ];
  return reportOf([schema, ...checks, ...anchored, await reexecute(parsed.data, verifier)]);
}
