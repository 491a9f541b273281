import { describe, expect, it } from 'vitest';
import { checkCriteria } from '../../../lib/engines/handoff/criteria.ts';
import { packetDigest, parsePacket } from '../../../lib/engines/handoff/packet.ts';
import { sealPayload } from '../../../lib/engines/handoff/payload.ts';
import { type Validation, validatePacket } from '../../../lib/engines/handoff/validate-packet.ts';
import {
  type Case,
  marketingCase,
  NOW,
  packetValue,
  publicationValue,
  supportCase,
  supportPayload,
} from './support/contracts.ts';

function validate({ contract, packet, payload }: Case): Validation {
  return validatePacket(contract, packet, payload, NOW);
}

const failures = ({ gates }: Validation): string[] =>
  gates.flatMap(({ gate, problems }) => problems.map(({ pointer, code }) => `${gate} ${pointer} ${code}`));

describe('the gates of a packet', () => {
  it('let a good packet through, with its criteria read', () => {
    const validation = validate(supportCase());
    expect(failures(validation)).toEqual([]);
    expect(validation.passed).toBe(true);
    expect(validation.criteria.results).toEqual([{ id: 'tried-before', verdict: 'holds' }]);
    expect(failures(validate(marketingCase()))).toEqual([]);
  });

  it('hold every fault of the payload by pointer, and look no further', () => {
    const validation = validate(
      supportCase({ payload: { ticket: 'x', steps: 'three', extra: 1, reportedOn: '2026-02-30' } }),
    );
    expect(failures(validation)).toEqual([
      'schema /payload/value/extra unknown-field',
      'schema /payload/value/ticket schema-pattern',
      'schema /payload/value/steps schema-type',
      'schema /payload/value/reportedOn schema-format',
    ]);
    expect(validation.gates.map(({ passed }) => passed)).toEqual([false, false, true]);
  });

  it('never show a value of the payload', () => {
    const { email, ...customer } = { id: 'secret-person', email: 'not an address of Kim' };
    const validation = validate(
      supportCase({ payload: { customer: { ...customer, email }, severity: 'secret-severity' } }),
    );
    expect(validation.passed).toBe(false);
    expect(JSON.stringify(validation)).not.toMatch(/secret|Kim/);
  });

  it('refuse another payload, another contract, and a payload that is too large', () => {
    const good = supportCase();
    const other = sealPayload(supportPayload({ steps: 4 }), good.payload.salt);
    expect(failures(validate({ ...good, payload: other }))).toEqual(['schema /payload/digest other-payload']);
    const stranger = supportCase({ contract: { bounceBudget: 1 } });
    expect(failures(validate({ ...good, contract: stranger.contract }))).toEqual(['schema /contract other-contract']);
    const small = supportCase({
      contract: {
        payload: { schema: { type: 'object', properties: { severity: true, steps: true } }, maximumBytes: 10 },
      },
    });
    expect(failures(validate(small))).toEqual(['schema /payload/value payload-too-large']);
  });

  it.each<[string, Record<string, never> | object, string]>([
    [
      'an undeclared consumer',
      { routing: { consumer: 'sales' } },
      'declared-routing /routing/consumer undeclared-consumer',
    ],
    [
      'a consumer that did not declare the version',
      { routing: { consumer: 'engineering' } },
      'declared-routing /contract/version version-not-accepted',
    ],
    [
      'the sender itself',
      { sender: { party: 'tier-2', by: 'ana' } },
      'declared-routing /routing/consumer own-consumer',
    ],
    ['missing evidence that blocks', { evidence: [] }, 'policy /evidence evidence-missing'],
    [
      'evidence by the wrong issuer',
      {
        evidence: [
          {
            id: 'e-1',
            type: 'diagnostics',
            issuer: 'somebody',
            digest: `sha256:${'1'.repeat(64)}`,
            issuedAt: '2026-11-18T08:00:00Z',
          },
        ],
      },
      'policy /evidence evidence-missing',
    ],
    [
      'evidence from the future',
      {
        evidence: [
          {
            id: 'e-1',
            type: 'diagnostics',
            issuer: 'tier-1',
            digest: `sha256:${'1'.repeat(64)}`,
            issuedAt: '2026-11-18T09:00:01Z',
          },
        ],
      },
      'policy /evidence/0/issuedAt evidence-from-the-future',
    ],
    [
      'an address in a note',
      { obligations: [{ id: 'o', says: 'Write to kim@customer.example by 2026-11-20' }] },
      'policy /obligations/0/says personal-data-in-packet',
    ],
    [
      'a parent that is not shown',
      { parent: { handoff: 'h-0', packet: `sha256:${'1'.repeat(64)}` } },
      'policy /parent other-parent',
    ],
  ])('refuse %s', (_, packet, expected) => {
    expect(failures(validate(supportCase({ packet: packet as never })))).toEqual([expected]);
  });

  it('do not take a date for a telephone number', () => {
    const obligations = [{ id: 'o', says: 'Renew by 2026-11-20 10:00 for ticket INC-203914' }];
    expect(failures(validate(supportCase({ packet: { obligations } })))).toEqual([]);
  });

  it('want a salt where payloads name people', () => {
    const { contract } = supportCase();
    const payload = sealPayload(supportPayload());
    const packet = parsePacket(packetValue(contract, payload));
    expect(failures(validate({ contract, payload, packet }))).toEqual(['policy /payload/salted salt-missing']);
  });

  it('refuse a packet that the criteria would have the receiver refuse; a higher severity needs no steps', () => {
    expect(failures(validate(supportCase({ payload: { steps: 1 } })))).toEqual([
      'policy /payload/value criterion-fails',
    ]);
    expect(failures(validate(supportCase({ payload: { steps: 1, severity: 'critical' } })))).toEqual([]);
  });

  it('read delivery criteria from what was delivered, and never pass one that cannot be read', () => {
    const { contract, payload } = supportCase();
    const { acceptance } = contract.document;
    const verdict = (delivery: unknown) =>
      checkCriteria(acceptance, contract.criteria, 'delivery', { ...(payload.value as object), delivery }).results;
    expect(verdict({ cause: 'found' })).toEqual([{ id: 'cause-found', verdict: 'holds' }]);
    expect(verdict({ cause: 'not-found' })).toEqual([{ id: 'cause-found', verdict: 'fails' }]);
    expect(verdict({})).toEqual([{ id: 'cause-found', verdict: 'unreadable' }]);
    expect(verdict({ cause: 'secret' })).toEqual([{ id: 'cause-found', verdict: 'unreadable' }]);
  });

  it('hold a child to its parent, its thread and the promise to the customer', () => {
    const promise = (within: number) => ({
      startedAt: '2026-11-18T06:00:00Z',
      within: { clockMinutes: within },
      working: { timeZone: 'UTC', calendar: { id: 'c', name: 'C', week: {} } },
    });
    const parent = supportCase({ packet: { promise: promise(600) } }).packet;
    const named = { handoff: parent.handoff, packet: packetDigest(parent) };
    const child = (changes: object): string[] => {
      const { contract, packet, payload } = supportCase({
        packet: { handoff: 'h-2', parent: named, ...changes } as never,
      });
      return failures(validatePacket(contract, packet, payload, NOW, { parent }));
    };
    expect(child({ promise: promise(600) })).toEqual([]);
    expect(child({ promise: promise(601) })).toEqual(['policy /promise/within promise-changed']);
    expect(child({ promise: { ...promise(600), startedAt: '2026-11-18T09:00:00Z' } })).toEqual([
      'policy /promise/startedAt promise-changed',
    ]);
    expect(child({})).toEqual(['policy /promise promise-changed']);
    expect(child({ promise: promise(600), thread: 't-2' })).toEqual(['policy /thread other-thread']);
  });
});

