import * as z from 'zod';
import { InvalidInput } from '../core/errors.ts';
import { parseWith } from '../core/zod-problems.ts';

/** The days that CloudWatch Logs can keep a log group for. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const throttle = z.strictObject({
  /** Requests per second that a method takes, all callers together. */
  ratePerSecond: z.int().min(1),
  /** Requests that it takes at once. */
  burst: z.int().min(1),
});

const environmentSettings = z
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
      /** The Unleash server's address, without `/api`. */
      url: z.url(),
      /** The Unleash environment that the token reads. */
      environment: z.string().min(1),
      /** The name of the Secrets Manager secret that holds the client token, as plain text. It must exist before the deployment. */
      tokenSecretName: z.string().regex(/^[A-Za-z0-9/_+=.@-]{1,512}$/),
      /**
       * The name of the secret that holds an admin (or service account) token: with it a rollback also changes the flag. Without
       * it the table alone keeps bad versions from running, and people change the flag.
       */
      adminTokenSecretName: z
        .string()
        .regex(/^[A-Za-z0-9/_+=.@-]{1,512}$/)
        .optional(),
    }),
    mail: z.strictObject({
      /** The domain that mail is sent from. The deployment makes it an SES identity; its DKIM records are outputs of the data stack. */
      domain: z.hostname(),
      /** The sender, in this domain: an address, or `Name <address>`. */
      from: z.string().min(3),
    }),
    /** Where incident packets go, and where an escalation to oversight is mailed. */
    oversightAddress: z.email(),
    /** Who is mailed when an alarm rings. Without it, the alarm topic has no subscriber. */
    alarmAddress: z.email().optional(),
    /** A domain of your own for the API; its DNS record must point to the regional domain name in the platform stack's outputs. */
    domain: z
      .strictObject({
        name: z.hostname(),
        /** An ACM certificate for the name, in the API's region. */
        certificateArn: z.string().regex(/^arn:[a-z-]+:acm:/),
      })
      .optional(),
    /** The address that links in mails begin with, when it is neither the API's endpoint nor `domain` (such as a CDN before it). */
    baseUrl: z.url().optional(),
    /** How long logs are kept, in days that CloudWatch Logs knows. */
    logRetentionDays: z
      .int()
      .refine((days) => LOG_RETENTION_DAYS.includes(days), `Must be one of ${LOG_RETENTION_DAYS.join(', ')}`),
    throttles: z.strictObject({
      /** Each method for triggering and reading. */
      api: throttle,
      /** Each method of the approval pages. */
      approvals: throttle,
    }),
    firewall: z.strictObject({
      /** Requests that one source address may make to the approval pages within five minutes; AWS WAF takes 10 at least. */
      approvalRequestsPerFiveMinutes: z.int().min(10).max(2_000_000_000),
    }),
    data: z.strictObject({
      /** What becomes of the table and the bucket when the stack is deleted. */
      onStackDeletion: z.enum(['retain', 'destroy']),
      /** Whether DynamoDB refuses to delete the table. */
      deletionProtection: z.boolean(),
      /**
       * Days for which S3 Object Lock keeps each signed manifest, in compliance mode: nobody can delete or shorten it, not even
       * the account's root. Without it manifests are kept, but not locked.
       */
      anchorLockDays: z.int().min(1).max(36_500).optional(),
    }),
  })
  .check((context) => {
    const { mail, data } = context.value;
    const address = /<([^<>]+)>$/.exec(mail.from)?.[1] ?? mail.from;
    if (!z.email().safeParse(address).success || !address.endsWith(`@${mail.domain}`))
      context.issues.push({
        code: 'custom',
        input: mail.from,
        path: ['mail', 'from'],
        message: `The sender must be an address in ${mail.domain}`,
      });
    if (data.deletionProtection && data.onStackDeletion === 'destroy')
      context.issues.push({
        code: 'custom',
        input: data.onStackDeletion,
        path: ['data', 'onStackDeletion'],
        message: 'A table with deletion protection cannot be destroyed with its stack',
      });
    if (data.anchorLockDays !== undefined && data.onStackDeletion === 'destroy')
      context.issues.push({
        code: 'custom',
        input: data.anchorLockDays,
        path: ['data', 'anchorLockDays'],
        message: 'Manifests that are locked cannot be destroyed with their stack',
      });
  });

