import { describe, expect, test } from 'vitest';
import {
  type ContractForComparison,
  compareContracts,
} from '../../../lib/engines/handoff/compatibility/compare-contracts.ts';

const contract: ContractForComparison = {
  payloadSchema: { type: 'object', properties: { ticket: { type: 'string' } }, required: ['ticket'] },
  requiredEvidence: [
    { type: 'log-excerpt', maximumAgeSeconds: 3600, issuer: 'tier-1' },
    { type: 'customer-consent', maximumAgeSeconds: 86_400, issuer: 'crm' },
  ],
  acceptanceCriteria: [{ id: 'reproduced' }, { id: 'severity-set' }],
  consumers: ['tier-2', 'engineering'],
  times: { acknowledgementSeconds: 900, acceptanceSeconds: 3600, deliverySeconds: 28_800 },
  weights: { evidence: 25, headroom: 10 },
  obligations: [{ id: 'call-back', dueSeconds: 7200 }],
};

const [log, consent] = contract.requiredEvidence as [
  ContractForComparison['requiredEvidence'][number],
  ContractForComparison['requiredEvidence'][number],
];
const times = (change: object) => ({ times: { ...contract.times, ...change } });

describe('a change of a contract', () => {
  test.each([
    [
      'evidence added',
      { requiredEvidence: [log, consent, { type: 'trace', maximumAgeSeconds: 60, issuer: 'x' }] },
      'new',
      '/requiredEvidence/2',
      'evidence-added',
      ['producer'],
    ],
    [
      'a shorter age',
      { requiredEvidence: [log, { ...consent, maximumAgeSeconds: 60 }] },
      'new',
      '/requiredEvidence/1/maximumAgeSeconds',
      'evidence-age-shortened',
      ['producer'],
    ],
    [
      'a longer age',
      { requiredEvidence: [{ ...log, maximumAgeSeconds: 7200 }, consent] },
      'new',
      '/requiredEvidence/0/maximumAgeSeconds',
      'evidence-age-lengthened',
      ['consumer'],
    ],
    [
      'another issuer',
      { requiredEvidence: [{ ...log, issuer: 'bot' }, consent] },
      'new',
      '/requiredEvidence/0/issuer',
      'evidence-issuer-changed',
      ['producer', 'consumer'],
    ],
    [
      'evidence removed',
      { requiredEvidence: [consent] },
      'old',
      '/requiredEvidence/0',
      'evidence-removed',
      ['consumer'],
    ],
    [
      'a criterion removed',
      { acceptanceCriteria: [{ id: 'reproduced' }] },
      'old',
      '/acceptanceCriteria/1',
      'criterion-removed',
      ['consumer', 'customer'],
    ],
    [
      'a criterion added',
      { acceptanceCriteria: [...contract.acceptanceCriteria, { id: 'x' }] },
      'new',
      '/acceptanceCriteria/2',
      'criterion-added',
      ['producer'],
    ],
    [
      'a consumer removed',
      { consumers: ['engineering'] },
      'old',
      '/consumers/0',
      'consumer-removed',
      ['producer', 'consumer'],
    ],
    [
      'less time to acknowledge',
      times({ acknowledgementSeconds: 300 }),
      'new',
      '/times/acknowledgementSeconds',
      'time-shortened',
      ['consumer'],
    ],
    [
      'more time to accept',
      times({ acceptanceSeconds: 7200 }),
      'new',
      '/times/acceptanceSeconds',
      'time-lengthened',
      ['producer'],
    ],
    [
      'more time to deliver',
      times({ deliverySeconds: 57_600 }),
      'new',
      '/times/deliverySeconds',
      'time-lengthened',
      ['producer', 'customer'],
    ],
    [
      'another weight',
      { weights: { evidence: 20, headroom: 10 } },
      'new',
      '/weights/evidence',
      'weight-changed',
      ['producer', 'consumer'],
    ],
    [
      'a weight removed',
      { weights: { evidence: 25 } },
      'old',
      '/weights/headroom',
      'weight-changed',
      ['producer', 'consumer'],
    ],
    ['an obligation removed', { obligations: [] }, 'old', '/obligations/0', 'obligation-removed', ['customer']],
    [
      'an obligation due earlier',
      { obligations: [{ id: 'call-back', dueSeconds: 60 }] },
      'new',
      '/obligations/0/dueSeconds',
      'obligation-shortened',
      ['consumer'],
    ],
    [
      'an obligation due later',
      { obligations: [{ id: 'call-back', dueSeconds: 9999 }] },
      'new',
      '/obligations/0/dueSeconds',
      'obligation-lengthened',
      ['customer'],
    ],
    [
      'an obligation added',
      { obligations: [...contract.obligations, { id: 'x', dueSeconds: 1 }] },
      'new',
      '/obligations/1',
      'obligation-added',
      ['consumer'],
    ],
  ] as const)('%s says who is harmed', (_, change, document, pointer, rule, harmed) => {
    const { verdict, findings } = compareContracts(contract, { ...contract, ...change });
    expect(verdict).toBe('breaking');
    expect(findings).toEqual([
      { document, pointer, rule, harmed, message: expect.stringMatching(/\w/), mend: expect.stringMatching(/\w/) },
    ]);
  });

  test('of order, or a new consumer, harms nobody', () => {
    const next = {
      ...contract,
      requiredEvidence: [consent, log],
      acceptanceCriteria: contract.acceptanceCriteria.toReversed(),
      consumers: ['bot', ...contract.consumers],
    };
    expect(compareContracts(contract, next)).toEqual({ verdict: 'compatible', findings: [] });
  });
});

describe('the payload schema', () => {
  const schema = (properties: object, required: readonly string[]) => ({
    ...contract,
    payloadSchema: { type: 'object', properties, required },
  });

  test('that refuses old packets harms who sends them', () => {
    const next = schema({ ticket: { type: 'string' } }, ['ticket', 'severity']);
    const { verdict, findings } = compareContracts(contract, next);
    expect(verdict).toBe('breaking');
    expect(findings).toMatchObject([
      { pointer: '/payloadSchema/required/1', rule: 'required', harmed: ['producer'], counterexample: { ticket: '' } },
    ]);
  });

  test('that allows new packets harms who reads them, in the forward direction', () => {
    const next = schema({ ticket: { type: ['string', 'null'] } }, ['ticket']);
    expect(compareContracts(contract, next, 'backward').verdict).toBe('compatible');
    expect(compareContracts(contract, next, 'forward').findings).toMatchObject([
      { document: 'old', pointer: '/payloadSchema/properties/ticket/type', harmed: ['consumer'] },
    ]);
  });

  test('that is not decided leaves the whole unknown', () => {
    const next = { ...contract, payloadSchema: { ...(contract.payloadSchema as object), 'x-note': 1 } };
    expect(compareContracts(contract, next).verdict).toBe('unknown');
  });
});
