import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { ACCOUNT, REGION } from './place.ts';

/** What requests are signed with. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The keys that everything is deployed with. */
export const OPERATOR: Keys = { accessKeyId: ACCOUNT, secretAccessKey: 'not-a-secret' };

class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Uint8Array);
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(data as Uint8Array);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    throw new Error('Each hash is used once.');
  }
}

/** One request, before it is signed. */
export interface AwsRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Signs a request for a service with Signature Version 4; answers the headers to send, without `host`. */
export async function signed(service: string, request: AwsRequest, keys: Keys): Promise<Record<string, string>> {
  const url = new URL(request.url);
  const signer = new SignatureV4({ service, region: REGION, credentials: keys, sha256: Sha256 });
  const query = Object.fromEntries(url.searchParams);
  const { host: _host, ...headers } = (
    await signer.sign({
      method: request.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query,
      headers: { ...request.headers, host: url.host },
      ...(request.body === undefined ? {} : { body: request.body }),
    })
  ).headers;
  return headers;
}

/** An answer of an AWS API, read to its end. */
export interface AwsAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The AWS APIs of one server that the test needs and the product has no client for. */
export class AwsApis {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async send(service: string, request: AwsRequest, keys: Keys = OPERATOR): Promise<AwsAnswer> {
    const response = await fetch(request.url, {
      method: request.method,
      headers: await signed(service, request, keys),
      redirect: 'manual',
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** A service of the Query protocol: CloudFormation, IAM, STS, SNS. @returns its XML. */
  async query(service: string, version: string, action: string, parameters: Record<string, string> = {}) {
    const { status, text } = await this.send(service, {
      method: 'POST',
      url: `${this.url}/`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ Action: action, Version: version, ...parameters }).toString(),
    });
    if (status !== 200) throw new Error(`${service} ${action} answered ${status}: ${text.slice(0, 800)}`);
    return text;
  }

  /** A service of the JSON protocol: CloudWatch Logs, EventBridge, SQS, WAF. */
  async json(service: string, target: string, input: unknown = {}): Promise<Record<string, unknown>> {
    const { status, text } = await this.send(service, {
      method: 'POST',
      url: `${this.url}/`,
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
      body: JSON.stringify(input),
    });
    if (status !== 200) throw new Error(`${target} answered ${status}: ${text.slice(0, 800)}`);
    return JSON.parse(text) as Record<string, unknown>;
  }

  /** A service with paths: Lambda, API Gateway, SES. */
  async rest(service: string, path: string): Promise<Record<string, unknown>> {
    const { status, text } = await this.send(service, { method: 'GET', url: `${this.url}${path}` });
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${text.slice(0, 800)}`);
    return JSON.parse(text) as Record<string, unknown>;
  }

  /** Runs a function as the Lambda API does; answers its payload, or the error that it threw. */
  async invoke(functionName: string, payload: unknown = {}): Promise<{ error: string | null; payload: unknown }> {
    const { status, headers, text } = await this.send('lambda', {
      method: 'POST',
      url: `${this.url}/2015-03-31/functions/${functionName}/invocations`,
      body: JSON.stringify(payload),
    });
    if (status !== 200) throw new Error(`Invoking ${functionName} answered ${status}: ${text.slice(0, 800)}`);
    return { error: headers.get('x-amz-function-error'), payload: text === '' ? undefined : JSON.parse(text) };
  }

  /** Keys of a session under a name, as a person gets them by assuming a role. */
  async session(roleArn: string, name: string): Promise<Keys> {
    const xml = await this.query('sts', '2011-06-15', 'AssumeRole', { RoleArn: roleArn, RoleSessionName: name });
    const field = (tag: string) => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1] ?? '';
    return {
      accessKeyId: field('AccessKeyId'),
      secretAccessKey: field('SecretAccessKey'),
      sessionToken: field('SessionToken'),
    };
  }
}

/** What each element of a name holds, in the order of the document. */
export function elements(xml: string, tag: string): string[] {
  return [...xml.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))].map(([, inner = '']) => inner);
}
