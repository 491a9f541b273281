import { recover } from '../../lib/platform/executions/recover.ts';
import { stepHandler } from '../step-handler.ts';

/** Task state: the end of an execution that a fault broke off. */
export const handler = stepHandler(recover);
