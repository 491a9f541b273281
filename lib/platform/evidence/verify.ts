import { digestOf } from '../../core/digest.ts';
import { loadDirectory } from '../../core/directory/load.ts';
import { CountersignError, describeProblems } from '../../core/errors.ts';
import { problemsOfZodError } from '../../core/zod-problems.ts';
import { signatureCheck } from '../audit/signer.ts';
import type { EngineVersions } from '../contracts/execution.ts';
import { parseStoredRequest } from '../executions/context.ts';
import { firstDifference } from '../executions/first-difference.ts';
import { ledgerOf } from '../executions/pod-ledger.ts';
import { handedOverIn, runWithPods } from '../executions/run-skill.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import { type AnchorsAtHand, checkAnchor } from './check-anchor.ts';
import { checkCarryOver } from './check-carry-over.ts';
import { checkChain, checkChainHead, checkChainLength, checkCompleteness, checkRecord } from './check-chain.ts';
import { checkConstraints } from './check-constraints.ts';
import { checkAssurance, checkDecisions, checkOutcome, checkTerms } from './check-decisions.ts';
import { checkArtifacts, checkOutputs, checkPacketDigest } from './check-documents.ts';
import { checkErasures, foreignErasures, tellsOfErasures } from './check-erasures.ts';
import { checkHandoff, replayHandoff } from './check-handoff.ts';
import { checkStatement } from './check-statement.ts';
import { documentOf, erasedIn, type Finding, referencesIn } from './finding.ts';
import { type EvidencePacket, evidencePacket } from './packet-schema.ts';

/** One check and what it came to. */
export interface EvidenceCheck {
  readonly check: string;
  /**
   * `fail`: integrity is broken. `incomplete`: what is here holds, and something that belongs to it is missing. `unknown-key`:
   * a signature holds, by a key that nobody vouched for. `not-re-executed`: other versions are at hand than at the time, or what
   * it takes was erased on record.
   */
  readonly result: 'pass' | 'fail' | 'incomplete' | 'unknown-key' | 'not-re-executed';
  readonly detail: string;
}

/** All checks in order; the first that failed says what is wrong, later ones may fail because of it. */
export interface EvidenceReport {
  /** Nothing failed, and nothing is missing. */
  readonly ok: boolean;
  readonly checks: readonly EvidenceCheck[];
  readonly firstFailure?: EvidenceCheck;
  /** The first thing that is missing, which is no failure of what is here. */
  readonly firstGap?: EvidenceCheck;
}

