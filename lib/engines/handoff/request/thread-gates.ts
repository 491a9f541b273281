import { digestOf } from '../../../core/digest.ts';
import { isEmployed } from '../../../core/directory/employment.ts';
import type { LoadedDirectory } from '../../../core/directory/loaded.ts';
import type { Problem } from '../../../core/errors.ts';
import type { Instant } from '../../../core/instant.ts';
import { pointer } from '../../../core/json.ts';
import type { Contract } from '../contract.ts';
import { checkLedger, openIn } from '../obligations.ts';
import type { HandoffPolicy } from '../policy/policy.ts';
import type { HandOver } from './input.ts';

/** As much of the platform's packet of the execution before as its successor is held against. */
export interface HandedOver {
  readonly accountId: string;
  readonly outcome: string;
  /** The handoff as it ended, by its digest. */
  readonly handoff?: { readonly document: string; readonly state: string } | undefined;
}

interface Question {
  readonly input: HandOver;
  readonly policy: HandoffPolicy;
  readonly contract: Contract;
  readonly directory: LoadedDirectory;
  readonly requester: string;
  readonly at: Instant;
  readonly handedOver?: HandedOver;
}

function problem(at: string, code: string, message: string, mend: string): Problem {
  return { pointer: at, code, message, mend };
}

/** The role that acts for a party under a contract: the contract's own word first. */
export function roleOfConsumer({ document }: Contract, policy: HandoffPolicy, party: string): string | undefined {
  return document.consumers.find(({ id }) => id === party)?.role ?? policy.party(party)?.role;
}

/** Sender and recipient have to be who they are said to be. */
function partyProblems({ input, policy, contract, directory, requester, at }: Question): Problem[] {
  const { sender, routing } = input;
  const party = policy.party(sender.party);
  if (party === undefined)
    return [
      problem(
        '/sender/party',
        'unknown-party',
        `"${sender.party}" is no party of the policy.`,
        'Name one of its parties.',
      ),
    ];
  const person = directory.person(requester);
  const found: Problem[] = [];
  if (party.role === undefined || person?.roles.includes(party.role) !== true)
    found.push(
      problem(
        '/sender/party',
        'not-of-party',
        `"${requester}" does not act for "${sender.party}".`,
        'Let somebody of the party hand it over.',
      ),
    );
  const saysOnDelivery = contract.document.acceptance.filter(
    (each) =>
      each.by === 'role' &&
      each.at === 'delivery' &&
      party.role !== undefined &&
      !directory.membersOf(each.role).some(({ roles }) => roles.includes(party.role ?? '')),
  );
  for (const { id } of saysOnDelivery)
    found.push(
      problem(
        '/sender/party',
        'criterion-nobody-can-say',
        `Nobody of "${sender.party}" could say whether "${id}" holds.`,
        'Let a party hand it over that can.',
      ),
    );
  const { recipient } = routing;
  if (recipient === undefined) return found;
  const role = roleOfConsumer(contract, policy, routing.consumer);
  const named = directory.person(recipient);
  if (named === undefined || !isEmployed(named, at) || role === undefined || !named.roles.includes(role))
    found.push(
      problem(
        '/routing/recipient',
        'recipient-not-of-consumer',
        `"${recipient}" does not work for "${routing.consumer}".`,
        'Name somebody of the consumer, or nobody.',
      ),
    );
  return found;
}

/** No obligation may disappear between two hops: each open one stands in the packet, owed by somebody, no later than it was. */
function obligationProblems({ input, policy }: Question): Problem[] {
  const { previous, obligations, routing } = input;
  const strangers = obligations.flatMap(({ owner }, index) =>
    owner === undefined || policy.party(owner) !== undefined
      ? []
      : [
          problem(
            pointer('/obligations', index, 'owner'),
            'unknown-party',
            `"${owner}" is no party of the policy.`,
            'Name one of its parties.',
          ),
        ],
  );
  if (previous === undefined) return strangers;
  const { ledger } = previous;
  const lost = checkLedger(ledger).map((each) => ({ ...each, pointer: `/previous/ledger${each.pointer}` }));
  const bent = openIn(ledger).flatMap((owed): Problem[] => {
    const index = obligations.findIndex(({ id }) => id === owed.id);
    const now = obligations[index];
    if (now === undefined)
      return [
        problem(
          '/obligations',
          'obligation-lost',
          `"${owed.id}" is open in the thread and not in this packet.`,
          'Carry it on, or have it discharged first.',
        ),
      ];
    const at = pointer('/obligations', index);
    return [
      ...(now.due === undefined || now.due === owed.due
        ? []
        : [problem(`${at}/due`, 'obligation-moved', `"${owed.id}" is due at ${owed.due}.`, 'Carry it on as it is.')]),
      ...(now.owner === undefined || now.owner === owed.owner || now.owner === routing.consumer
        ? []
        : [
            problem(
              `${at}/owner`,
              'obligation-moved',
              `"${owed.id}" is owed by "${owed.owner}", and can pass to the consumer only.`,
              'Name one of the two.',
            ),
          ]),
    ];
  });
  const reopened = obligations.flatMap(({ id }, index) =>
    ledger.obligations.some((each) => each.id === id && each.standing.is !== 'open')
      ? [
          problem(
            pointer('/obligations', index, 'id'),
            'obligation-not-open',
            `"${id}" is settled already.`,
            'Give what is newly owed an id of its own.',
          ),
        ]
      : [],
  );
  return [...strangers, ...lost, ...bent, ...reopened];
}

/** What a handoff goes on from has to be what was handed over. */
function previousProblems({ input, handedOver }: Question): Problem[] {
  const { previous, thread, sender } = input;
  if (previous === undefined) return [];
  const refuse = (at: string, code: string, message: string, mend: string): Problem[] => [
    problem(at, code, message, mend),
  ];
  if (handedOver === undefined)
    return refuse(
      '/previous',
      'previous-unproved',
      'Nothing shows that the handoff before has ended so.',
      'Send the handoff_packet of its execution along.',
    );
  if (handedOver.handoff?.document !== digestOf(previous))
    return refuse(
      '/previous',
      'previous-differs',
      'It is not the handoff that the handoff_packet names by its digest.',
      'Send the document as it ended.',
    );
  const { handoff, ledger } = previous;
  const holder = handoff.state === 'closed' ? handoff.receiver : handoff.sender;
  return [
    ...(handoff.thread === thread && ledger.thread === thread && handedOver.accountId === thread
      ? []
      : refuse(
          '/thread',
          'other-thread',
          'The handoff before, its obligations or its execution belong to another thread.',
          'Go on from the last handoff of this thread.',
        )),
    // What was delivered lies with who took it over; what was rejected, withdrawn or let expire lies where it was.
    ...(holder === sender.party
      ? []
      : refuse('/sender/party', 'not-the-holder', `The work lies with "${holder}".`, 'Only who has it hands it on.')),
    ...(input.promise === undefined
      ? []
      : refuse(
          '/promise',
          'promise-restated',
          'The thread has its promise; it is carried on and not made anew.',
          'Leave it out.',
        )),
  ];
}

/** What of a request the contract alone cannot judge: parties, people, the thread that it goes on from. By pointer into the input. */
export function threadProblems(question: Question): Problem[] {
  return [...partyProblems(question), ...previousProblems(question), ...obligationProblems(question)];
}
