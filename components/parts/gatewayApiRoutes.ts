import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { app, gateway, versionService } from "../../model/names";
import { loginProxy } from "../../model/security/login";
import { gatewayApiSpec, httpRouteSpec, loginRouteSpec, redirectRouteSpec } from "../../model/traffic/gatewayApi";
import type { HttpRouteSpec } from "../../model/traffic/gatewayApiKinds";
import { versionRuleSpec } from "../../model/traffic/traffic";
import { attached, gatewayApiResource, waitsFor } from "./gatewayApiResource";
import { istioResource } from "./istioResource";
import type { RouteArgs } from "./istioRoutes";

/**
 * Creates the routes to both versions by the Gateway API: a Service for each version, HTTPRoutes and a Gateway.
 *
 * @returns the route to oauth2-proxy. Undefined without a login
 */
export function gatewayApiRoutes(name: string, args: RouteArgs, parent: pulumi.Resource): pulumi.Resource | undefined {
  const { cluster, meshNamespace, appNamespace, pageRoutes = [] } = args;
  const owner = { cluster, parent };
  const backends = app.subsets.flatMap((version) => [
    new k8s.core.v1.Service(
      `${name}-service-${version}`,
      {
        metadata: {
          ...{ name: versionService(version), namespace: appNamespace, labels: { app: app.name } },
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: {
          selector: { app: app.name, version },
          ports: [{ name: "http", port: app.port, targetPort: "http" }],
        },
      },
      cluster.childOptions(parent),
    ),
    istioResource(
      `${name}-destinationrule-${version}`,
      "DestinationRule",
      { name: versionService(version), namespace: appNamespace },
      versionRuleSpec(version),
      owner,
    ),
  ]);
  const route = gatewayApiResource(
    `${name}-httproute`,
    "HTTPRoute",
    { name: app.name, namespace: appNamespace },
    httpRouteSpec(args),
    waitsFor.service,
    { ...owner, dependsOn: backends },
  );
  const besideGateway = (resource: string, route: string, spec: HttpRouteSpec) =>
    gatewayApiResource(
      `${name}-${resource}`,
      "HTTPRoute",
      { name: route, namespace: meshNamespace },
      spec,
      waitsFor.nothing,
      owner,
    );
  const redirect = besideGateway("redirect", "redirect", redirectRouteSpec(args));
  const spec = loginRouteSpec(args);
  const login = spec && besideGateway("login", loginProxy.name, spec);
  const secure = [route, ...(login ? [login] : []), ...pageRoutes];
  gatewayApiResource(
    `${name}-gateway-api`,
    "Gateway",
    { name: gateway.name, namespace: meshNamespace },
    gatewayApiSpec(args),
    [...waitsFor.programmed, attached("http", 1), attached("https", secure.length)],
    // Pulumi deletes in the reverse order: a host whose route goes before its Gateway would answer 404, and without the
    // route of the login, its paths would lead to the app
    { ...owner, dependsOn: [redirect, ...secure] },
  );
  return login;
}
