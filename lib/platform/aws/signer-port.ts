import { KMSClient } from '@aws-sdk/client-kms';
import { NotFound } from '../../core/errors.ts';
import { kmsSigner } from './kms-signer.ts';
import type { ClientConfiguration, Port } from './place.ts';

/** The variable that names the key in AWS KMS, for the functions that may sign. */
export const SIGNING_KEY_VARIABLE = 'COUNTERSIGN_SIGNING_KEY';

/**
 * How long one attempt waits for AWS KMS, in milliseconds. With four attempts and the pauses between them a function is through
 * with an outage after some 17 seconds, well within its 60: the end of an execution never hangs on the signature.
 */
const PATIENCE = { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true } as const;

/** A client of AWS KMS that gives up on an attempt after two seconds; the SDK's own waits for as long as it takes. */
export class PatientKmsClient extends KMSClient {
  constructor(configuration: ClientConfiguration) {
    super({ ...configuration, requestHandler: PATIENCE });
  }
}

/** Signs with the key in AWS KMS that a variable names. It throws NotFound when this function was told of none. */
export const signerPort: Port = ({ variables, client }) => {
  const keyId = variables[SIGNING_KEY_VARIABLE];
  if (keyId !== undefined) return { signer: kmsSigner(client(PatientKmsClient), keyId) };
  return {
    signer: async () => {
      throw new NotFound(`This process was given no key to sign with: ${SIGNING_KEY_VARIABLE} is not set.`);
    },
  };
};
