import { afterAll, describe, expect, it } from 'vitest';
import { Browser, endWorlds, enterStage, level, linkOf, nonceOf, plan, stageOf, startWorld } from './world.ts';

afterAll(endWorlds);

describe('deciding by link', () => {
  it('records one decision, signals once, and tells honestly what is recorded', async () => {
    const world = await startWorld(plan([level('manager', ['ada'])]));
    const token = await enterStage(world);
    const browser = new Browser(world);
    const address = linkOf(world, 'ada');
    const page = await browser.get(address);
    expect(page.status).toBe(200);
    expect(page.body).toContain('Northwind Traders');
    expect(/<input[^>]* checked/.test(page.body)).toBe(false);
    const answer = await browser.post(address, { nonce: nonceOf(page), choice: 'approve', comment: 'Fine by me.' });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('You approved.');
    expect(world.runtime.states.signals).toEqual([
      { taskToken: token, flow: { executionId: world.executionId, skill: 'sample', verdict: 'approved' } },
    ]);
    const stage = await stageOf(world);
    expect(stage).toMatchObject({ outcome: 'approved', signal: 'accepted' });
    expect(stage.taskToken).toBeUndefined();
    const again = await browser.get(address);
    expect(again.body).toContain('Already recorded');
  });
});
