import { CfnOutput, type RemovalPolicy } from 'aws-cdk-lib';
import { ConfigurationSet, EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import type { Environment } from './environments.ts';
import type { Place } from './place.ts';

/**
 * The domain that mail is sent from. Its default configuration set has no event destination, so SES neither rewrites links nor
 * adds a pixel: an approval link reaches its reader as it was written.
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
