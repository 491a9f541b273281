import { block } from '../../lib/platform/executions/block.ts';
import { stepHandler } from '../step-handler.ts';

/** Task state: the end of an execution that a gate stopped. */
export const handler = stepHandler(block);
