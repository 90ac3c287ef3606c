import { PolicyPack, type ResourceValidationPolicy, type StackValidationPolicy } from "@pulumi/policy";
import { gatewayApiRoutesLeadSomewhere } from "./gatewayApiRoutes";
import { routesLeadSomewhere, type StackRule, strictIsEnforced } from "./meshRules";
import { noPlainSecrets, pinnedVersions, type ResourceRule } from "./rules";

const resourcePolicy = (name: string, description: string, rule: ResourceRule): ResourceValidationPolicy => ({
  name,
  description,
  enforcementLevel: "mandatory",
  validateResource: ({ type, name, props }, report) => {
    for (const message of rule({ type, name, props })) report(message);
  },
});

const stackPolicy = (name: string, description: string, rule: StackRule): StackValidationPolicy => ({
  name,
  description,
  enforcementLevel: "mandatory",
  validateStack: ({ resources }, report) => {
    for (const { resource, message } of rule(resources))
      report(message, resources.find(({ name }) => name === resource)?.urn);
  },
});

new PolicyPack("istio-on-k3d", {
  policies: [
    resourcePolicy("pinned-versions", "Images and charts have an exact version.", pinnedVersions),
    resourcePolicy("no-plain-secrets", "Keys and kubeconfigs are Pulumi secrets.", noPlainSecrets),
    stackPolicy("routes-lead-somewhere", "Routes point at subsets and Gateways that exist.", routesLeadSomewhere),
    stackPolicy(
      "gateway-api-routes-lead-somewhere",
      "Routes of the Gateway API have a listener and Services.",
      gatewayApiRoutesLeadSomewhere,
    ),
    stackPolicy("strict-is-enforced", "STRICT mTLS needs sidecars or ambient.", strictIsEnforced),
  ],
});
