import { LambdaClient } from '@aws-sdk/client-lambda';
import { InvalidInput } from '../../core/errors.ts';
import { NotLetIn } from './errors.ts';

/** How the command line names the caller; what is missing is found as every AWS tool finds it. */
export interface IdentityOptions {
  /** A profile of the AWS configuration. */
  readonly profile?: string;
  /** The AWS region. */
  readonly region?: string;
}

/** What requests are signed with: an access key, and for a session its token. */
export type Credentials = Awaited<ReturnType<LambdaClient['config']['credentials']>>;

/** The caller in AWS. */
export interface Identity {
  /** @throws NotLetIn when there are none, or the session has ended. */
  credentials(): Promise<Credentials>;
  /** @throws InvalidInput when no region is configured anywhere. */
  region(): Promise<string>;
}

/** An error about credentials becomes a sentence that says what to do; its own text may quote configuration and stays out. */
export function withoutCredentials(cause: unknown, profile: string | undefined): NotLetIn {
  const text = cause instanceof Error ? cause.message : '';
  const named = profile === undefined ? '' : ` --profile ${profile}`;
  if (/expired|refresh|sso session|aws sso login/i.test(text))
    return new NotLetIn(`The AWS session has ended. Sign in again: aws sso login${named}`, [], { cause });
  if (profile !== undefined && /could not (be found|resolve)|not found|parse file/i.test(text))
    return new NotLetIn(
      `The AWS profile "${profile}" gives no credentials. Choose one of: aws configure list-profiles`,
      [],
      { cause },
    );
  return new NotLetIn(
    'No AWS credentials were found. Sign in (aws sso login, or aws configure) or name a profile with --profile.',
    [],
    { cause },
  );
}

/**
 * Makes profile and region those of this process, so that every AWS client finds the same caller: option, then variable, then
 * configuration file. A profile that is named wins over keys in variables.
 */
export function useIdentity({ profile, region }: IdentityOptions): void {
  if (profile !== undefined) {
    process.env.AWS_PROFILE = profile;
    // Keys beside a profile would only make the SDK warn that the profile wins.
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) delete process.env[name];
  }
  if (region !== undefined) process.env.AWS_REGION = region;
}

/** The caller as AWS's default provider chain finds it: variables, profile, SSO session, web identity, instance role. */
export function callerIdentity(options: IdentityOptions): Identity {
  useIdentity(options);
  // The client is only asked for what every client of the SDK resolves in the same way; it sends nothing.
  const { config } = new LambdaClient({});
  return {
    credentials: async () => {
      try {
        return await config.credentials();
      } catch (cause) {
        throw withoutCredentials(cause, options.profile ?? process.env.AWS_PROFILE);
      }
    },
    region: async () => {
      try {
        return await config.region();
      } catch (cause) {
        const message = 'No AWS region is configured.';
        const mend = 'Say --region REGION, or set AWS_REGION.';
        throw new InvalidInput(`${message} ${mend}`, [{ pointer: '/region', code: 'no-region', message, mend }], {
          cause,
        });
      }
    },
  };
}
