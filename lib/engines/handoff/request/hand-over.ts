import { digestOf } from '../../../core/digest.ts';
import { InvalidInput, type Problem } from '../../../core/errors.ts';
import { contentDigest } from '../content-digest.ts';
import type { Contract } from '../contract.ts';
import { type Packet, packetDigest } from '../packet.ts';
import type { Payload } from '../payload.ts';
import { askedForPacket, type SeatedPlan, seat } from '../policy/seat.ts';
import { type Readiness, scoreReadiness } from '../readiness.ts';
import { type Validation, validatePacket } from '../validate-packet.ts';
import { buildPacket, payloadOf } from './build-packet.ts';
import { readinessFacts } from './facts.ts';
import type { HandOver } from './input.ts';
import { type ContractingContext, type ContractingResult, json, type Reason, reasonOf } from './result.ts';
import { handOverTerms } from './terms.ts';
import { type HandedOver, threadProblems } from './thread-gates.ts';

/** The schema of what handing over decides. */
export const RESULT_SCHEMA = 'countersign/handoff-contracting/1';

export interface HandOverContext extends ContractingContext<HandOver> {
  readonly handedOver?: HandedOver | undefined;
}

function contractOf({ input, configuration }: HandOverContext): Contract {
  const { id, version } = input.contract;
  const found = configuration.contract(id, version);
  if (found !== undefined) return found;
  const known = configuration.contracts
    .filter(({ document }) => document.id === id)
    .map(({ document }) => document.version);
  const message = `The policy has no contract ${id} ${version}.`;
  const mend = known.length === 0 ? 'Name one of its contracts.' : `Use one of its versions: ${known.join(', ')}.`;
  throw new InvalidInput(message, [{ pointer: '/input/contract', code: 'unknown-contract', message, mend }]);
}

function sealedPayload(input: HandOver): Payload {
  const payload = payloadOf(input);
  if (payload !== undefined) return payload;
  const message = 'The payload was erased, so there is nothing to hand over.';
  throw new InvalidInput(message, [
    { pointer: '/input/payload', code: 'payload-erased', message, mend: 'Hand over something that is there.' },
  ]);
}

/** Why a packet is not ready, and what to do about it, the least trouble first. */
function notReady({ score, threshold, mends, factors }: Readiness): Reason[] {
  const worth = mends.map((mend) => {
    const code = factors.find((factor) => factor.mend === mend)?.code ?? 'mend';
    return { code, message: `${mend.text} It gains ${mend.gains} points.`, pointer: mend.pointer };
  });
  return [
    {
      code: 'below-threshold',
      message: `The packet is worth ${score} points of the ${threshold} that it needs.`,
      pointer: '',
    },
    ...worth,
  ];
}

/** The threshold's raise and the stated risk, as the factors of the execution's risk. */
function riskOf({ risk }: Packet): ContractingResult['risk'] {
  const factors =
    risk === 0
      ? []
      : [{ code: 'stated-risk', points: risk, pointer: '/risk', message: `The sender states a risk of ${risk}.` }];
  return { score: risk, factors };
}

function traceOf(validation: Validation, readiness: Readiness): ContractingResult['trace'] {
  return [
    ...validation.gates.map(({ gate, passed, problems }) => ({
      id: `gate:${gate}`,
      met: passed,
      because: passed ? 'Nothing speaks against it.' : (problems[0]?.message ?? 'It was not looked at.'),
      detail: json(problems.map(({ code, pointer }) => ({ code, pointer }))),
    })),
    ...readiness.factors.map(({ factor, points, of, code, pointer }) => ({
      id: `readiness:${factor}`,
      met: points === of,
      because: `${points} of ${of} points: ${code}.`,
      detail: json({ points, of, code, pointer }),
    })),
  ];
}

/** What approvals of a packet are bound to: of a publication its content with claims and proofs, of anything else the packet itself. */
function basisOf({ document, digest }: Contract, packet: Packet, payload: Payload): unknown {
  if (document.publication === undefined) return { contract: digest, packet: packetDigest(packet) };
  const { evidence, routing, sender } = packet;
  return { contract: digest, content: contentDigest(document.publication, payload.value), evidence, routing, sender };
}

/**
 * Decides about a handoff: gates, readiness, and who has to approve it. The artifact holds digests and what the contract's facts of
 * bounded domains say, never the payload: whoever erases the request has erased it.
 * @throws InvalidInput (`unknown-contract`, `payload-erased`, `invalid-salt`), by pointer into the request.
 */
export function decideHandOver(context: HandOverContext): ContractingResult {
  const { input, configuration: policy, directory, requester, instant: at, handedOver } = context;
  const contract = contractOf(context);
  const payload = sealedPayload(input);
  const packet = buildPacket({ input, contract, payload, directory, by: requester.personId, at });
  const parent = input.previous?.packets.at(-1);
  const validation = validatePacket(contract, packet, payload, at, parent === undefined ? {} : { parent });
  const facts = readinessFacts(contract, packet, { policy, directory, at, previous: input.previous });
  const readiness = scoreReadiness(contract, packet, validation, facts);
  const question = { input, policy, contract, directory, requester: requester.personId, at };
  const problems: Problem[] = [
    ...validation.gates.flatMap((gate) => gate.problems),
    ...threadProblems(handedOver === undefined ? question : { ...question, handedOver }),
  ];
  const asked = askedForPacket(policy, contract.document, packet.risk);
  const basis = contract.document.publication === undefined ? undefined : basisOf(contract, packet, payload);
  const seats: SeatedPlan | undefined =
    asked.size === 0 || problems.length > 0 || !readiness.ready
      ? undefined
      : seat({ policy, asked, directory, requester: requester.personId, at, basis });
  const reasons: Reason[] = [
    ...problems.map(reasonOf),
    ...(problems.length > 0 || readiness.ready ? [] : notReady(readiness)),
    ...(seats?.plan === undefined ? (seats?.problems ?? []).map(reasonOf) : []),
  ];
  const requesterName = directory.person(requester.personId)?.name ?? requester.personId;
  const partyName = (id: string): string => policy.party(id)?.name ?? id;
  const plan = seats?.plan;
  const { publication, id, version, name } = { ...contract.document };
  return {
    verdict: reasons.length > 0 ? 'block' : plan === undefined ? 'publish' : 'approve',
    reasons,
    artifact: json({
      schema: RESULT_SCHEMA,
      kind: 'handoff',
      contract: { id, version, name, digest: contract.digest },
      packet,
      packetDigest: packetDigest(packet),
      ...(publication === undefined ? {} : { contentDigest: contentDigest(publication, payload.value) }),
      validation: {
        digest: digestOf(validation),
        passed: validation.passed,
        gates: validation.gates.map(({ gate, passed }) => ({ gate, passed })),
        evidence: validation.evidence,
        criteria: validation.criteria.results,
      },
      readiness,
      ...(seats === undefined ? {} : { levels: seats.levels, onceEach: seats.onceEach, excluded: seats.excluded }),
    }),
    terms: handOverTerms({ contract, packet, payload, requesterName, partyName }),
    ...(plan === undefined || reasons.length > 0 ? {} : { plan }),
    risk: riskOf(packet),
    confidenceBasisPoints: packet.confidenceBasisPoints,
    trace: traceOf(validation, readiness),
    workUnits: 10 + packet.evidence.length + contract.document.acceptance.length + (seats?.workUnits ?? 0),
    nextHop: packet.routing.nextHop ?? 'none',
  };
}
