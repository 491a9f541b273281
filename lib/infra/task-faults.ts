import { Duration } from 'aws-cdk-lib';
import type { TaskStateBase } from 'aws-cdk-lib/aws-stepfunctions';

/** Faults of the Lambda service, not of our code: only these are tried again. */
const SERVICE_FAULTS = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];

/** A task may take as long as its function, and this much more for the service around it. */
export const TASK_MARGIN_SECONDS = 30;

/** Tries a task again after faults of the service: three times, after 1, 2 and 4 seconds. */
export function retryServiceFaults(task: TaskStateBase): void {
  task.addRetry({ errors: SERVICE_FAULTS, interval: Duration.seconds(1), maxAttempts: 3, backoffRate: 2 });
}
