import { NotLetIn, OutOfReach, Throttled } from './api/errors.ts';
import { withoutCredentials } from './api/identity.ts';

const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'TokenProviderError', 'ProviderError']);
const EXPIRED = /^(ExpiredToken|ExpiredTokenException|RequestExpired|TokenRefreshRequired)/;
const UNKNOWN_CALLER =
  /^(UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|InvalidAccessKeyId)/;
const FORBIDDEN = /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|Forbidden)/;
const THROTTLED = /^(Throttling|TooManyRequests|RequestLimitExceeded|ProvisionedThroughputExceeded)/;
const NO_CONNECTION = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|TimeoutError)/;

/**
 * What an error of the AWS SDK means to whoever sits at the command line, in a sentence that says what to do. The error's own
 * text stays out of it: it may name accounts and quote requests.
 * @param what was tried, such as `reading the function countersign-dev-health`.
 * @returns `undefined` for what is no error of AWS.
 */
export function awsFailure(thrown: unknown, what: string): Error | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  const { name } = thrown;
  if (NO_CREDENTIALS.has(name)) return withoutCredentials(thrown, process.env.AWS_PROFILE);
  if (EXPIRED.test(name))
    return new NotLetIn('The AWS session has ended. Sign in again, for instance with: aws sso login', [], {
      cause: thrown,
    });
  if (UNKNOWN_CALLER.test(name))
    return new NotLetIn('AWS does not know these credentials. Look at --profile, or sign in again.', [], {
      cause: thrown,
    });
  if (FORBIDDEN.test(name))
    return new NotLetIn(
      `These AWS credentials do not allow ${what}. Ask for the permission, or sign in as somebody who has it.`,
      [],
      {
        cause: thrown,
      },
    );
  if (THROTTLED.test(name))
    return new Throttled(`AWS takes no more requests for ${what}. Try again in a moment.`, undefined);
  if (NO_CONNECTION.test(code) || NO_CONNECTION.test(name))
    return new OutOfReach(`AWS does not answer ${what}. Look whether this machine can reach it, and at --region.`, [], {
      cause: thrown,
    });
  if ('$metadata' in thrown)
    return new OutOfReach(`AWS answered ${name} to ${what}. Try again, and look at the service if it stays.`, [], {
      cause: thrown,
    });
  return undefined;
}