/** What a verifier brings along. */
export interface Verifier {
  readonly skills: readonly AnySkill[];
  /** The versions in the verifier's own process. */
  readonly versions: (skill: AnySkill) => EngineVersions;
  /** Public keys, as PEM, that the verifier got from where they are vouched for; without any, who signed stays open. */
  readonly keys?: readonly string[];
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
  ['carry-over', checkCarryOver, 'Every approval that was carried over follows from the earlier execution.'],
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

const ERASED = 'Erased on record, not re-executed: the payload is gone, its digest stays.';

/** What was erased, where anything was: by a record that stands in the chain. */
function checkErased(packet: EvidencePacket): readonly EvidenceCheck[] {
  if (!tellsOfErasures(packet)) return [];
  const check = 'erasures';
  const told = runCheck(
    check,
    () => checkErasures(packet),
    'What is gone was erased on record, and the chain says so.',
  );
  const [foreign] = foreignErasures(packet);
  if (told.result === 'fail' || foreign === undefined) return [told];
  const detail = `The order of the erasure ${foreign} stands in the chain of another execution of the same request, which is not here.`;
  return [{ check, result: 'incomplete', detail }];
}

/** Approvals are carried over by comparing two requests; where one was erased, that cannot be done again. */
function carriesErased(packet: EvidencePacket): boolean {
  const earlier = evidencePacket.safeParse(packet.earlier);
  return earlier.success && (erasedIn(packet, 'request') || erasedIn(earlier.data, 'request'));
}

/** What makes the verifier's versions others than those of the time, or `undefined`. */
function otherVersions(
  skill: AnySkill,
  engine: EvidencePacket['record']['engine'],
  versions: Verifier['versions'],
): string | undefined {
  const here = versions(skill);
  const other = DECIDING.filter((name) => here[name] !== engine[name]);
  if (other.length === 0) return undefined;
  return `Other versions: ${other.map((name) => `${name} ${engine[name]} there, ${here[name]} here`).join('; ')}.`;
}

/** What the skill's own constraints say against the stored result, where the execution came as far as to be held against them. */
function recheckConstraints(packet: EvidencePacket, { skills, versions }: Verifier): readonly EvidenceCheck[] {
  const { record } = packet;
  const skill = skills.find(({ name }) => name === record.skill);
  const wasHeld = record.gates.some(({ gate, result }) => gate === 'determinism-check' && result === 'pass');
  if (record.result === undefined || skill?.constraintCheck === undefined || !wasHeld) return [];
  const check = 'constraints';
  if (erasedIn(packet, 'request')) return [{ check, result: 'not-re-executed', detail: ERASED }];
  const other = otherVersions(skill, record.engine, versions);
  if (other !== undefined) return [{ check, result: 'not-re-executed', detail: other }];
  const shows = 'The result keeps the constraints of its skill, or was found not to.';
  return [
    runCheck(check, () => checkConstraints(packet, skill, loadDirectory(documentOf(packet, 'directory'))), shows),
  ];
}

const OTHER_PODS =
  'Executed again, the result is the same, and the pods that led to it are others than those on record.';

async function reexecute(packet: EvidencePacket, { skills, versions }: Verifier): Promise<EvidenceCheck> {
  const { record } = packet;
  if (erasedIn(packet, 'request')) return notReexecuted(ERASED);
  if (record.result === undefined) return notReexecuted('The execution came to no result.');
  if (record.gates.some(({ gate, result }) => gate === 'determinism-check' && result === 'fail'))
    return notReexecuted('The determinism gate failed: the result is on record as one that does not repeat.');
  const skill = skills.find(({ name }) => name === record.skill);
  if (skill === undefined) return notReexecuted(`The skill ${record.skill} is not known here.`);
  const other = otherVersions(skill, record.engine, versions);
  if (other !== undefined) return notReexecuted(other);
  try {
    const request = parseStoredRequest(documentOf(packet, 'request'));
    const run = await runWithPods(skill, {
      input: request.input,
      configuration: documentOf(packet, 'configuration'),
      directory: loadDirectory(documentOf(packet, 'directory')),
      requester: record.requester,
      instant: record.instant,
      references: referencesIn(packet),
      ...handedOverIn(request),
    });
    const { result, rounds } = run;
    if (digestOf(result) !== record.result) {
      const at = firstDifference(documentOf(packet, 'result'), result) ?? '';
      return { check: REEXECUTION, result: 'fail', detail: `Executed again, the result differs, first at "${at}".` };
    }
    const ledger = rounds.length === 0 ? undefined : digestOf(ledgerOf(run));
    if (ledger !== record.pods?.ledger) return { check: REEXECUTION, result: 'fail', detail: OTHER_PODS };
    return { check: REEXECUTION, result: 'pass', detail: 'Executed again, the result is the same, byte for byte.' };
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'an unknown error';
    return { check: REEXECUTION, result: 'fail', detail: `Executed again, it ended with: ${detail}` };
  }
}

const HANDOFF = 'handoff';

/** The handoff that the execution offered: told the same everywhere, and replayed by its own protocol where that is at hand. */
function checkHandoffs(packet: EvidencePacket, { skills, versions }: Verifier): readonly EvidenceCheck[] {
  const { record } = packet;
  if (record.handsOver === undefined && record.handoff === undefined) return [];
  const told = runCheck(HANDOFF, () => checkHandoff(packet), 'Record, chain and outputs tell the same handoff.');
  if (told.result === 'fail' || record.handoff === undefined) return [told];
  const check = 'handoff-replay';
  const skill = skills.find(({ name }) => name === record.skill);
  if (skill?.handoff === undefined)
    return [told, { check, result: 'not-re-executed', detail: `The skill ${record.skill} is not known here.` }];
  const other = otherVersions(skill, record.engine, versions);
  if (other !== undefined) return [told, { check, result: 'not-re-executed', detail: other }];
  const { handoff } = skill;
  const shows = 'Replayed, the handoff came to the same end, and the chain holds each of its transitions.';
  return [told, runCheck(check, () => replayHandoff(packet, skill, handoff), shows)];
}

function reportOf(checks: readonly EvidenceCheck[]): EvidenceReport {
  const firstFailure = checks.find(({ result }) => result === 'fail');
  const firstGap = checks.find(({ result }) => result === 'incomplete');
  return {
    ok: firstFailure === undefined && firstGap === undefined,
    checks,
    ...(firstFailure === undefined ? {} : { firstFailure }),
    ...(firstGap === undefined ? {} : { firstGap }),
  };
}

/** What a check came to, the worst first. */
const WORST_FIRST: readonly EvidenceCheck['result'][] = ['fail', 'incomplete', 'unknown-key', 'not-re-executed'];

/** The evidence of the execution that was resubmitted, checked as this one is; the worst that was found there stands for all. */
async function checkEarlier(packet: unknown, verifier: Verifier): Promise<EvidenceCheck> {
  const check = 'earlier-execution';
  const { checks } = await verifyEvidence(packet, verifier);
  const worst = WORST_FIRST.flatMap((result) => checks.find((one) => one.result === result) ?? [])[0];
  if (worst === undefined)
    return { check, result: 'pass', detail: 'The evidence of the execution that was resubmitted holds.' };
  return { check, result: worst.result, detail: `${worst.check}: ${worst.detail}` };
}

/**
 * Re-checks an evidence packet offline: nothing but the packet, the skills and their versions is looked at. Result
 * `not-re-executed` means that other versions are at hand than those of the time, not that anything is wrong.
 * @throws InvalidInput when a key that the verifier brought is none.
 */
export async function verifyEvidence(packet: unknown, verifier: Verifier): Promise<EvidenceReport> {
  const parsed = evidencePacket.safeParse(packet);
  if (!parsed.success) {
    const problems = describeProblems(problemsOfZodError(parsed.error));
    return reportOf([{ check: 'schema', result: 'fail', detail: problems }]);
  }
  const schema = runCheck('schema', () => undefined, 'The packet fits its contract.');
  const checks = CHECKS.map(
    ([name, run, shows]): EvidenceCheck =>
      name === 'carry-over' && carriesErased(parsed.data)
        ? { check: name, result: 'not-re-executed', detail: ERASED }
        : runCheck(name, () => run(parsed.data), shows),
  );
  const { anchors, keys = [] } = verifier;
  const statement = { check: 'statement', ...checkStatement(parsed.data, keys.map(signatureCheck)) };
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
  const earlier = parsed.data.earlier === undefined ? [] : [await checkEarlier(parsed.data.earlier, verifier)];
  const handoffs = checkHandoffs(parsed.data, verifier);
  return reportOf([
    schema,
    ...checks,
    ...checkErased(parsed.data),
    ...handoffs,
    ...earlier,
    statement,
    ...anchored,
    ...recheckConstraints(parsed.data, verifier),
    await reexecute(parsed.data, verifier),
  ]);
}
