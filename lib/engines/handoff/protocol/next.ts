import { epochMilliseconds, type Instant, instantAt } from '../../../core/instant.ts';
import { readClock } from '../clocks.ts';
import { CLOCK_OF } from '../effects.ts';
import { runningClock } from '../guards.ts';
import type { ClockRun } from '../handoff.ts';
import type { State } from '../states.ts';
import { contractOf, type HandoffFile } from './document.ts';
import { formFor } from './forms.ts';
import { peopleOf } from './people.ts';
import { releaseTime } from './release.ts';
import type { ActingPart, Form, ProtocolCase } from './shapes.ts';

/** What a handoff waits for. */
export interface Wait extends Form {
  readonly state: State;
  readonly awaits: 'receipt' | 'delivery' | 'verification' | 'answer' | 'judgement' | 'release';
  readonly title: string;
  readonly part: ActingPart;
  readonly party: string;
  readonly people: readonly string[];
  readonly clock: string;
  readonly dueAt: Instant;
}

/** What a handoff ended with. */
export interface End {
  readonly state: State;
  readonly outcome: 'published' | 'rejected' | 'changes-requested' | 'withdrawn' | 'expired' | 'rolled-back';
  readonly reasons: readonly { readonly code: string; readonly message: string; readonly pointer: string }[];
}

type Awaited = Pick<Wait, 'awaits' | 'title' | 'part'>;

const AWAITS: Partial<Record<State, Awaited>> = {
  offered: { awaits: 'receipt', title: 'Read back and accept', part: 'receiver' },
  acknowledged: { awaits: 'receipt', title: 'Read back and accept', part: 'receiver' },
  accepted: { awaits: 'delivery', title: 'Deliver what was agreed', part: 'receiver' },
  'in-delivery': { awaits: 'delivery', title: 'Deliver what was agreed', part: 'receiver' },
  delivered: { awaits: 'verification', title: 'Look at what was delivered', part: 'sender' },
  clarify: { awaits: 'answer', title: 'Answer what is asked', part: 'sender' },
  escalated: { awaits: 'judgement', title: 'Decide how it goes on', part: 'oversight' },
  paused: { awaits: 'release', title: 'Go on when what was waited for is there', part: 'receiver' },
};

/** The pause in which a handoff stands, with the instant at which it ends by itself. */
export function pauseOf({ handoff }: HandoffFile): { readonly code: string; readonly endsAt: Instant } | undefined {
  const last = handoff.history.findLast(({ event }) => event.type === 'pause')?.event;
  if (handoff.state !== 'paused' || last?.type !== 'pause') return undefined;
  const declared = handoff.terms.pauses.find(({ code }) => code === last.code);
  const minutes = declared?.maximumClockMinutes ?? 0;
  return { code: last.code, endsAt: instantAt(epochMilliseconds(last.at) + minutes * 60_000) };
}

/** Of the clocks that a pause does not stop, the one that runs out first. */
function clockInPause({ handoff }: HandoffFile): ClockRun | undefined {
  const running = handoff.clocks.flatMap((run) => {
    const { state, due } = readClock(run, handoff.terms.working, handoff.updatedAt);
    return state === 'running' && due !== undefined ? [{ run, due }] : [];
  });
  return running.toSorted((a, b) => (a.due < b.due ? -1 : 1))[0]?.run;
}

/** The clock that measures what a handoff waits for; in a pause one that the pause does not stop, where there is any. */
export function clockOf(document: HandoffFile): ClockRun | undefined {
  const { handoff } = document;
  if (handoff.state === 'paused') return clockInPause(document);
  const name = handoff.state === 'escalated' ? 'escalation' : CLOCK_OF[handoff.state];
  return name === undefined ? undefined : runningClock(handoff, name);
}

const OUTCOME: Partial<Record<State, End['outcome']>> = {
  closed: 'published',
  rejected: 'rejected',
  expired: 'expired',
  superseded: 'withdrawn',
  withdrawn: 'withdrawn',
  'rolled-back': 'rolled-back',
};

const WORDS: Partial<Record<State, string>> = {
  expired: 'Nobody decided about it in time.',
  superseded: 'Another handoff has taken its place.',
  withdrawn: 'It was withdrawn.',
  'rolled-back': 'It was rolled back.',
};

function reasonsOf(file: ProtocolCase, { handoff }: HandoffFile): End['reasons'] {
  const last = handoff.history.at(-1)?.event;
  if (handoff.state === 'closed' || last === undefined) return [];
  const code = 'code' in last ? last.code : handoff.state;
  const says = contractOf(file, handoff.contract).document.rejectionCodes.find(
    (each) => last.type === 'reject' && each.code === code,
  )?.says;
  const facts = last.type === 'reject' && last.facts.length > 0 ? last.facts : [''];
  return facts.map((pointer) => ({
    code,
    message: says ?? WORDS[handoff.state] ?? '',
    pointer: pointer === '' ? '' : `/payload/value${pointer}`,
  }));
}

/** What a handoff waits for, or what it ended with. */
export function nextOf(file: ProtocolCase, document: HandoffFile): Wait | End {
  const { handoff } = document;
  const outcome = OUTCOME[handoff.state];
  if (outcome !== undefined) return { state: handoff.state, outcome, reasons: reasonsOf(file, document) };
  if (handoff.state === 'verified') {
    const dueAt = releaseTime(file, document) ?? handoff.updatedAt;
    const title = 'Goes out when its time has come';
    const asked = { people: [], choices: [], fields: [] };
    return {
      state: 'verified',
      awaits: 'release',
      title,
      part: 'system',
      party: handoff.receiver,
      clock: 'embargo',
      dueAt,
      ...asked,
    };
  }
  const awaited = AWAITS[handoff.state];
  if (awaited === undefined) throw new RangeError(`A handoff is never left as "${handoff.state}".`);
  const pause = pauseOf(document);
  const run = clockOf(document);
  // A clock without a due instant would stand still for ever; contracts give every pause a maximum.
  const due = run === undefined ? undefined : readClock(run, handoff.terms.working, handoff.updatedAt).due;
  const pauseFirst = pause !== undefined && (due === undefined || pause.endsAt <= due);
  return {
    state: handoff.state,
    ...awaited,
    party: { receiver: handoff.receiver, sender: handoff.sender, oversight: handoff.terms.oversight }[
      awaited.part as 'receiver' | 'sender' | 'oversight'
    ],
    people: peopleOf(file, document, awaited.part),
    clock: pauseFirst ? pause.code : (run?.clock ?? 'none'),
    dueAt: pauseFirst ? pause.endsAt : (due ?? handoff.updatedAt),
    ...formFor(file, document),
  };
}
