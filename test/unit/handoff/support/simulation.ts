import { readClock } from '../../../../lib/engines/handoff/clocks.ts';
import { type Contract, loadContract } from '../../../../lib/engines/handoff/contract.ts';
import type { EventType, HandoffEventInput } from '../../../../lib/engines/handoff/events.ts';
import { draftHandoff, type Handoff, handoff as handoffShape } from '../../../../lib/engines/handoff/handoff.ts';
import { advance, IllegalTransition } from '../../../../lib/engines/handoff/lifecycle.ts';
import {
  dischargeObligation,
  emptyLedger,
  mergeObligations,
  type ObligationLedger,
  obligationLedger,
  openIn,
  openObligations,
  settlementOf,
  splitObligation,
  transferObligations,
} from '../../../../lib/engines/handoff/obligations.ts';
import { type Packet, packetDigest, parsePacket } from '../../../../lib/engines/handoff/packet.ts';
import { sealPayload } from '../../../../lib/engines/handoff/payload.ts';
import { isTerminal } from '../../../../lib/engines/handoff/states.ts';
import { Dice } from '../../constraints/dice.ts';
import { EVIDENCE, packetValue, SALT, supportContract, supportPayload } from './contracts.ts';
import { eventFor } from './walk.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-10-19T06:00:00.000Z');
const PARTIES = ['tier-1', 'tier-2', 'engineering', 'field', 'partner'];
const PROMISE = {
  startedAt: new Date(START).toISOString(),
  within: { clockMinutes: 20_000 },
  working: { timeZone: 'UTC', calendar: { id: 'promise', name: 'Promise', week: {} } },
};

/** What somebody wants to happen, sent through a network that loses, repeats, delays and reorders. */
interface Message {
  readonly handoff: string;
  readonly event: HandoffEventInput;
  readonly due: number;
}

interface Thread {
  ledger: ObligationLedger;
  readonly roots: string[];
}

export interface Outcome {
  readonly handoffs: readonly Handoff[];
  readonly threads: readonly Thread[];
  /** The ids of everything that the recorder said yes to, with how often it had been delivered by the end. */
  readonly recorded: ReadonlyMap<string, number>;
  readonly faults: { lost: number; repeated: number; tooEarly: number; restarts: number };
}

/**
 * A small world: parties that act on what they see of handoffs, a network with faults between them and a recorder that keeps
 * the handoffs, which is restarted now and then from what it wrote. Everybody repeats what was not recorded.
 */
export class Simulation {
  readonly #dice: Dice;
  readonly #contract: Contract;
  readonly #handoffs = new Map<string, Handoff>();
  readonly #packets = new Map<string, Packet>();
  readonly #threads = new Map<string, Thread>();
  readonly #recorded = new Map<string, number>();
  readonly #handled = new Set<string>();
  readonly #faults = { lost: 0, repeated: 0, tooEarly: 0, restarts: 0 };
  readonly #wanted: number;
  #queue: Message[] = [];
  #now = START;
  #made = 0;

