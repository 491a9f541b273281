import { digestOf } from '../../../core/digest.ts';
import { InvalidInput } from '../../../core/errors.ts';
import type { Json, JsonObject } from '../../../core/json.ts';
import type { Contract } from '../contract.ts';
import { checkCriteria, DELIVERED } from '../criteria.ts';
import { bouncesLeft } from '../guards.ts';
import {
  dischargeObligation,
  mergeObligations,
  openIn,
  settlementOf,
  splitObligation,
  transferObligations,
} from '../obligations.ts';
import { valueAt } from '../payload.ts';
import type { Command } from './commands.ts';
import { contractOf, type HandoffFile, payloadIn } from './document.ts';
import { put } from './put.ts';
import { type Performed, Recorder, refusal } from './record.ts';
import { closeUnlessEmbargoed } from './release.ts';
import type { ProtocolCase, Stamp } from './shapes.ts';
import { criteriaStanding } from './take-over.ts';

type Of<T extends Command['type']> = Extract<Command, { type: T }>;

/** The declared facts of a delivery; others are not part of the contract and are not kept. */
export function deliveryFacts({ document }: Contract): string[] {
  return Object.keys(document.facts)
    .filter((path) => path.startsWith(`${DELIVERED}.`))
    .sort();
}

/** Only what the contract declares, so that nothing typed about a person stays in the document. */
function declaredOnly(contract: Contract, delivery: JsonObject): JsonObject {
  const kept: { [name: string]: Json } = {};
  for (const fact of deliveryFacts(contract)) {
    const path = fact.split('.').slice(1);
    const value = valueAt(delivery, `/${path.join('/')}`);
    if (value !== undefined) put(kept, path, value);
  }
  return kept;
}

/** Whose obligations somebody may touch: those of the party they act for. */
function partyOf({ handoff }: HandoffFile, { by }: Stamp): string {
  if (by.part === 'receiver') return handoff.receiver;
  if (by.part === 'sender') return handoff.sender;
  const message = 'Only sender and receiver have obligations.';
  throw new InvalidInput(message, [
    { pointer: '', code: 'not-your-part', message, mend: 'Let the party do it that owes it.' },
  ]);
}

function requireOwn(document: HandoffFile, stamp: Stamp, ids: readonly string[]): void {
  const party = partyOf(document, stamp);
  const own = new Set(openIn(document.ledger, party).map(({ id }) => id));
  for (const id of ids) {
    if (own.has(id)) continue;
    const message = `"${id}" is no open obligation of "${party}".`;
    throw new InvalidInput(message, [
      { pointer: '/obligations', code: 'not-your-obligation', message, mend: 'Name one that the party owes.' },
    ]);
  }
}

/** Settles obligations: discharged with what shows it, or owed by the party to which the work goes on. */
function settle(file: ProtocolCase, recorder: Recorder, stamp: Stamp, settled: Of<'settle'>['obligations']): void {
  for (const each of settled) {
    const { document } = recorder;
    requireOwn(document, stamp, [each.id]);
    const act = { at: recorder.at, by: stamp.by.id };
    if ('passedTo' in each) {
      if (file.configuration.party(each.passedTo) === undefined || each.passedTo === partyOf(document, stamp)) {
        const message = `"${each.passedTo}" is no other party of the policy.`;
        throw new InvalidInput(message, [
          { pointer: '/obligations', code: 'unknown-party', message, mend: 'Name another party.' },
        ]);
      }
      recorder.change({ ledger: transferObligations(document.ledger, [each.id], each.passedTo) });
    } else {
      const evidence = 'done' in each ? [recorder.say('delivery', each.done, { obligation: each.id })] : each.evidence;
      recorder.change({ ledger: dischargeObligation(recorder.document.ledger, each.id, evidence, act) });
    }
  }
}

function openOf({ handoff, ledger }: HandoffFile): string[] {
  return settlementOf(ledger, handoff.obligations, handoff.receiver)
    .filter(({ as }) => as === 'open')
    .map(({ id }) => id);
}

