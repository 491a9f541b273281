import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/core/json.ts';
import { contentDigest } from '../../../lib/engines/handoff/content-digest.ts';
import { loadContract } from '../../../lib/engines/handoff/contract.ts';
import { handoffProtocol } from '../../../lib/engines/handoff/protocol/protocol.ts';
import type { ProtocolCase } from '../../../lib/engines/handoff/protocol/shapes.ts';
import { caseOf, decide, exampleOf, marketing, NOW, policyOf, thrownBy, Walk } from './player.ts';

const DAYS = 86_400_000;
/** Three days after NOW: when the example's embargo ends. */
const EMBARGO = new Date(Date.parse(NOW) + 3 * DAYS).toISOString();

type Draft = { [name: string]: Json };
interface Sent {
  readonly payload: { readonly value: { headline: string; readonly publication: Draft } };
}

/** The example's handoff, verified: nothing is left for anybody to do. */
async function verified(publishAt = EMBARGO) {
  const example = exampleOf(marketing, '56');
  (example.request.input as unknown as Sent).payload.value.publication.publishAt = publishAt;
  const result = await decide(marketing, example.request.input, example.requester);
  const walk = new Walk(caseOf(marketing, example.request.input, example.requester, result));
  walk.play(
    example.handoff.flatMap((step) => {
      if ('missClock' in step) return [];
      if (!('as' in step) || step.choice !== 'accept') return [step];
      return [{ ...step, values: { ...step.values, 'readback/publication/publishAt': publishAt } }];
    }),
  );
  return { walk, example, result };
}

describe('content that the system releases', () => {
  it('waits for the end of its embargo once it has been verified, and asks nobody', async () => {
    const { walk } = await verified();
    expect(walk.next).toMatchObject({
      state: 'verified',
      awaits: 'release',
      part: 'system',
      clock: 'embargo',
      dueAt: EMBARGO,
    });
    expect(walk.next).toMatchObject({ people: [], choices: [] });
    const before = walk.document;
    const early = new Date(Date.parse(EMBARGO) - 1).toISOString();
    expect(handoffProtocol.miss(walk.file, before, early)).toEqual(before);
    walk.miss();
    expect(walk.now).toBe(EMBARGO);
    expect(walk.next).toMatchObject({ state: 'closed', outcome: 'published' });
    expect(handoffProtocol.verify(walk.file, walk.document)).toEqual([]);
  });

  it('waits for the later of embargo and publication', async () => {
    const later = new Date(Date.parse(EMBARGO) + DAYS).toISOString();
    const { walk } = await verified(later);
    expect(walk.next).toMatchObject({ dueAt: later });
    expect(handoffProtocol.release(walk.file, walk.document)).toMatchObject({ notBefore: later });
  });

  it('is exactly what people approved, by the digest that their approvals are bound to', async () => {
    const { walk, example, result } = await verified();
    walk.miss();
    const { value } = (example.request.input as unknown as Sent).payload;
    const publication = policyOf(marketing).contract('legal-to-publication', '1.1.0')?.document.publication;
    expect(handoffProtocol.release(walk.file, walk.document)).toEqual({
      contentId: 'campaign-gloves',
      channel: 'website',
      notBefore: EMBARGO,
      digest: contentDigest(publication!, value as unknown as Json),
      content: {
        parts: { '/headline': value.headline, '/body': (value as unknown as Draft).body },
        publication: value.publication,
      },
    });
    expect((result.artifact as Draft).contentDigest).toBe(contentDigest(publication!, value as unknown as Json));
  });

  it('is refused where it is another one, or has been erased', async () => {
    const { walk, example } = await verified();
    walk.miss();
    const input = walk.file.input as unknown as Sent;
    const other = { ...input, payload: { value: { ...input.payload.value, headline: 'Nine hours.' } } };
    const changed = { ...walk.file, input: other } as unknown as ProtocolCase;
    expect(thrownBy(() => handoffProtocol.release(changed, walk.document)).problems[0]?.code).toBe('content-changed');
    const gone = {
      schema: 'countersign/erasure/1',
      digest: walk.handoff.handoff.payload,
      at: NOW,
      by: 'ops',
      reason: 'asked-for',
    };
    const erased = marketing.input.parse({ ...(example.request.input as unknown as object), payload: gone });
    const without = { ...walk.file, input: erased } as ProtocolCase;
    expect(thrownBy(() => handoffProtocol.release(without, walk.document)).problems[0]?.code).toBe('payload-erased');
  });

  it('can be stopped by oversight until its time has come', async () => {
    const { walk } = await verified();
    const [lead] = walk.file.directory.membersOf('marketing-lead');
    expect(walk.send('oversight', lead!.id, { type: 'end', because: 'The story has changed.' })).toBeUndefined();
    expect(walk.next).toMatchObject({ state: 'rolled-back', outcome: 'rolled-back' });
  });

  it('is nothing under a contract whose receiver publishes', async () => {
    const example = exampleOf(marketing, '52');
    const result = await decide(marketing, example.request.input, example.requester);
    const walk = new Walk(caseOf(marketing, example.request.input, example.requester, result));
    walk.play(example.handoff);
    expect(walk.next).toMatchObject({ state: 'closed' });
    expect(handoffProtocol.release(walk.file, walk.document)).toBeUndefined();
  });

  it('has to be approved: a contract that releases without approval is refused', () => {
    const document = structuredClone(
      policyOf(marketing).contract('legal-to-publication', '1.1.0')?.document,
    ) as unknown as Draft;
    const { approval: _, ...without } = document;
    expect(thrownBy(() => loadContract(without)).problems).toMatchObject([
      { code: 'release-without-approval', pointer: '/publication/releases' },
    ]);
  });
});
