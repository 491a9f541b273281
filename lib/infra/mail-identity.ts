import { CfnOutput, type RemovalPolicy } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { ConfigurationSet, EmailIdentity, EmailSendingEvent, EventDestination, Identity } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import type { Environment } from './environments.ts';
import type { Place } from './place.ts';

/** What SES tells of. Neither opens nor clicks: for these it would rewrite links and add a pixel. */
const FAILURES = [EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT, EmailSendingEvent.REJECT];

/**
 * The domain that mail is sent from. Its default configuration set tells EventBridge of failures only, so an approval link
 * reaches its reader as it was written.
 */
export function addMailIdentity(
  scope: Construct,
  environment: Environment,
  place: Place,
  removalPolicy: RemovalPolicy,
): void {
  const configurationSet = new ConfigurationSet(scope, 'MailConfiguration', {
    configurationSetName: place.mailConfigurationSetName,
    reputationMetrics: true,
    sendingEnabled: true,
  });
  // SES publishes to the default bus only.
  configurationSet.addEventDestination('Failures', {
    destination: EventDestination.eventBus(EventBus.fromEventBusName(scope, 'DefaultBus', 'default')),
    events: FAILURES,
  });
  const identity = new EmailIdentity(scope, 'MailIdentity', {
    identity: Identity.domain(environment.settings.mail.domain),
    configurationSet,
  });
  identity.applyRemovalPolicy(removalPolicy);
  for (const [index, record] of identity.dkimRecords.entries())
    new CfnOutput(scope, `DkimRecord${index + 1}`, {
      description: 'Add this CNAME record to the DNS of the mail domain.',
      value: `${record.name} CNAME ${record.value}`,
    });
}
