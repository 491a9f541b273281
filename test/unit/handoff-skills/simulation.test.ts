import { expect, it } from 'vitest';
import { digestOf } from '../../../lib/core/digest.ts';
import { CountersignError } from '../../../lib/core/errors.ts';
import { addSeconds, type Instant } from '../../../lib/core/instant.ts';
import type { Json } from '../../../lib/core/json.ts';
import { readClock } from '../../../lib/engines/handoff/clocks.ts';
import { checkLedger } from '../../../lib/engines/handoff/obligations.ts';
import { handoffProtocol } from '../../../lib/engines/handoff/protocol/protocol.ts';
import { Dice } from '../constraints/dice.ts';
import { countSlowly } from '../handoff/support/slow-clock.ts';
import { caseOf, decide, exampleOf, handedOver, NOW, support, Walk } from './player.ts';

type Draft = { [name: string]: Json };
type Form = {
  readonly choices: readonly { readonly choice: string; readonly fields: readonly string[] }[];
  readonly fields: readonly {
    readonly name: string;
    readonly kind: string;
    readonly options?: readonly { readonly value: string }[];
  }[];
};

const HANDOFFS = process.env.COUNTERSIGN_DEEP === undefined ? 40 : 1_000;

/** What somebody who means well fills in; now and then they do not. */
function filledIn(dice: Dice, walk: Walk, { choices, fields }: Form, choice: string): Record<string, string> {
  const names = choices.find((each) => each.choice === choice)?.fields ?? [];
  const payload = (walk.file.input as unknown as { payload: { value: Draft } }).payload.value;
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const field = fields.find((each) => each.name === name);
      if (name.startsWith('readback/'))
        return [[name, dice.chance(0.15) ? 'something else' : String(payload[name.slice('readback/'.length)])]];
      if (name.startsWith('passed.')) return [];
      if (name.startsWith('done.')) return dice.chance(0.1) ? [] : [[name, 'Done.']];
      if (name === 'recipient') return [];
      if (name === 'returns') return [[name, String(dice.between(0, 2))]];
      if (field?.kind === 'choice')
        return [
          [name, name === 'delivery.cause' ? 'found' : dice.pick(field.options?.map(({ value }) => value) ?? [''])],
        ];
      if (field?.kind === 'check') return [[name, 'yes']];
      return name.startsWith('evidence-') ? [] : [[name, 'Because.']];
    }),
  );
}

const LIKELY: Readonly<Record<string, number>> = {
  accept: 8,
  deliver: 8,
  verify: 8,
  answer: 8,
  resume: 6,
  continue: 4,
  reject: 0.4,
  end: 0.4,
  withdraw: 0.3,
  escalate: 0.3,
  amend: 0.5,
};

function chosen(dice: Dice, { choices }: Form): string {
  const all = choices.flatMap(({ choice }) =>
    Array.from({ length: Math.ceil(10 * (LIKELY[choice] ?? 1)) }, () => choice),
  );
  return dice.pick(all);
}

/** Lives one handoff to its end: answers that are lost, repeated, refused or too late, clocks that run out, restarts from bytes. */
function live(
  dice: Dice,
  walk: Walk,
  faults: { lost: number; repeated: number; refused: number; missed: number; illegal: number },
): void {
  for (let step = 0; step < 400; step += 1) {
    const next = walk.next;
    if ('outcome' in next) return;
    expect(next.dueAt > walk.handoff.handoff.updatedAt, next.state).toBe(true);
    // The platform takes no answer any more when the clock has run out.
    if (dice.chance(0.1) || addSeconds(walk.now, 60) >= next.dueAt) {
      faults.missed += 1;
      walk.miss();
      continue;
    }
    if (dice.chance(0.1)) {
      faults.lost += 1;
      continue;
    }
    // Whoever comes from another wait finds that it cannot be, and nothing has changed.
    if (dice.chance(0.05)) {
      const before = digestOf(walk.document);
      try {
        walk.send(dice.pick(['sender', 'receiver', 'oversight'] as const), 'somebody', {
          type: dice.pick(['verify', 'start', 'continue', 'acknowledge']),
          ...(dice.chance(0.5) ? { criteria: [] } : {}),
        });
      } catch (error) {
        if (!(error instanceof CountersignError)) throw error;
        faults.illegal += 1;
        expect(digestOf(walk.document)).toBe(before);
      }
      continue;
    }
    const choice = chosen(dice, next);
    const as = dice.pick(next.people);
    const values = filledIn(dice, walk, next, choice);
    const id = `step-${step}`;
    if (walk.answer(as, choice, values, id) !== undefined) faults.refused += 1;
    else if (dice.chance(0.2)) {
      faults.repeated += 1;
      const before = digestOf(walk.document);
      const again = handoffProtocol.act(walk.file, walk.document, {
        id,
        at: walk.now,
        by: { part: next.part, id: as },
        choice,
        values,
      });
      expect(digestOf(again.document)).toBe(before);
    }
  }
  throw new Error(`It does not come to an end: ${walk.state}.`);
}