/** Hands in what was agreed: it must be what "done" means, and nothing that the receiver owes may be left open. */
export function deliver(file: ProtocolCase, document: HandoffFile, command: Of<'deliver'>, stamp: Stamp): Performed {
  const contract = contractOf(file, document.handoff.contract);
  const facts = declaredOnly(contract, command.delivery);
  const strange = Object.keys(command.delivery).filter(
    (name) => !(name in facts) && !deliveryFacts(contract).some((fact) => fact.split('.')[1] === name),
  );
  if (strange.length > 0) return refusal(document, `The contract knows no delivery fact "${strange[0]}".`);
  const payload = payloadIn(file)?.value;
  const looked = {
    ...(typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? payload : {}),
    [DELIVERED]: facts,
  };
  const check = checkCriteria(contract.document.acceptance, contract.criteria, 'delivery', looked);
  const machine = check.results.filter(({ verdict }) => verdict !== 'asks-role');
  const failing = machine.filter(({ verdict }) => verdict !== 'holds');
  if (failing.length > 0) {
    const says = failing.map(({ id }) => contract.document.acceptance.find((each) => each.id === id)?.says ?? id);
    const fields = Object.fromEntries(
      check.problems.map(({ pointer, mend }) => [pointer.slice(1).replaceAll('/', '.'), mend]),
    );
    return refusal(document, `That is not yet what was agreed: ${says.join(' ')}`, fields);
  }
  const recorder = new Recorder(document, stamp);
  if (document.handoff.state === 'accepted') recorder.event('start', {});
  settle(file, recorder, stamp, command.obligations);
  const open = openOf(recorder.document);
  if (open.length > 0) {
    const fields = Object.fromEntries(open.map((id) => [`done.${id}`, 'Say how it was done, or who owes it now.']));
    return refusal(document, `What is owed has to be done or passed on with the delivery: ${open.join(', ')}.`, fields);
  }
  const said = { facts, criteria: machine.map(({ id, verdict }) => ({ id, holds: verdict === 'holds' })) };
  const delivery = recorder.say('delivery', command.because ?? '', said);
  const criteria = machine.map(({ id }) => ({ id, holds: true, by: 'machine' }));
  return recorder.change({ delivery: { facts, criteria } }).event('deliver', { delivery }).done();
}

/** What a delivery is found to be: every criterion holds, so the handoff is verified, and closed once its embargo is over. */
export function verify(
  file: ProtocolCase,
  document: HandoffFile,
  { criteria: said }: Of<'verify'>,
  stamp: Stamp,
): Performed {
  const contract = contractOf(file, document.handoff.contract);
  const standing = criteriaStanding(file, contract, 'delivery', document.delivery?.criteria ?? [], said, stamp.by.id);
  const open = standing.filter(({ holds }) => !holds);
  if (open.length > 0) {
    const fields = Object.fromEntries(
      open.map(({ id }) => [`criterion.${id}`, 'Somebody of its role has to say that it holds.']),
    );
    return refusal(document, `Not everything that was agreed holds: ${open.map(({ says }) => says).join(' ')}`, fields);
  }
  const recorder = new Recorder(document, stamp);
  const criteria = standing.map(({ id, holds }) => ({ id, holds }));
  const verification = digestOf({
    handoff: document.handoff.id,
    packet: document.handoff.packet,
    delivery: document.delivery ?? null,
    criteria,
    by: stamp.by.id,
  });
  return closeUnlessEmbargoed(file, recorder.event('verify', { verification, criteria })).done();
}

/** What comes back to be done again is a return; beyond the budget a person decides. */
export function rework(
  file: ProtocolCase,
  document: HandoffFile,
  { criteria, because }: Of<'rework'>,
  stamp: Stamp,
): Performed {
  const known = contractOf(file, document.handoff.contract).document.acceptance.filter(({ at }) => at === 'delivery');
  const unknown = criteria.filter((id) => known.length > 0 && !known.some((each) => each.id === id));
  if (unknown.length > 0) return refusal(document, `The contract has no criterion of delivery "${unknown[0]}".`);
  const recorder = new Recorder(document, stamp);
  if (bouncesLeft(document.handoff) <= 0) {
    recorder.say('escalation', because);
    return recorder.event('escalate', { cause: 'bounces' }, 'system').done();
  }
  recorder.say('rework', because, { criteria: [...criteria] });
  return recorder
    .event('rework', { criteria: [...criteria] })
    .pass('back', 'rework')
    .pass('on', 'handoff')
    .done();
}

export function settleNow(
  file: ProtocolCase,
  document: HandoffFile,
  { obligations }: Of<'settle'>,
  stamp: Stamp,
): Performed {
  const recorder = new Recorder(document, stamp);
  settle(file, recorder, stamp, obligations);
  return recorder.done();
}

export function split(
  _file: ProtocolCase,
  document: HandoffFile,
  { obligation, parts }: Of<'split'>,
  stamp: Stamp,
): Performed {
  requireOwn(document, stamp, [obligation]);
  const recorder = new Recorder(document, stamp);
  return recorder
    .change({ ledger: splitObligation(document.ledger, obligation, parts, { at: recorder.at, by: stamp.by.id }) })
    .done();
}

export function merge(
  _file: ProtocolCase,
  document: HandoffFile,
  { obligations, into }: Of<'merge'>,
  stamp: Stamp,
): Performed {
  requireOwn(document, stamp, obligations);
  const recorder = new Recorder(document, stamp);
  return recorder
    .change({ ledger: mergeObligations(document.ledger, obligations, into, { at: recorder.at, by: stamp.by.id }) })
    .done();
}
