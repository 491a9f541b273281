import type { Terms, TermsLine } from '../../../core/approval/terms.ts';
import { canonicalJson } from '../../../core/digest.ts';
import { InvalidInput, type Problem } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import type { ContractComparison } from '../compatibility/compare-contracts.ts';
import { compareContractDocuments } from '../compatibility/compare-documents.ts';
import { type Contract, loadContract } from '../contract.ts';
import { type ChainProof, proveChain } from '../policy/chains.ts';
import { type HandoffPolicy, isHandoffPolicy, loadHandoffPolicy } from '../policy/policy.ts';
import { askedForChange, seat } from '../policy/seat.ts';
import { byVersion, majorOf } from '../policy/versions.ts';
import { RESULT_SCHEMA } from './hand-over.ts';
import type { ContractChange } from './input.ts';
import { type ContractingContext, type ContractingResult, clip, json, type Reason, reasonOf } from './result.ts';

/** The baseline of the skill itself, as the execution fixed it when it was accepted. */
export interface OwnBaseline {
  readonly skill: string;
  readonly version: string;
  readonly digest: string;
  readonly configuration: unknown;
}

export interface ContractChangeContext extends ContractingContext<ContractChange> {
  readonly baseline: OwnBaseline;
}

type Looked =
  | { readonly problems: readonly Problem[] }
  | { readonly problems: readonly Problem[]; readonly document: Json; readonly policy: HandoffPolicy };

/** The baseline with the new version in it, read by this skill's own loader, or what keeps it from being one. */
function candidateOf({ input, baseline, directory }: ContractChangeContext, base: HandoffPolicy): Looked {
  const { contract, policyVersion, retires } = input;
  const old = baseline.configuration as {
    readonly contracts: readonly { readonly id: string; readonly version: string }[];
  };
  const unknown = retires.flatMap((version, index): Problem[] =>
    base.contract(contract.id, version) === undefined
      ? [
          {
            pointer: `/retires/${index}`,
            code: 'unknown-contract',
            message: `There is no ${contract.id} ${version}.`,
            mend: 'Leave it out.',
          },
        ]
      : [],
  );
  const notHigher: Problem[] =
    byVersion(policyVersion, base.document.version) > 0
      ? []
      : [
          {
            pointer: '/policyVersion',
            code: 'version-not-higher',
            message: `The policy in force is ${base.document.version}.`,
            mend: 'Give it a higher version.',
          },
        ];
  const kept = old.contracts.filter(({ id, version }) => id !== contract.id || !retires.includes(version));
  const document = json({
    ...(baseline.configuration as object),
    version: policyVersion,
    contracts: [...kept, contract],
  });
  const problems = [...unknown, ...notHigher];
  if (problems.length > 0) return { problems };
  try {
    return { problems: [], document, policy: loadHandoffPolicy(document, directory) };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    // Places in the candidate are places that the sender does not see, but for those of the new contract.
    const own = `/contracts/${kept.length}`;
    return {
      problems: error.problems.map((each) => ({
        ...each,
        pointer: each.pointer.startsWith(own) ? `/contract${each.pointer.slice(own.length)}` : '/contract',
      })),
    };
  }
}

/** What a version number promises has to hold: something breaking is a new major version. */
function versionProblems(
  next: Contract,
  newest: Contract | undefined,
  comparison: ContractComparison | undefined,
): Problem[] {
  if (newest === undefined) return [];
  const [now, before] = [next.document.version, newest.document.version];
  if (byVersion(now, before) <= 0) {
    const message = `Version ${now} is not higher than ${before}, which is in force.`;
    return [{ pointer: '/contract/version', code: 'version-not-higher', message, mend: 'Give it a higher version.' }];
  }
  if (comparison === undefined || comparison.verdict === 'compatible' || majorOf(now) > majorOf(before)) return [];
  return comparison.findings.map(({ pointer: at, rule, message, mend, harmed, counterexample }) => ({
    pointer: `/contract${at}`,
    code: `breaking-${rule}`,
    message: `${message}${harmed.length === 0 ? '' : ` It harms: ${harmed.join(', ')}.`}${counterexample === undefined ? '' : ` Counterexample: ${canonicalJson(counterexample)}.`}`,
    mend,
  }));
}

