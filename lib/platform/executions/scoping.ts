import type { Problem } from '../../core/errors.ts';
import { InvalidInput } from '../../core/errors.ts';
import type { RequestEnvelope, ScopedRequest } from '../contracts/envelope.ts';
import type { AnySkill } from '../skill/define-skill.ts';

/** A request that lacks what says whether it succeeded, or for whom it is. */
export interface NeedsScoping {
  readonly kind: 'needs-scoping';
  readonly hint: string;
  readonly missing: readonly ('acceptanceCriteria' | 'consumer')[];
}

const HINTS = {
  acceptanceCriteria:
    'Give "acceptanceCriteria": how will you tell that the result does what it should, and what is measured?',
  consumer: 'Give "consumer": who takes the result?',
} as const;

function consumerProblem(skill: AnySkill, consumer: string): Problem {
  const served = skill.consumers.join(', ');
  return {
    pointer: '/consumer',
    code: 'undeclared-consumer',
    message: `The skill does not serve the consumer "${consumer}".`,
    mend: `Use one of: ${served}.`,
  };
}

/**
 * Fills in what the skill declares by default; what is missing even then comes back as a hint.
 * @throws InvalidInput when the consumer is none that the skill serves.
 */
export function scopeRequest(skill: AnySkill, envelope: RequestEnvelope): ScopedRequest | NeedsScoping {
  const acceptanceCriteria = envelope.acceptanceCriteria ?? skill.defaults.acceptanceCriteria;
  const consumer = envelope.consumer ?? skill.defaults.consumer;
  if (consumer !== undefined && !skill.consumers.includes(consumer))
    throw new InvalidInput('The request names a consumer that the skill does not serve.', [
      consumerProblem(skill, consumer),
    ]);
  if (acceptanceCriteria === undefined || consumer === undefined) {
    const missing = [
      ...(acceptanceCriteria === undefined ? (['acceptanceCriteria'] as const) : []),
      ...(consumer === undefined ? (['consumer'] as const) : []),
    ];
    return { kind: 'needs-scoping', missing, hint: missing.map((name) => HINTS[name]).join(' ') };
  }
  const { input, resubmits, handoffPacket } = envelope;
  return {
    input,
    acceptanceCriteria,
    consumer,
    ...(resubmits === undefined ? {} : { resubmits }),
    ...(handoffPacket === undefined ? {} : { handoffPacket }),
  };
}

/** Whether scoping came to the end that a request still lacks something. */
export function lacksScope(scoped: ScopedRequest | NeedsScoping): scoped is NeedsScoping {
  return 'kind' in scoped;
}
