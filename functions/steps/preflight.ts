import { preflight } from '../../lib/platform/executions/preflight.ts';
import { stepHandler } from '../step-handler.ts';

/** Task state: the schema and contract gate. */
export const handler = stepHandler(preflight);
