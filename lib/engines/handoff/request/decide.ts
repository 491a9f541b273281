import { InvalidInput } from '../../../core/errors.ts';
import { decideContractChange, type OwnBaseline } from './change-contract.ts';
import { decideHandOver } from './hand-over.ts';
import type { ContractingRequest } from './input.ts';
import type { ContractingContext, ContractingResult } from './result.ts';
import type { HandedOver } from './thread-gates.ts';

/** Everything that handoff contracting decides by. */
export interface DecisionContext extends ContractingContext<ContractingRequest> {
  /** The skill's own baseline, where a contract is to change. */
  readonly baseline: OwnBaseline | undefined;
  readonly handedOver?: HandedOver | undefined;
}

/**
 * Decides what handoff contracting is asked for: to hand something over, or to change a contract.
 * @throws InvalidInput with every problem by pointer into the request.
 */
export function decideContracting({ input, baseline, handedOver, ...rest }: DecisionContext): ContractingResult {
  if (input.kind === 'handoff') return decideHandOver({ ...rest, input, handedOver });
  if (baseline !== undefined) return decideContractChange({ ...rest, input, baseline });
  const message = 'A contract changes against the baseline in force, and none was given.';
  throw new InvalidInput(message, [
    { pointer: '/input', code: 'no-baseline', message, mend: 'Run it where the skill is deployed.' },
  ]);
}
