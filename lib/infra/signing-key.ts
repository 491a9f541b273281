import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Place } from './place.ts';

export interface SigningKeyProps {
  readonly place: Place;
  /** What becomes of the key when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /** How long a deletion can be called off. */
  readonly deletionDays: number;
}

/**
 * The key that signs evidence: ECDSA on P-256, in AWS KMS, which never gives it away. Keys for signing are not rotated by the
 * service: verifiers know the public key that they were given, and a new one has to reach them first.
 */
export function addSigningKey(scope: Construct, { place, removalPolicy, deletionDays }: SigningKeyProps): void {
  new Key(scope, 'SigningKey', {
    alias: place.signingKeyAlias,
    description: 'Signs the statements about ended executions and the daily manifests of audit heads.',
    keySpec: KeySpec.ECC_NIST_P256,
    keyUsage: KeyUsage.SIGN_VERIFY,
    pendingWindow: Duration.days(deletionDays),
    removalPolicy,
  });
}
