import { solvePod } from '../../lib/platform/executions/solve-pod.ts';
import { podHandler } from '../step-handler.ts';

/** SolvePod: one of the pods that a round of an execution waits for. */
export const handler = podHandler(solvePod);
