import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  EndpointType,
  type IRestApi,
  JsonSchemaType,
  JsonSchemaVersion,
  LambdaIntegration,
  LogGroupLogDestination,
  type Method,
  MethodLoggingLevel,
  Model,
  RequestValidator,
  RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { CountersignFunction } from './countersign-function.ts';
import type { Environment } from './environments.ts';
import { type Route, routeKey, routes } from './functions.ts';
import { addGatewayResponses } from './gateway-responses.ts';
import { prefixOf } from './names.ts';

/** The API's one stage; without a domain of your own it is part of every address. */
export const STAGE_NAME = 'api';

/** What the access log says of a request: the route, never the path, for an approval link is a secret. */
const ACCESS_LOG_FIELDS = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  method: '$context.httpMethod',
  route: '$context.resourcePath',
  status: '$context.status',
  responseBytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  caller: '$context.identity.userArn',
  error: '$context.error.responseType',
};

export interface ApiProps {
  readonly environment: Environment;
}

/**
 * The REST API, regional. Triggering and reading want a signed request (IAM); the approval pages, the OpenAPI document and the
 * health check take anybody's. Execution logs and the stage's X-Ray tracing stay off, for both record the whole path.
 */
export class Api extends Construct {
  /** What addresses begin with, without a trailing slash. */
  readonly baseUrl: string;
  readonly restApi: RestApi;

  constructor(scope: Construct, id: string, props: ApiProps) {
    super(scope, id);
    const { settings, name } = props.environment;
    const { region, urlSuffix } = Stack.of(this);
    const log = new LogGroup(this, 'AccessLog', {
      logGroupName: `/aws/apigateway/${prefixOf(name)}`,
      retention: settings.retention.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.restApi = new RestApi(this, 'Rest', {
      restApiName: prefixOf(name),
      description: 'Countersign: trigger executions, read them, decide on approvals.',
      endpointTypes: [EndpointType.REGIONAL],
      disableExecuteApiEndpoint: settings.domain !== undefined,
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
      deployOptions: {
        stageName: STAGE_NAME,
        accessLogDestination: new LogGroupLogDestination(log),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FIELDS)),
        loggingLevel: MethodLoggingLevel.OFF,
        dataTraceEnabled: false,
        tracingEnabled: false,
        metricsEnabled: true,
        methodOptions: Object.fromEntries(routes().map((route) => [optionsKey(route), throttleOf(route, settings)])),
      },
    });
    addGatewayResponses(this.restApi);
    if (settings.domain !== undefined) {
      const domain = this.restApi.addDomainName('Domain', {
        domainName: settings.domain.name,
        certificate: Certificate.fromCertificateArn(this, 'Certificate', settings.domain.certificateArn),
        endpointType: EndpointType.REGIONAL,
        securityPolicy: SecurityPolicy.TLS_1_2,
      });
      new CfnOutput(this, 'DomainTarget', {
        description: `Point the DNS record of ${settings.domain.name} here.`,
        value: domain.domainNameAliasDomainName,
      });
    }
    // Put together by hand: the stage's own address would make the functions wait for the methods that call them.
    this.baseUrl =
      settings.baseUrl?.replace(/\/$/, '') ??
      (settings.domain === undefined
        ? `https://${this.restApi.restApiId}.execute-api.${region}.${urlSuffix}/${STAGE_NAME}`
        : `https://${settings.domain.name}`);
    new CfnOutput(this, 'BaseUrl', { value: this.baseUrl });

    acknowledge(
      this.restApi,
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      'API Gateway writes access logs through one role of the account, with the policy that AWS keeps for it.',
    );
    acknowledge(
      this.restApi,
      'AwsSolutions-APIG6',
      'Execution logs record paths, and an approval link is a secret. The access log names routes instead.',
    );
  }

  /** The stage that a firewall is put before. */
  get stageArn(): string {
    return this.restApi.deploymentStage.stageArn;
  }

  /** Serves the routes of functions. */
  serve(served: readonly CountersignFunction[]): void {
    // That it is an object is all that is checked here: the functions name every problem with its place, which this cannot.
    const jsonObject = new Model(this, 'JsonObject', {
      restApi: this.restApi as IRestApi,
      contentType: 'application/json',
      description: 'Any JSON object.',
      schema: { schema: JsonSchemaVersion.DRAFT4, type: JsonSchemaType.OBJECT },
    });
    const requestValidator = new RequestValidator(this, 'Validator', {
      restApi: this.restApi as IRestApi,
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    for (const { declaration, lambda } of served) {
      const integration = new LambdaIntegration(lambda, { allowTestInvoke: false });
      for (const route of declaration.routes ?? []) {
        const method = this.restApi.root.resourceForPath(route.path).addMethod(route.method, integration, {
          authorizationType: route.auth === 'iam' ? AuthorizationType.IAM : AuthorizationType.NONE,
          ...(route.body === 'json' ? { requestValidator, requestModels: { 'application/json': jsonObject } } : {}),
        });
        acknowledgeAuthorization(method, route);
      }
    }
  }
}

/** API Gateway's key for a method's options. */
function optionsKey({ path, method }: Route): string {
  return `${path}/${method}`;
}

/** Whether anybody who holds a link may ask for a route. */
function isLinkPath({ path }: Route): boolean {
  return path.startsWith('/approvals/') || path.startsWith('/handoffs/');
}

function throttleOf(route: Route, settings: Environment['settings']): object {
  const { routes: own, approvals, api } = settings.throttles;
  const { ratePerSecond, burst } = own?.[routeKey(route)] ?? (isLinkPath(route) ? approvals : api);
  return {
    throttlingRateLimit: ratePerSecond,
    throttlingBurstLimit: burst,
    loggingLevel: MethodLoggingLevel.OFF,
    dataTraceEnabled: false,
    metricsEnabled: true,
  };
}

function acknowledgeAuthorization(method: Method, route: Route): void {
  acknowledge(
    method,
    'AwsSolutions-COG4',
    'Callers are principals of the AWS account: IAM authorizes them, not Cognito.',
  );
  if (route.auth === 'none')
    acknowledge(
      method,
      'AwsSolutions-APIG4',
      isLinkPath(route)
        ? 'The link is the authorization: it holds a secret of its own for one person and one question.'
        : 'Public on purpose: it shows nothing about any execution.',
    );
}
