import { afterAll, describe, expect, test } from 'vitest';
import { readChain } from '../../../lib/platform/audit/chain.ts';
import { readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { flowOf as flowAfter } from '../../../lib/platform/handoffs/effects.ts';
import { offer } from '../../../lib/platform/handoffs/offer.ts';
import { missHandoffClock } from '../../../lib/platform/handoffs/overdue.ts';
import { sweepHandoffs } from '../../../lib/platform/handoffs/sweep.ts';
import { readQueue } from '../../../lib/platform/handoffs/views.ts';
import { handingSkill } from '../../support/handoff-skill.ts';
import {
  awaitHandoff,
  endHandoffWorlds,
  flowOf,
  HandoffBrowser,
  type HandoffWorld,
  handoffOf,
  linkOf,
  offered,
  startHandoffWorld,
} from './world.ts';

afterAll(endHandoffWorlds);

/** A world whose skill may send so many mails for one execution. */
async function withMails(mails: number, asked: Record<string, unknown> = {}): Promise<HandoffWorld> {
  const world = await startHandoffWorld(asked);
  const skill = { ...handingSkill, budget: { ...handingSkill.budget, mails } };
  return { ...world, runtime: Object.assign(world.runtime, { skills: [skill] }) };
}

const mailsTo = ({ runtime }: HandoffWorld, person: string) => runtime.mail.to(`${person}@example.com`).length;

/** Lets the clock of the wait in force run out, and the next one begin. */
async function runOut(world: HandoffWorld): Promise<void> {
  const { number } = await handoffOf(world);
  world.runtime.clock.advance(3_600);
  const flow = await missHandoffClock(world.runtime, flowOf(world, { wait: { number, timeoutSeconds: 1 } }));
  await awaitHandoff(world, flow);
}

/** Goes on to the wait that an answer led to. */
async function goOn(world: HandoffWorld): Promise<void> {
  await awaitHandoff(world, flowAfter(await handoffOf(world), world.runtime.clock.now()));
}

describe('the mails of a handoff', () => {
  test('block the offer where its first wait asks more people than the skill may mail', async () => {
    // Two people with a link, a reminder and a notice each, and the mail of the outcome.
    const receivers = ['bob', 'cleo'];
    const beyond = await withMails(6, { receivers });
    expect((await offer(beyond.runtime, flowOf(beyond))).verdict).toBe('block');
    const { gates } = await readExecution(beyond.runtime, beyond.executionId);
    expect(gates.flatMap(({ reasons }) => reasons)).toEqual([
      { code: 'BudgetExceeded', message: 'The execution takes 7 mails; the skill allows 6.', pointer: '' },
    ]);
    expect(beyond.runtime.mail.sent).toEqual([]);
    const within = await withMails(7, { receivers });
    expect((await offer(within.runtime, flowOf(within))).verdict).toBe('await-handoff');
  });

  test('stay unsent once the budget is used up, but for those to oversight; the work stands in its queue', async () => {
    const world = await withMails(4);
    const { runtime } = world;
    await offered(world);
    runtime.clock.advance(1_801);
    await sweepHandoffs(runtime, runtime.clock.now());
    expect(mailsTo(world, 'bob')).toBe(2);
    await runOut(world);
    // With the notice to Bob all is sent that may be, one being kept free for the outcome.
    expect([mailsTo(world, 'bob'), mailsTo(world, 'olga')]).toEqual([3, 1]);
    await new HandoffBrowser(world).answer(linkOf(world, 'olga'), 'resume');
    await goOn(world);
    expect((await handoffOf(world)).wait).toMatchObject({ state: 'offered', people: ['bob'] });
    expect(mailsTo(world, 'bob')).toBe(3);
    const { work } = await readQueue(runtime, 'tier-2');
    expect(work).toMatchObject([{ executionId: world.executionId, people: ['bob'] }]);
    const unsent = (await readChain(runtime, world.executionId)).filter(({ type }) => type === 'mail-not-sent');
    expect(unsent.map(({ data }) => data)).toMatchObject([{ kind: 'ask', personId: 'bob', reason: 'budget-used-up' }]);
    expect((await handoffOf(world)).pendingMails).toEqual([]);
    await runOut(world);
    expect([mailsTo(world, 'bob'), mailsTo(world, 'olga')]).toEqual([3, 2]);
  });
});