it(`${HANDOFFS} handoffs with faults and restarts: nothing is lost, no obligation is lost, every clock is right`, async () => {
  const dice = new Dice(20_261_121);
  const faults = { lost: 0, repeated: 0, refused: 0, missed: 0, illegal: 0 };
  const walks: Walk[] = [];
  const outcomes = new Map<string, number>();
  const head = exampleOf(support, '46');
  let before: Walk | undefined;
  let now: Instant = NOW;
  while (walks.length < HANDOFFS) {
    const hop =
      before === undefined
        ? undefined
        : head.followUps[before.handoff.handoff.contract.id === 'incident-to-tier-2' ? 0 : 1];
    const thread = before?.handoff.handoff.thread ?? `t-${walks.length}`;
    const story = hop ?? head;
    const owed = before?.handoff.ledger.obligations.filter(({ standing }) => standing.is === 'open') ?? [];
    const fresh = {
      evidence: (story.request.input as { evidence: Draft[] }).evidence.map((each) => ({ ...each, issuedAt: now })),
    };
    const obligations =
      before === undefined
        ? [{ id: `${thread}.call-back`, says: 'Call back.', owner: 'tier-1', due: addSeconds(now, 8 * 3600) }]
        : owed.map(({ id, says }) => ({ id, says }));
    const promise = before === undefined ? { promise: { startedAt: now, within: { clockMinutes: 480 } } } : {};
    const input = {
      ...(story.request.input as Draft),
      ...fresh,
      thread,
      obligations,
      ...promise,
      ...(before === undefined ? {} : { previous: before.document }),
      risk: 20,
    };
    const result = await decide(
      support,
      input,
      story.requester,
      now,
      before === undefined ? undefined : handedOver(before),
    );
    if (result.verdict === 'block') {
      // Only a thread that has used up its promise or its returns is not ready any more.
      expect(before).toBeDefined();
      expect(result.reasons[0]?.code).toBe('below-threshold');
      before = undefined;
      continue;
    }
    const walk = new Walk(caseOf(support, input, story.requester, result, now), now);
    walk.now = addSeconds(now, 60);
    live(dice, walk, faults);
    walks.push(walk);
    const { next } = walk;
    if (!('outcome' in next)) throw new Error(`It waits as ${next.state}.`);
    outcomes.set(next.outcome, (outcomes.get(next.outcome) ?? 0) + 1);
    const ids = new Set(walk.handoff.ledger.obligations.map(({ id }) => id));
    for (const { id } of before?.handoff.ledger.obligations ?? []) expect(ids.has(id), id).toBe(true);
    expect(
      before === undefined || before.handoff.handoff.promise?.startedAt === walk.handoff.handoff.promise?.startedAt,
    ).toBe(true);
    now = addSeconds(walk.now, 60);
    before =
      next.outcome === 'published' && walk.handoff.handoff.contract.id !== 'fix-to-customer-care' ? walk : undefined;
  }

  expect(walks).toHaveLength(HANDOFFS);
  expect(outcomes.get('published') ?? 0).toBeGreaterThan(HANDOFFS / 3);
  expect(Math.min(...Object.values(faults))).toBeGreaterThan(HANDOFFS / 20);
  let clocks = 0;
  for (const walk of walks) {
    expect(handoffProtocol.verify(walk.file, walk.document)).toEqual([]);
    const { handoff, ledger } = walk.handoff;
    expect(checkLedger(ledger)).toEqual([]);
    for (const run of handoff.clocks) {
      const slow = countSlowly(run, handoff.terms.working, handoff.updatedAt);
      const reading = readClock(run, handoff.terms.working, handoff.updatedAt);
      expect([reading.elapsedMilliseconds, reading.due]).toEqual([slow.elapsed * 60_000, slow.due]);
      clocks += 1;
    }
  }
  expect(clocks).toBeGreaterThan(2 * HANDOFFS);
  expect(walks.some((walk) => walk.handoff.handoff.parent !== undefined)).toBe(true);
}, 900_000);
