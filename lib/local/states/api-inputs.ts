import * as z from 'zod';
import { ApiError } from './api-error.ts';
import { PAYLOAD_LIMIT } from './draft.ts';

/** Limits and fields as in the API reference; fields that are not implemented are refused, not ignored. */
const arn = z.string().min(1).max(256);
const payload = z
  .string()
  .refine(
    (text) => Buffer.byteLength(text) <= PAYLOAD_LIMIT,
    `Member must have length less than or equal to ${PAYLOAD_LIMIT}`,
  );
const page = { maxResults: z.int().min(0).max(1000).optional(), nextToken: z.string().min(1).max(3096).optional() };
const failure = { error: z.string().max(256).optional(), cause: z.string().max(32_768).optional() };
const taskToken = z.string().min(1).max(2048);
const includedData = z.enum(['ALL_DATA', 'METADATA_ONLY']).optional();

export const startExecutionInput = z.strictObject({
  stateMachineArn: arn,
  name: z.string().optional(),
  input: payload.optional(),
});
export const describeExecutionInput = z.strictObject({ executionArn: arn, includedData });
export const stopExecutionInput = z.strictObject({ executionArn: arn, ...failure });
const mapRunArn = z.string().min(1).max(2000);
export const listExecutionsInput = z.strictObject({
  stateMachineArn: arn.optional(),
  mapRunArn: mapRunArn.optional(),
  statusFilter: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']).optional(),
  ...page,
});
export const getExecutionHistoryInput = z.strictObject({
  executionArn: arn,
  reverseOrder: z.boolean().optional(),
  includeExecutionData: z.boolean().optional(),
  ...page,
});
export const describeMapRunInput = z.strictObject({ mapRunArn });
export const listMapRunsInput = z.strictObject({ executionArn: arn, ...page });
export const sendTaskSuccessInput = z.strictObject({ taskToken, output: payload });
export const sendTaskFailureInput = z.strictObject({ taskToken, ...failure });
export const sendTaskHeartbeatInput = z.strictObject({ taskToken });
export const describeStateMachineInput = z.strictObject({ stateMachineArn: arn, includedData });
export const listStateMachinesInput = z.strictObject(page);

/**
 * Reads the input of an operation.
 * @throws ApiError (ValidationException) that names every field that is wrong.
 */
export function readInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `Value at '${issue.path.join('.')}' failed to satisfy constraint: ${issue.message}`,
  );
  const count = `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected`;
  throw new ApiError('ValidationException', `${count}: ${problems.join('; ')}`);
}
