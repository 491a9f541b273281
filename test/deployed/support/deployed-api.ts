import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionView } from '../../../lib/local/api-client.ts';
import type { OpenPage } from '../../../lib/local/person.ts';
import { executionAccepted, executionView } from '../../../lib/platform/contracts/api.ts';
import { type AwsAnswer, type AwsApis, type Keys, signed } from './aws.ts';

/** How often and how long an execution is looked at. */
const LOOK_EVERY_MS = 250;
const LOOK_FOR_MS = 120_000;

/** What a request carries besides method and path. */
export interface DeployedCall {
  readonly caller: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The deployed API as its callers know it: its address is the one that CloudFormation put out. That name does not resolve to
 * this server, so each request is signed for the address and sent to where the server serves it.
 */
export class DeployedApi {
  readonly baseUrl: string;
  readonly #aws: AwsApis;
  readonly #roleArn: string;
  readonly #sessions = new Map<string, Promise<Keys>>();

  constructor(aws: AwsApis, baseUrl: string, roleArn: string) {
    this.baseUrl = baseUrl.replace(/\/$/, '');
    this.#aws = aws;
    this.#roleArn = roleArn;
  }

  /** Where the server serves an address of this API. */
  served(address: string): string {
    const { hostname, pathname, search } = new URL(address);
    return `${this.#aws.url}/_aws/execute-api/${hostname.split('.')[0]}${pathname}${search}`;
  }

  /** The keys of a person's session. */
  keysOf(caller: string): Promise<Keys> {
    const known = this.#sessions.get(caller) ?? this.#aws.session(this.#roleArn, caller);
    this.#sessions.set(caller, known);
    return known;
  }

  /** One signed request of a person, whose name is that of the role session. */
  async call(method: string, path: string, { caller, body, headers = {} }: DeployedCall): Promise<AwsAnswer> {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const request = {
      method,
      url: `${this.baseUrl}${path}`,
      headers: { 'content-type': 'application/json', ...headers },
      ...text,
    };
    const response = await fetch(this.served(request.url), {
      method,
      headers: await signed('execute-api', request, await this.keysOf(caller)),
      ...text,
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** Starts an execution and answers its id. */
  async start(skill: string, caller: string, body: unknown, headers: Record<string, string> = {}): Promise<string> {
    const answer = await this.call('POST', `/skills/${skill}/executions`, { caller, body, headers });
    if (answer.status !== 202) throw new Error(`The API answered ${answer.status}: ${answer.text.slice(0, 1000)}`);
    return executionAccepted.parse(JSON.parse(answer.text)).executionId;
  }

  /** What the API answers to a GET. */
  async read(path: string): Promise<unknown> {
    const answer = await this.call('GET', path, { caller: 'operator' });
    if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status}: ${answer.text.slice(0, 1000)}`);
    return JSON.parse(answer.text);
  }

  /** Looks at an execution until it is as wanted. */
  async until(id: string, wanted: (view: ExecutionView) => boolean, what: string): Promise<ExecutionView> {
    for (const end = performance.now() + LOOK_FOR_MS; ; await delay(LOOK_EVERY_MS)) {
      const view = executionView.parse(await this.read(`/executions/${id}`));
      if (wanted(view)) return view;
      if (performance.now() > end)
        throw new Error(`Execution ${id} is ${view.status} and not ${what} after ${LOOK_FOR_MS} ms.`);
    }
  }

  untilEnded(id: string): Promise<ExecutionView> {
    return this.until(id, ({ evidence }) => evidence === 'signed', 'ended, with its end signed');
  }

  /** Opens an approval link as a browser without script does. */
  async open(link: string, cookie?: string): Promise<OpenPage> {
    const response = await fetch(this.served(link), { headers: cookie === undefined ? {} : { cookie } });
    const html = await response.text();
    return {
      url: link,
      status: response.status,
      html,
      cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie,
      nonce: /name="nonce" value="([^"]+)"/.exec(html)?.[1],
    };
  }

  /** Sends the form of an open page as a browser does: with the link's cookie, the page's nonce and its origin. */
  async decide(
    page: OpenPage,
    entries: Readonly<Record<string, string>>,
    origin = new URL(page.url).origin,
  ): Promise<{ status: number; html: string }> {
    const response = await fetch(this.served(page.url), {
      method: 'POST',
      headers: { cookie: page.cookie ?? '', origin, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ nonce: page.nonce ?? '', comment: '', ...entries }).toString(),
      redirect: 'manual',
    });
    return { status: response.status, html: await response.text() };
  }
}