  constructor(seed: number, handoffs: number) {
    this.#dice = new Dice(seed);
    this.#wanted = handoffs;
    this.#contract = loadContract(
      supportContract({ consumers: PARTIES.map((id) => ({ id, name: id, accepts: ['1.x'] })), bounceBudget: 3 }),
    );
  }

  run(): Outcome {
    for (let round = 0; this.#made < this.#wanted || this.#open().length > 0; round += 1) {
      if (round > 400 * this.#wanted)
        throw new Error(`The world does not come to rest: ${this.#open().map(({ state }) => state)}`);
      while (this.#made < this.#wanted && this.#open().length < 40) this.#begin();
      for (const handoff of this.#open()) this.#look(handoff);
      this.#deliver();
      if (this.#dice.chance(0.01)) this.#restart();
    }
    return {
      handoffs: [...this.#handoffs.values()],
      threads: [...this.#threads.values()],
      recorded: this.#recorded,
      faults: this.#faults,
    };
  }

  #open(): Handoff[] {
    return [...this.#handoffs.values()].filter(({ state }) => !isTerminal(state));
  }

  /** Everything is read back from its bytes, by its shape. */
  #restart(): void {
    this.#faults.restarts += 1;
    for (const [id, each] of this.#handoffs)
      this.#handoffs.set(id, handoffShape.parse(JSON.parse(JSON.stringify(each))));
    for (const thread of this.#threads.values())
      thread.ledger = obligationLedger.parse(JSON.parse(JSON.stringify(thread.ledger)));
  }

  #begin(parent?: Handoff): void {
    this.#made += 1;
    const id = `h-${this.#made}`;
    const threadId = parent?.thread ?? `t-${this.#made}`;
    const thread = this.#threads.get(threadId) ?? { ledger: emptyLedger(threadId), roots: [] };
    this.#threads.set(threadId, thread);
    const sender = parent?.receiver ?? this.#dice.pick(PARTIES);
    const consumer = this.#dice.pick(PARTIES.filter((each) => each !== sender));
    if (parent === undefined) {
      const opened = Array.from({ length: this.#dice.between(1, 3) }, (_, n) => ({
        id: `${id}.o${n}`,
        says: 'Owed.',
        owner: sender,
        due: '2026-12-24T10:00:00.000Z',
      }));
      thread.ledger = openObligations(thread.ledger, id, opened);
      thread.roots.push(...opened.map((each) => each.id));
    }
    const passedOn = openIn(thread.ledger, sender).map(({ id: owed, says, owner, due }) => ({
      id: owed,
      says,
      owner,
      due,
    }));
    const payload = sealPayload(supportPayload({ steps: this.#dice.between(2, 9) }), SALT);
    const before = parent === undefined ? undefined : this.#packets.get(parent.id);
    const packet = parsePacket(
      packetValue(this.#contract, payload, {
        handoff: id,
        thread: threadId,
        sender: { party: sender, by: 'ana' },
        routing: { consumer },
        obligations: passedOn,
        promise: before?.promise ?? PROMISE,
        ...(before === undefined ? {} : { parent: { handoff: before.handoff, packet: packetDigest(before) } }),
      } as never),
    );
    this.#packets.set(id, packet);
    const at = new Date(this.#now).toISOString();
    this.#handoffs.set(id, draftHandoff({ contract: this.#contract, packet, calendars: () => undefined, at }));
  }

  /** Whoever has to act on what a handoff shows sends it, and sends it again while it is not recorded. */
  #look(handoff: Handoff): void {
    const seen = `${handoff.id}/${handoff.history.length}`;
    if (this.#handled.has(seen)) return;
    this.#handled.add(seen);
    for (const type of this.#intentions(handoff)) this.#send(handoff, type, `${seen}/${type}`);
    // A timer for each clock that runs.
    for (const run of handoff.clocks) {
      if (run.stoppedAt !== undefined || run.clock === 'escalation') continue;
      const { due } = readClock(run, handoff.terms.working, handoff.updatedAt);
      if (due === undefined) continue;
      const event = eventFor(handoff, 'escalate', {
        part: 'system',
        id: `${seen}/timer/${run.clock}`,
        said: { cause: 'clock', clock: run.clock },
      });
      this.#queue.push({ handoff: handoff.id, event, due: Math.max(this.#now, Date.parse(due)) });
    }
    if (handoff.state === 'escalated') {
      const run = handoff.clocks.findLast(({ clock }) => clock === 'escalation');
      const { due } = readClock(run!, handoff.terms.working, handoff.updatedAt);
      const event = eventFor(handoff, 'expire', { id: `${seen}/expire` });
      this.#queue.push({ handoff: handoff.id, event, due: Date.parse(due!) });
    }
  }

  #intentions(handoff: Handoff): EventType[] {
    const dice = this.#dice;
    switch (handoff.state) {
      case 'draft':
        // Sent at once, so that the network may bring them in any order.
        return dice.chance(0.05) ? ['block'] : ['validate', 'score', 'offer'];
      case 'validated':
        return ['score'];
      case 'scored':
        return [dice.chance(0.3) ? 'request-approval' : 'offer'];
      case 'awaiting-approval':
        return [dice.chance(0.1) ? 'decline' : 'offer'];
      case 'blocked':
        return [dice.chance(0.8) || handoff.accepted ? 'amend' : 'withdraw'];
      case 'offered':
        if (dice.chance(0.06)) return [];
        return [dice.pick(['acknowledge', 'acknowledge', 'acknowledge', 'acknowledge', 'ask', 'reject'] as const)];
      case 'acknowledged':
        return [dice.pick(['accept', 'accept', 'accept', 'accept', 'misread', 'ask'] as const)];
      case 'accepted':
        return ['start'];
      case 'in-delivery':
        this.#work(handoff);
        return [dice.pick(['deliver', 'deliver', 'deliver', 'pause', 'ask'] as const)];
      case 'paused':
        return [dice.chance(0.8) ? 'continue' : 'ask'];
      case 'clarify':
        return [dice.chance(0.6) ? 'answer' : 'amend'];
      case 'delivered':
        return [dice.chance(0.85) ? 'verify' : 'rework'];
      case 'verified':
        this.#settle(handoff);
        return ['close'];
      default:
        return dice.chance(0.8) ? ['resume'] : [];
    }
  }

  #send(handoff: Handoff, type: EventType, id: string): void {
    const part = handoff.state === 'paused' && type === 'ask' ? { part: 'customer' as const } : {};
    const thread = this.#threads.get(handoff.thread)!;
    const said =
      type === 'close' ? { obligations: settlementOf(thread.ledger, handoff.obligations, handoff.receiver) } : {};
    // Somebody who amends without changing anything hands in the same packet once more.
    const same = type === 'amend' ? { packet: handoff.packet, payload: handoff.payload } : {};
    const granted = type === 'resume' ? { grantedReturns: 1 } : {};
    const event = eventFor(handoff, type, { id, ...part, said: { ...said, ...same, ...granted } });
    const copies = this.#dice.chance(0.2) ? 2 : 1;
    this.#faults.repeated += copies - 1;
    const late = () => this.#now + this.#dice.between(0, this.#dice.chance(0.1) ? 600 : 20) * MINUTE;
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.#dice.chance(0.1)) this.#faults.lost += 1;
      else this.#queue.push({ handoff: handoff.id, event, due: late() });
    }
    // Sent again later, in case nobody heard of it.
    this.#queue.push({ handoff: handoff.id, event, due: this.#now + this.#dice.between(20, 60) * MINUTE });
  }

  #deliver(): void {
    this.#queue.sort((a, b) => a.due - b.due);
    const message = this.#queue.shift();
    if (message === undefined) {
      // Nothing is under way any more: what was sent was overtaken or refused, and everybody looks afresh.
      this.#handled.clear();
      return;
    }
    this.#now = Math.max(this.#now, message.due);
    const handoff = this.#handoffs.get(message.handoff)!;
    const event = { ...message.event, at: new Date(Math.max(this.#now, Date.parse(handoff.updatedAt))).toISOString() };
    try {
      const next = advance(handoff, event);
      this.#recorded.set(event.id, (this.#recorded.get(event.id) ?? 0) + 1);
      this.#handoffs.set(handoff.id, next);
      if (next !== handoff && event.type === 'accept') this.#accepted(next);
    } catch (error) {
      if (!(error instanceof IllegalTransition)) throw error;
      // Too early: it may be what comes next. What others have overtaken is never right again, and is let go after a while.
      this.#faults.tooEarly += 1;
      const age = this.#now - Date.parse(message.event.at);
      const [only] = error.problems;
      if (!isTerminal(handoff.state) && age < 90 * MINUTE && only?.code === 'no-such-transition')
        this.#queue.push({ ...message, due: this.#now + 5 * MINUTE });
    }
  }

  #accepted(handoff: Handoff): void {
    const thread = this.#threads.get(handoff.thread)!;
    const packet = this.#packets.get(handoff.id)!;
    const open = new Set(openIn(thread.ledger).map(({ id }) => id));
    thread.ledger = transferObligations(
      thread.ledger,
      packet.obligations.map(({ id }) => id).filter((id) => open.has(id)),
      handoff.receiver,
    );
    const known = new Set(thread.ledger.obligations.map(({ id }) => id));
    const opened = this.#contract.document.obligations
      .map(({ id, says }) => ({
        id: `${handoff.id}.${id}`,
        says,
        owner: handoff.receiver,
        due: '2026-12-20T10:00:00.000Z',
      }))
      .filter(({ id }) => !known.has(id));
    thread.roots.push(...opened.map(({ id }) => id));
    thread.ledger = openObligations(thread.ledger, handoff.id, opened);
  }

  /** In the work on it obligations are split, merged and discharged, or passed on with a further hop. */
  #work(handoff: Handoff): void {
    const thread = this.#threads.get(handoff.thread)!;
    const act = { at: new Date(this.#now).toISOString(), by: handoff.receiver };
    const mine = openIn(thread.ledger, handoff.receiver);
    const [first] = mine;
    const name = `${handoff.id}.w${thread.ledger.obligations.length}`;
    if (first === undefined) return;
    const choice = this.#dice.between(0, 3);
    if (choice === 0) {
      const parts = ['a', 'b'].map((part) => ({
        id: `${name}${part}`,
        says: 'Part.',
        owner: handoff.receiver,
        due: first.due,
      }));
      thread.ledger = splitObligation(thread.ledger, first.id, parts, act);
    } else if (choice === 1 && mine.length > 1) {
      thread.ledger = mergeObligations(
        thread.ledger,
        mine.slice(0, 2).map(({ id }) => id),
        { id: name, says: 'Both.' },
        act,
      );
    } else if (choice === 2) {
      thread.ledger = dischargeObligation(thread.ledger, first.id, [EVIDENCE as `sha256:${string}`], act);
    } else if (this.#made < this.#wanted) {
      this.#begin(handoff);
    }
  }

  /** Before it is closed, the receiver does what it still owes. */
  #settle(handoff: Handoff): void {
    const thread = this.#threads.get(handoff.thread)!;
    const act = { at: new Date(this.#now).toISOString(), by: handoff.receiver };
    for (const { id } of openIn(thread.ledger, handoff.receiver)) {
      thread.ledger = dischargeObligation(thread.ledger, id, [EVIDENCE as `sha256:${string}`], act);
    }
  }
}
