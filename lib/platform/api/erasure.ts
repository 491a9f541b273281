import { parseWith } from '../../core/zod-problems.ts';
import { type ErasureAnswer, erasureOrder } from '../contracts/erasure.ts';
import { eraseHandoff } from '../handoffs/erase.ts';
import type { Runtime } from '../runtime.ts';
import { requireAdministrator } from './operator.ts';

/**
 * Erases the payload of a handoff on an administrator's word.
 * @throws InvalidInput when the body does not fit, Forbidden for anybody but an administrator; what `eraseHandoff` throws.
 */
export async function orderErasure(
  runtime: Runtime,
  executionId: string,
  body: unknown,
  caller: string,
): Promise<ErasureAnswer> {
  const by = await requireAdministrator(runtime, caller);
  return eraseHandoff(runtime, executionId, parseWith(erasureOrder, body, 'The body'), by);
}