/** Chains that do not fit: each line of the arithmetic is told, so that whoever reads it can add it up. */
function chainProblems(proofs: readonly ChainProof[]): Reason[] {
  return proofs
    .filter(({ proof }) => !proof.fits)
    .flatMap(({ chain, proof }) => [
      ...proof.problems.map(({ code, message, mend }) => ({
        code,
        message: `Chain "${chain}": ${message} ${mend}`,
        pointer: '/contract/times',
      })),
      ...proof.arithmetic.map((text) => ({
        code: 'time-budget-arithmetic',
        message: text,
        pointer: '/contract/times',
      })),
    ]);
}

const MOST_LINES = { findings: 30, chains: 10 };

function line(label: string, value: string, differs = false, policy?: string): TermsLine {
  return {
    label: clip(label, 80),
    value: clip(value, 400),
    ...(policy === undefined ? {} : { policy: clip(policy, 400) }),
    differs,
  };
}

function termsOf(
  { input, baseline, directory, requester }: ContractChangeContext,
  next: Contract,
  newest: Contract | undefined,
  comparison: ContractComparison | undefined,
  proofs: readonly ChainProof[],
): Terms {
  const { id, name, version } = next.document;
  const requesterName = directory.person(requester.personId)?.name ?? requester.personId;
  const findings = comparison?.findings ?? [];
  return {
    schema: 'countersign/terms/1',
    kind: 'Change of a contract',
    accountName: id,
    requesterName,
    summary: clip(`${name} ${version}, asked for by ${requesterName}.`, 300),
    lines: [
      line('Contract', `${name} ${version}`, newest !== undefined, newest?.document.version),
      line('Digest', next.digest),
      line('Policy', input.policyVersion, true, baseline.version),
      line(
        'Compatible',
        comparison === undefined ? 'a contract of its own, nothing is replaced' : comparison.verdict,
        comparison !== undefined && comparison.verdict !== 'compatible',
      ),
      ...findings
        .slice(0, MOST_LINES.findings)
        .map(({ rule, pointer, message, harmed, counterexample }) =>
          line(
            `${rule} ${pointer}`,
            `${message}${harmed.length === 0 ? '' : ` Harms: ${harmed.join(', ')}.`}${counterexample === undefined ? '' : ` For example: ${canonicalJson(counterexample)}`}`,
            true,
          ),
        ),
      ...(findings.length > MOST_LINES.findings
        ? [line('More findings', `${findings.length - MOST_LINES.findings} more, in the execution’s artifact`, true)]
        : []),
      ...proofs
        .slice(0, MOST_LINES.chains)
        .map(({ chain, proof }) =>
          line(
            `Chain ${chain}`,
            proof.fits
              ? `fits, ${proof.slackMinutes} minutes are left at the worst start`
              : `does not fit: ${-proof.slackMinutes} minutes are missing`,
            !proof.fits,
          ),
        ),
    ],
    justification: input.justification,
  };
}

/** The new contract, read and compiled. @throws InvalidInput by pointer into the request. */
function newContract({ input, directory }: ContractChangeContext): Contract {
  try {
    return loadContract(input.contract, directory);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new InvalidInput(
      error.message,
      error.problems.map((each) => ({ ...each, pointer: `/input/contract${each.pointer}` })),
    );
  }
}

function baselinePolicy({ baseline, directory }: ContractChangeContext): HandoffPolicy {
  if (isHandoffPolicy(baseline.configuration)) return loadHandoffPolicy(baseline.configuration, directory);
  const message = `The baseline of ${baseline.skill} is no handoff policy.`;
  throw new InvalidInput(message, [
    { pointer: '/input', code: 'target-unfit', message, mend: 'Put a handoff policy in force first.' },
  ]);
}