/** One environment's settings, as they were checked. */
export type EnvironmentSettings = z.infer<typeof environmentSettings>;

/** An environment: its name, and what is particular to it. */
export interface Environment {
  readonly name: string;
  readonly settings: EnvironmentSettings;
}

/** The environments that can be deployed. The values are examples: put your own in their place. */
export const environments: { readonly [name: string]: unknown } = {
  dev: {
    unleash: {
      url: 'https://unleash.example.com',
      environment: 'development',
      tokenSecretName: 'countersign/dev/unleash-client-token',
      adminTokenSecretName: 'countersign/dev/unleash-admin-token',
    },
    mail: { domain: 'dev.countersign.example.com', from: 'Countersign <approvals@dev.countersign.example.com>' },
    oversightAddress: 'oversight-dev@example.com',
    logRetentionDays: 14,
    throttles: { api: { ratePerSecond: 20, burst: 40 }, approvals: { ratePerSecond: 10, burst: 20 } },
    firewall: { approvalRequestsPerFiveMinutes: 300 },
    data: { onStackDeletion: 'destroy', deletionProtection: false },
  },
  staging: {
    unleash: {
      url: 'https://unleash.example.com',
      environment: 'staging',
      tokenSecretName: 'countersign/staging/unleash-client-token',
      adminTokenSecretName: 'countersign/staging/unleash-admin-token',
    },
    mail: {
      domain: 'staging.countersign.example.com',
      from: 'Countersign <approvals@staging.countersign.example.com>',
    },
    oversightAddress: 'oversight-staging@example.com',
    logRetentionDays: 30,
    throttles: { api: { ratePerSecond: 50, burst: 100 }, approvals: { ratePerSecond: 20, burst: 40 } },
    firewall: { approvalRequestsPerFiveMinutes: 300 },
    data: { onStackDeletion: 'retain', deletionProtection: false, anchorLockDays: 30 },
  },
  prod: {
    unleash: {
      url: 'https://unleash.example.com',
      environment: 'production',
      tokenSecretName: 'countersign/prod/unleash-client-token',
      adminTokenSecretName: 'countersign/prod/unleash-admin-token',
    },
    mail: { domain: 'countersign.example.com', from: 'Countersign <approvals@countersign.example.com>' },
    oversightAddress: 'oversight@example.com',
    alarmAddress: 'operators@example.com',
    logRetentionDays: 365,
    throttles: { api: { ratePerSecond: 100, burst: 200 }, approvals: { ratePerSecond: 50, burst: 100 } },
    firewall: { approvalRequestsPerFiveMinutes: 300 },
    data: { onStackDeletion: 'retain', deletionProtection: true, anchorLockDays: 3653 },
  },
};

/**
 * The environment of a name.
 * @param name what `-c env=` said; `undefined` when it said nothing.
 * @param known where it is looked up.
 * @throws InvalidInput when there is no such environment (naming those there are) or a setting is wrong (naming it).
 */
export function environmentOf(name: string | undefined, known: typeof environments = environments): Environment {
  const choices = Object.keys(known).join(', ');
  if (name === undefined || name === '')
    throw new InvalidInput(`No environment was named. Say which one with -c env=NAME; there are: ${choices}.`);
  if (!Object.hasOwn(known, name))
    throw new InvalidInput(
      `There is no environment "${name}". Use one of ${choices}, or add it to lib/infra/environments.ts.`,
    );
  if (!/^[a-z][a-z0-9]{0,11}$/.test(name))
    throw new InvalidInput(
      `The environment name "${name}" must be 1 to 12 lower-case letters and digits, a letter first: it is part of every name.`,
    );
  return { name, settings: parseWith(environmentSettings, known[name], `The environment ${name}`) };
}
