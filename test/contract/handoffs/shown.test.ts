import { afterAll, describe, expect, test } from 'vitest';
import { handoffLines } from '../../../lib/cli/execution-lines.ts';
import { renderExecutionPage } from '../../../lib/pages/execution-page.ts';
import { renderStatusPage } from '../../../lib/pages/status-page.ts';
import { viewExecution } from '../../../lib/platform/api/execution-view.ts';
import { executionPageView, statusView } from '../../../lib/platform/api/status-view.ts';
import { executionView } from '../../../lib/platform/contracts/api.ts';
import { offer } from '../../../lib/platform/handoffs/offer.ts';
import { textOf } from '../../e2e/support/page-text.ts';
import {
  endHandoffWorlds,
  flowOf,
  HandoffBrowser,
  type HandoffWorld,
  handoffOf,
  linkOf,
  offered,
  RIGHT,
  startHandoffWorld,
} from './world.ts';

afterAll(endHandoffWorlds);

const viewOf = async ({ runtime, executionId }: HandoffWorld) =>
  executionView.parse(await viewExecution(runtime, executionId));

async function pagesOf({ runtime, executionId }: HandoffWorld): Promise<{ status: string; execution: string }> {
  return {
    status: renderStatusPage(await statusView(runtime, undefined)),
    execution: renderExecutionPage(await executionPageView(runtime, executionId)),
  };
}

describe('an execution whose handoff waits', () => {
  test('says in which state, for which party and until when: by the API, on both pages, on the command line', async () => {
    const world = await startHandoffWorld();
    await offered(world);
    const { wait, summary } = await handoffOf(world);
    const view = await viewOf(world);
    expect(view).toMatchObject({ status: 'waiting' });
    expect(view.waitingForHandoff).toEqual({
      handoff: summary.handoff,
      state: 'offered',
      awaits: 'receipt',
      title: 'Read back and accept',
      part: 'receiver',
      party: 'tier-2',
      people: ['bob'],
      clock: 'acceptance',
      dueAt: wait?.dueAt,
    });
    expect(handoffLines(view)[0]).toBe(
      `Handoff ${summary.handoff} is offered and waits for tier-2, bob, until ${wait?.dueAt} (acceptance):`,
    );
    const { status, execution } = await pagesOf(world);
    expect(textOf(status)).toMatch(/tier-2 offered, due /);
    expect(status).toContain('<a href="/queues/tier-2">');
    expect(status).toContain(`datetime="${wait?.dueAt}"`);
    expect(textOf(execution)).toMatch(
      /Handoff State offered .* Waits for tier-2 .* What is asked Read back and accept Due /,
    );
    expect(execution).toContain(`datetime="${wait?.dueAt}"`);
  });

  test('shows the next wait once the first is answered, and a system that answers as such', async () => {
    const world = await startHandoffWorld();
    await offered(world);
    await new HandoffBrowser(world).answer(linkOf(world, 'bob'), 'accept', RIGHT);
    expect((await viewOf(world)).waitingForHandoff).toMatchObject({
      state: 'in-delivery',
      people: [],
      party: 'tier-2',
    });
    const { status, execution } = await pagesOf(world);
    expect(textOf(status)).toMatch(/tier-2 in delivery, due /);
    expect(textOf(execution)).toContain('a system answers');
  });

  test('shows no wait once it has ended, and nothing of a handoff where none is offered', async () => {
    const world = await startHandoffWorld();
    await offered(world);
    await new HandoffBrowser(world).answer(linkOf(world, 'bob'), 'reject', { reason: 'Wrong.', code: 'wrong-team' });
    expect(await viewOf(world)).not.toHaveProperty('waitingForHandoff');
    const { status, execution } = await pagesOf(world);
    expect(status).not.toContain('/queues/');
    expect(textOf(execution)).toMatch(/Handoff State rejected/);
    expect(execution).not.toContain('/queues/');
    const none = await startHandoffWorld({ handsOver: false });
    await offer(none.runtime, flowOf(none));
    expect(await viewOf(none)).not.toHaveProperty('waitingForHandoff');
    expect((await pagesOf(none)).execution).not.toContain('<h2>Handoff</h2>');
  });
});
