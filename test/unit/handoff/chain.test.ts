import { describe, expect, it } from 'vitest';
import { checkChain, erasure } from '../../../lib/engines/handoff/chain.ts';
import { type Packet, packetDigest, parsePacket } from '../../../lib/engines/handoff/packet.ts';
import { sealPayload } from '../../../lib/engines/handoff/payload.ts';
import { packetValue, SALT, supportCase, supportPayload } from './support/contracts.ts';

const { contract } = supportCase();
const payloads = [3, 4, 5].map((steps) => sealPayload(supportPayload({ steps }), SALT));
const packets: Packet[] = [];
payloads.forEach((payload, index) => {
  const parent = packets.at(-1);
  const named = parent === undefined ? {} : { parent: { handoff: parent.handoff, packet: packetDigest(parent) } };
  packets.push(parsePacket(packetValue(contract, payload, { handoff: `h-${index}`, ...named })));
});
const links = packets.map((packet, index) => ({ packet, payload: payloads[index]! }));
const gone = (index: number) => ({
  packet: packets[index]!,
  erasure: erasure.parse({
    schema: 'countersign/erasure/1',
    digest: payloads[index]!.digest,
    at: '2026-12-01T00:00:00Z',
    by: 'privacy',
    reason: 'data-subject-request',
  }),
});

describe('a chain of packets', () => {
  it('holds, and goes on to hold when a payload is erased on record', () => {
    expect(checkChain(links)).toEqual({ holds: true, problems: [], erased: 0 });
    expect(checkChain([links[0]!, gone(1), links[2]!])).toEqual({ holds: true, problems: [], erased: 1 });
  });

  it('keeps nothing of the person after an erasure, and the digest cannot be found by trying without the salt', () => {
    const kept = JSON.stringify([gone(0), gone(1), gone(2)]);
    expect(kept).not.toContain('kim@customer.example');
    expect(kept).not.toContain(SALT);
    expect(sealPayload(supportPayload({ steps: 3 })).digest).not.toBe(payloads[0]!.digest);
    expect(sealPayload(supportPayload({ steps: 3 }), SALT).digest).toBe(payloads[0]!.digest);
  });

  it('breaks when a payload is just gone, another one, or erased by a record for another', () => {
    const codes = (...list: Parameters<typeof checkChain>[0]): string[] =>
      checkChain(list).problems.map(({ pointer, code }) => `${pointer} ${code}`);
    expect(codes(links[0]!, { packet: packets[1]! })).toEqual(['/1/payload payload-missing']);
    expect(codes({ ...links[0]!, payload: payloads[1]! })).toEqual(['/0/payload other-payload']);
    expect(codes({ ...gone(0), erasure: gone(1).erasure })).toEqual(['/0/payload other-payload']);
  });

  it('breaks when a packet in between was changed or left out', () => {
    const changed = { ...links[1]!, packet: { ...packets[1]!, risk: 1 } };
    expect(checkChain([links[0]!, changed, links[2]!]).problems).toMatchObject([
      { pointer: '/2/packet/parent', code: 'other-parent' },
    ]);
    expect(checkChain([links[0]!, links[2]!]).holds).toBe(false);
  });
});
