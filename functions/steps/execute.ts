import { execute } from '../../lib/platform/executions/execute.ts';
import { stepHandler } from '../step-handler.ts';

/** Task state: the skill's engine. */
export const handler = stepHandler(execute);
