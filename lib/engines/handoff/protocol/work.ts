import { digestOf } from '../../../core/digest.ts';
import type { Problem } from '../../../core/errors.ts';
import { addSeconds, type Instant } from '../../../core/instant.ts';
import type { Json } from '../../../core/json.ts';
import { bouncesOf } from '../bounces.ts';
import { openIn } from '../obligations.ts';
import { valueAt } from '../payload.ts';
import type { HandoffPolicy } from '../policy/policy.ts';
import type { ContractingRequest, HandOver } from '../request/input.ts';
import { isTerminal } from '../states.ts';
import { type HandoffFile, handoffDocument } from './handoff-document.ts';

/**
 * How long after its last handoff a piece of work is known: whoever hands it over within that time goes on from there, as far as
 * returns or a promise would be lost otherwise. What is owed is known for good.
 */
const KNOWN_FOR_DAYS = 30;

/** A name under which a piece of work is known, and where in the request it stands. */
export interface WorkName {
  readonly kind: 'thread' | 'subject';
  readonly value: string;
  readonly pointer: string;
}

/** The last handoff of a piece of work. */
export interface LastHandoff {
  readonly executionId: string;
  /** As it stands; absent while it is being offered. */
  readonly document?: Json;
  /** Of the document as it ended. */
  readonly digest?: string;
}

/** The first identifier that the receiver of a contract reads back says what the work is about: the number of a ticket, say. */
function subjectOf({ contract, payload }: HandOver, policy: HandoffPolicy): WorkName[] {
  const facts = policy.contract(contract.id, contract.version)?.document.readback.facts ?? [];
  const identifier = facts.find(({ kind }) => kind === 'identifier');
  if (identifier === undefined || !('value' in payload)) return [];
  const { pointer } = identifier;
  const value = valueAt(payload.value, pointer);
  if (typeof value !== 'string' && typeof value !== 'number') return [];
  return [{ kind: 'subject', value: `${pointer} ${value}`, pointer: `/input/payload/value${pointer}` }];
}

/**
 * The names under which the work of a request is known: its thread, which the sender chooses, and what the contract identifies it by,
 * which nobody chooses. The second needs the policy. Nothing for a request that hands nothing over.
 */
function namesOfWork(input: ContractingRequest, policy?: HandoffPolicy): WorkName[] {
  if (input.kind !== 'handoff') return [];
  const thread: WorkName = { kind: 'thread', value: input.thread, pointer: '/input/thread' };
  return [thread, ...(policy === undefined ? [] : subjectOf(input, policy))];
}

/** What would be lost if the work began anew: what is owed, returns, a promise. */
function lostOf({ handoff, ledger, passes }: HandoffFile, sender: string, at: Instant): string[] {
  const owed = openIn(ledger).map(({ id }) => `the obligation "${id}"`);
  const isKnown = at < addSeconds(handoff.updatedAt, KNOWN_FOR_DAYS * 24 * 3600);
  // What was delivered and verified is done for whoever handed it over; whoever took it over carries it on.
  const isDone = handoff.state === 'closed' && handoff.receiver !== sender;
  if (!isKnown || isDone) return owed;
  const { count } = bouncesOf(passes, handoff.terms.bounceBudget);
  return [
    ...owed,
    ...(count === 0 ? [] : [count === 1 ? 'a return' : `${count} returns`]),
    ...(handoff.promise === undefined ? [] : ['the promise to the customer']),
  ];
}

const problem = (at: string, code: string, message: string, mend: string): Problem[] => [
  { pointer: at, code, message, mend },
];

/**
 * What speaks against handing work over that is known: it is under way, it has gone on since from where the request wants to go on,
 * or it would begin anew and lose something by it.
 * @param last of the work known by the name.
 */
function conflictsOfWork(input: ContractingRequest, name: WorkName, last: LastHandoff, at: Instant): Problem[] {
  if (input.kind !== 'handoff') return [];
  const { previous, sender } = input;
  const parsed = last.document === undefined ? undefined : handoffDocument.safeParse(last.document);
  // The value stands in the payload, which can be erased; what is said here is kept.
  const which = name.kind === 'thread' ? `The thread "${input.thread}"` : `The work that ${name.pointer} names`;
  const state = parsed?.data?.handoff.state;
  if (parsed === undefined || (state !== undefined && !isTerminal(state)))
    return problem(
      name.pointer,
      'work-under-way',
      `${which} is being handed over already, by execution ${last.executionId}.`,
      'Let that handoff end, withdraw it or supersede it; other work has a name of its own.',
    );
  const goesOn = previous !== undefined && digestOf(previous) === last.digest;
  if (goesOn || parsed.data === undefined) return [];
  const goOn = `Go on from execution ${last.executionId}: send its handoff_packet along, and as "previous" the document of its handoff.`;
  if (previous !== undefined && name.kind === 'thread')
    return problem(
      '/input/previous',
      'work-went-on',
      `${which} has gone on since, in execution ${last.executionId}.`,
      goOn,
    );
  const lost = lostOf(parsed.data, sender.party, at);
  if (lost.length === 0) return [];
  return problem(
    name.pointer,
    'work-known',
    `${which} is known from execution ${last.executionId}; begun anew it would lose ${lost.join(', ')}.`,
    goOn,
  );
}

/** Work goes on in its thread: begun anew it would lose what is owed, its returns and the promise. */
export const workRule = { names: namesOfWork, conflicts: conflictsOfWork } as const;