describe('the publication of a campaign', () => {
  const withPublication = (changes: object): string[] =>
    failures(validate(marketingCase({ payload: { publication: publicationValue(changes as never) } })));
  const claim = (...substantiation: string[]) => ({ claims: [{ id: 'c', says: 'Best.', substantiation }] });

  it.each<[string, object, string]>([
    ['a claim without substantiation', claim(), '/claims/0/substantiation claim-unsubstantiated'],
    ['evidence that is not there', claim('s-1', 's-9'), '/claims/0/substantiation/1 evidence-not-in-packet'],
    ['rights for another channel', { channel: 'print' }, '/assets/0/rights rights-missing'],
    ['rights that have ended', { publishAt: '2027-01-01T00:00:00Z' }, '/assets/0/rights rights-missing'],
    ['a missing disclosure', { disclosures: [] }, '/disclosures disclosure-missing'],
    ['an embargo', { embargoUntil: '2026-12-01T09:00:01Z' }, '/publishAt under-embargo'],
  ])('is refused for %s', (_, changes, expected) => {
    expect(withPublication(changes)).toEqual([`policy /payload/value/publication${expected}`]);
  });

  it('is refused for substantiation that is not dated before publication, be it by the same instant', () => {
    const at = (publishAt: string) => {
      const { contract, packet, payload } = marketingCase({
        payload: { publication: publicationValue({ publishAt, assets: [] }) },
      });
      return failures(validatePacket(contract, packet, payload, '2026-06-01T00:00:00.000Z')).filter((line) =>
        line.includes('/claims'),
      );
    };
    expect(at('2026-06-01T00:00:00Z')).toEqual([
      'policy /payload/value/publication/claims/0/substantiation/0 substantiated-too-late',
    ]);
    expect(at('2026-06-01T00:00:01Z')).toEqual([]);
  });
});
