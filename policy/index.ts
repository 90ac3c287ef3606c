import { PolicyPack, type ResourceValidationPolicy, type StackValidationPolicy } from "@pulumi/policy";
import { gatewayApiRoutesLeadSomewhere } from "./gatewayApiRoutes";
import { routesLeadSomewhere, type StackRule, strictIsEnforced } from "./meshRules";
import { noPlainSecrets, pinnedVersions, type ResourceRule } from "./rules";

const each = (name: string, description: string, rule: ResourceRule): ResourceValidationPolicy => ({
  name,
  description,
  enforcementLevel: "mandatory",
  validateResource: ({ type, name, props }, report) => {
    for (const message of rule({ type, name, props })) report(message);
  },
});

const together = (name: string, description: string, rule: StackRule): StackValidationPolicy => ({
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
    each("pinned-versions", "Images and charts have an exact version.", pinnedVersions),
    each("no-plain-secrets", "Keys and kubeconfigs are Pulumi secrets.", noPlainSecrets),
    together("routes-lead-somewhere", "Routes point at subsets and Gateways that exist.", routesLeadSomewhere),
    together(
      "gateway-api-routes-lead-somewhere",
      "Routes of the Gateway API have a listener and Services.",
      gatewayApiRoutesLeadSomewhere,
    ),
    together("strict-is-enforced", "STRICT mTLS needs sidecars or ambient.", strictIsEnforced),
  ],
});
