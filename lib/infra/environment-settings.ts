import * as z from 'zod';
import { publisherKeyId, publisherUrl } from '../platform/settings.ts';
import { alarmSettings } from './alarms/settings.ts';
import { functions, routeKey, routes } from './functions.ts';
import { nearestTo } from './nearest.ts';

/** The days that CloudWatch Logs can keep a log group for. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** A secret's name, as Secrets Manager takes it. */
const secretName = z.string().regex(/^[A-Za-z0-9/_+=.@-]{1,512}$/);

const throttle = z.strictObject({
  /** Requests per second that a method takes, all callers together. */
  ratePerSecond: z.int().min(1),
  /** Requests that it takes at once. */
  burst: z.int().min(1),
});

/** AWS WAF counts at least 10 requests, and at most two thousand million. */
const requestsPerFiveMinutes = z.int().min(10).max(2_000_000_000);

/** Everything that differs between environments. Each setting says what it is for, in what unit, and what its absence means. */
export const environmentSettings = z
  .strictObject({
    /** The AWS account that this environment belongs to, 12 digits. Without it, the account of the caller's credentials. */
    account: z
      .string()
      .regex(/^\d{12}$/)
      .optional(),
    /** The AWS region. Without it, the region of the caller's configuration. */
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/)
      .optional(),
    unleash: z.strictObject({
      /** The address of the Unleash server or of Unleash Edge, without `/api`. */
      url: z.url({ protocol: /^https?$/ }),
      /** The Unleash environment that the token reads. */
      environment: z.string().min(1),
      /** The name of the Secrets Manager secret that holds the client token, as plain text. It must exist before the deployment. */
      tokenSecretName: secretName,
      /**
       * The name of the secret that holds an admin (or service account) token: with it a rollback also changes the flag. Without
       * it the table alone keeps bad versions from running, and people change the flag.
       */
      adminTokenSecretName: secretName.optional(),
    }),
    mail: z.strictObject({
      /** The domain that mail is sent from. The deployment makes it an SES identity; its DKIM records are outputs of the data stack. */
      domain: z.hostname(),
      /** The sender, in this domain: an address, or `Name <address>`. */
      from: z.string().min(3),
    }),
    /** Where incident packets go, and where an escalation to oversight is mailed. */
    oversightAddress: z.email(),
    /** Where approved content is released to. Without it contracts that release content are blocked at their end. */
    publisher: z
      .strictObject({
        /** The address that releases are posted to, https. */
        url: publisherUrl,
        /** Names the key to the receiver, so that keys can be changed. */
        keyId: publisherKeyId,
        /** The name of the secret with the key, as plain text; both sides know it. It must exist before the deployment. */
        keySecretName: secretName,
      })
      .optional(),
    /** Who is told of alarms, and where an alarm of this environment differs from what the code declares. */
    alarms: alarmSettings,
    /** A domain of your own for the API; its DNS record must point to the regional domain name in the platform stack's outputs. */
    domain: z
      .strictObject({
        name: z.hostname(),
        /** An ACM certificate for the name, in the API's region. */
        certificateArn: z.string().regex(/^arn:[a-z-]+:acm:/),
      })
      .optional(),
    /** The address that links in mails begin with, when it is neither the API's endpoint nor `domain` (such as a CDN before it). */
    baseUrl: z.url({ protocol: /^https?$/ }).optional(),
    /**
     * The address under which people open the status pages, without `/status`: such as that of a proxy of your own that signs
     * their requests. Those pages want a signed request, so without this setting mails name an execution and link to no page.
     */
    statusUrl: z.url({ protocol: /^https?$/ }).optional(),
    /** How long things are kept that are not evidence. Evidence (table, artifacts, manifests) is never deleted by age. */
    retention: z.strictObject({
      /** Days that logs are kept: of functions, state machines, the API, and of access to the buckets. CloudWatch Logs knows only some numbers. */
      logDays: z
        .int()
        .refine((days) => LOG_RETENTION_DAYS.includes(days), `Must be one of ${LOG_RETENTION_DAYS.join(', ')}`),
      /** Days back that the table can be restored to any second of; DynamoDB takes 1 to 35. */
      tableRecoveryDays: z.int().min(1).max(35),
      /** Days that S3 keeps a version of an artifact after something was written over it, or it was deleted by mistake. */
      noncurrentVersionDays: z.int().min(1).max(36_500),
    }),
    throttles: z.strictObject({
      /** Each method for triggering and reading. */
      api: throttle,
      /** Each method of the approval pages. */
      approvals: throttle,
      /** Methods with limits of their own, by route, such as `POST /skills/{skill}/executions`. */
      routes: z.record(z.string(), throttle).optional(),
    }),
    caps: z.strictObject({
      /** The largest body that a request to the API may carry, in bytes: up to 6 MiB, which is what Lambda takes. */
      requestBodyBytes: z
        .int()
        .min(1_024)
        .max(6 * 1_048_576),
      /**
       * How many copies of a function run at the same time at most, by the function's name (of a skill's step: in each skill).
       * Lambda sets them aside for it, so the account must have 100 left over. Functions that are not named share the account's.
       */
      concurrency: z.record(z.string(), z.int().min(1).max(10_000)).optional(),
    }),
    firewall: z.strictObject({
      /** Requests that one source address may make to the approval pages within five minutes; AWS WAF takes 10 at least. */
      approvalRequestsPerFiveMinutes: requestsPerFiveMinutes,
      /** The same for all addresses together. Without it only the approval pages are counted. */
      requestsPerFiveMinutes: requestsPerFiveMinutes.optional(),
    }),
    data: z.strictObject({
      /** What becomes of the table and the bucket when the stack is deleted. */
      onStackDeletion: z.enum(['retain', 'destroy']),
      /** Whether DynamoDB refuses to delete the table, and CloudFormation to delete the stacks. */
      deletionProtection: z.boolean(),
      /**
       * Days for which S3 Object Lock keeps each signed manifest, in compliance mode: nobody can delete or shorten it, not even
       * the account's root. Without it manifests are kept, but not locked.
       */
      anchorLockDays: z.int().min(1).max(36_500).optional(),
      /** Days for which AWS KMS holds a key that signs evidence back from deletion, should anybody order it; KMS takes 7 to 30. */
      signingKeyDeletionDays: z.int().min(7).max(30),
    }),
  })
  .check((context) => {
    const { mail, data, throttles, caps } = context.value;
    const refuse = (path: string[], input: unknown, message: string) =>
      context.issues.push({ code: 'custom', input, path, message });
    const address = addressIn(mail.from);
    if (!z.email().safeParse(address).success || !address.endsWith(`@${mail.domain}`))
      refuse(['mail', 'from'], mail.from, `The sender must be an address in ${mail.domain}`);
    const refuseUnknown = (path: string[], given: object | undefined, known: readonly string[], kind: string) => {
      for (const name of Object.keys(given ?? {}))
        if (!known.includes(name))
          refuse([...path, name], name, `There is no such ${kind}; the nearest is "${nearestTo(name, known)}"`);
    };
    refuseUnknown(['throttles', 'routes'], throttles.routes, routes().map(routeKey), 'route');
    const functionNames = functions.map(({ name }) => name);
    refuseUnknown(['caps', 'concurrency'], caps.concurrency, functionNames, 'function');
    if (data.deletionProtection && data.onStackDeletion === 'destroy')
      refuse(
        ['data', 'onStackDeletion'],
        data.onStackDeletion,
        'A table with deletion protection cannot be destroyed with its stack',
      );
    if (data.anchorLockDays !== undefined && data.onStackDeletion === 'destroy')
      refuse(
        ['data', 'anchorLockDays'],
        data.anchorLockDays,
        'Manifests that are locked cannot be destroyed with their stack',
      );
  });

/** One environment's settings, as they were checked. */
export type EnvironmentSettings = z.infer<typeof environmentSettings>;

/** The address of a sender that is written as an address, or as `Name <address>`. */
export function addressIn(sender: string): string {
  return /<([^<>]+)>$/.exec(sender)?.[1] ?? sender;
}
