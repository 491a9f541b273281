import { verify } from '../../lib/platform/executions/verify.ts';
import { stepHandler } from '../step-handler.ts';

/** Task state: determinism gate, budget guard, policy gate. */
export const handler = stepHandler(verify);