/**
 * Decides about a new version of a contract: lint, comparison with the version in force, proof of every chain that it is part of.
 * A candidate of the skill's own policy comes of it; whoever answers for contracts approves it, more people where it breaks something.
 * @throws InvalidInput when the contract is none, with every problem by pointer into the request.
 */
export function decideContractChange(context: ContractChangeContext): ContractingResult {
  const { configuration, directory, requester, instant: at, baseline } = context;
  const next = newContract(context);
  const base = baselinePolicy(context);
  const newest = base.newest(next.document.id);
  const comparison = newest === undefined ? undefined : compareContractDocuments(newest.document, next.document);
  const breaking = comparison !== undefined && comparison.verdict !== 'compatible';
  const ofVersion = versionProblems(next, newest, comparison);
  const candidate: Looked = ofVersion.length > 0 ? { problems: [] } : candidateOf(context, base);
  const policy = 'policy' in candidate ? candidate.policy : undefined;
  const proofs = (policy?.document.chains ?? [])
    .filter(({ hops }) => hops.some(({ contract }) => contract === next.document.id))
    .flatMap((chain) => (policy === undefined ? [] : [proveChain(policy, chain, directory, at)]));
  const refused = [...ofVersion, ...candidate.problems].map(reasonOf).concat(chainProblems(proofs));
  const asked = askedForChange(configuration, breaking);
  const seats =
    refused.length > 0 || asked.size === 0
      ? undefined
      : seat({ policy: configuration, asked, directory, requester: requester.personId, at });
  const reasons = [...refused, ...(seats?.plan === undefined ? (seats?.problems ?? []).map(reasonOf) : [])];
  const passes = reasons.length === 0 && 'document' in candidate;
  const { id, version, name } = next.document;
  const points = breaking ? 40 : newest === undefined ? 20 : 10;
  const code = breaking ? 'breaking-change' : newest === undefined ? 'new-contract' : 'compatible-change';
  return {
    verdict: !passes ? 'block' : seats?.plan === undefined ? 'publish' : 'approve',
    reasons,
    artifact: json({
      schema: RESULT_SCHEMA,
      kind: 'contract',
      contract: { id, version, name, digest: next.digest, document: next.document },
      warnings: next.warnings,
      ...(newest === undefined ? {} : { replaces: { version: newest.document.version, digest: newest.digest } }),
      ...(comparison === undefined ? {} : { comparison }),
      proofs: proofs.map(({ chain, contracts, proof }) => ({ chain, contracts, ...proof })),
      ...(passes ? { candidate: { skill: baseline.skill, configuration: candidate.document } } : {}),
      ...(seats === undefined ? {} : { levels: seats.levels, onceEach: seats.onceEach, excluded: seats.excluded }),
    }),
    terms: termsOf(context, next, newest, comparison, proofs),
    ...(seats?.plan === undefined || !passes ? {} : { plan: seats.plan }),
    risk: {
      score: points,
      factors: [
        {
          code,
          points,
          pointer: '/contract',
          message:
            comparison === undefined
              ? 'Nobody has worked by it before.'
              : `The comparison with ${newest?.document.version} says: ${comparison.verdict}.`,
        },
      ],
    },
    confidenceBasisPoints: comparison?.verdict === 'unknown' ? 7_000 : 10_000,
    trace: [
      ...(comparison?.findings ?? []).map(({ rule, pointer, message }) => ({
        id: `compatibility:${rule}`,
        met: true,
        because: message,
        detail: json({ pointer }),
      })),
      ...proofs.map(({ chain, proof }) => ({
        id: `chain:${chain}`,
        met: proof.fits,
        because: proof.arithmetic.at(-1) ?? '',
        detail: json({ start: proof.start, slackMinutes: proof.slackMinutes, starts: proof.starts }),
      })),
    ],
    workUnits: 50 + proofs.reduce((sum, { proof }) => sum + Math.ceil(proof.starts / 100), 0) + (seats?.workUnits ?? 0),
    nextHop: passes ? `${baseline.skill}:validate-candidate` : 'none',
  };
}
