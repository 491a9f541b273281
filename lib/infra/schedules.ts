import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { CountersignFunction } from './countersign-function.ts';
import { pascal } from './names.ts';
import type { Place } from './place.ts';

export interface SchedulesProps {
  readonly functions: readonly CountersignFunction[];
  readonly place: Place;
}

/** Runs the scheduled functions, and keeps what could not be run for people to look at. */
export class Schedules extends Construct {
  /** Runs that failed or could not be delivered. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, props: SchedulesProps) {
    super(scope, id);
    this.undelivered = new Queue(this, 'Undelivered', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.undelivered, 'AwsSolutions-SQS3', 'This is the dead-letter queue.');

    for (const { declaration, lambda } of props.functions) {
      if (declaration.onMailFailure) this.#onMailFailure(declaration.description, lambda, props.place);
      if (declaration.everyMinutes === undefined) continue;
      const period = Duration.minutes(declaration.everyMinutes);
      // The next run does what this one could not: trying again would only make two of them.
      lambda.configureAsyncInvoke({
        retryAttempts: 0,
        maxEventAge: period,
        onFailure: new SqsDestination(this.undelivered),
      });
      new Rule(this, pascal(declaration.name), {
        description: declaration.description,
        schedule: Schedule.rate(period),
        targets: [
          new LambdaTarget(lambda, { deadLetterQueue: this.undelivered, retryAttempts: 0, maxEventAge: period }),
        ],
      });
    }
  }

  /** SES tells of each mail that it could not deliver; what cannot be handed on is tried for a day, then kept. */
  #onMailFailure(description: string, lambda: LambdaFunction, place: Place): void {
    lambda.configureAsyncInvoke({ retryAttempts: 2, onFailure: new SqsDestination(this.undelivered) });
    new Rule(this, 'MailFailed', {
      description,
      eventPattern: {
        source: ['aws.ses'],
        detailType: ['Email Bounced', 'Email Complaint Received', 'Email Rejected'],
        detail: { mail: { tags: { 'ses:configuration-set': [place.mailConfigurationSetName] } } },
      },
      targets: [new LambdaTarget(lambda, { deadLetterQueue: this.undelivered, retryAttempts: 24 })],
    });
  }
}
