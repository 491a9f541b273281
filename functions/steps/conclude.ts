import { conclude } from '../../lib/platform/executions/conclude.ts';
import { stepHandler } from '../step-handler.ts';

/** Task state: the end of an execution that people did not let pass. */
export const handler = stepHandler(conclude);
