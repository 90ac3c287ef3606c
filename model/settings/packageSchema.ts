import { componentType, project } from "../names";
import { settingKeys, stackOutputs } from "./contract";
import type { Key } from "./kinds";

const addressType = componentType("Address");
const text = { type: "string" };
const described = (description: string, type: object = text) => ({ ...type, description });

/**
 * Keys that programs in other languages may set. Secrets are not among them: these inputs are plain values, which Pulumi
 * keeps unencrypted in the state.
 */
const inputs = (Object.entries(settingKeys) as [string, Key][]).filter(([, { secret }]) => !secret);

/** Description of a key with its default and its allowed values, for the documentation of a generated SDK. */
const inputOf = ({ type, description, allowed, default: preset }: Key) =>
  described(`${description}; must be ${allowed}; by default ${preset}`, { type, plain: true });

/**
 * Schema of the package that Pulumi generates an SDK from (https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/).
 *
 * @param version - of the package
 */
export const packageSchema = (version: string, description: string) => ({
  name: project,
  version,
  description,
  language: Object.fromEntries(
    ["nodejs", "python", "csharp", "java", "go"].map((language) => [language, { respectSchemaVersion: true }]),
  ),
  resources: {
    [componentType("Environment")]: {
      isComponent: true,
      description: "A whole environment: cluster, load balancer, Istio, certificates, app and routing",
      inputProperties: Object.fromEntries(inputs.map(([name, key]) => [name, inputOf(key)])),
      properties: {
        urls: described(stackOutputs.urls, { type: "array", items: { $ref: `#/types/${addressType}` } }),
        ingressIp: described(stackOutputs.ingressIp),
        caPem: described("certificates of the CAs for clients"),
        // secret by its value: with `secret` here, the SDKs of C# and Java use an option that their components do not have
        kubeconfig: described(stackOutputs.kubeconfig),
      },
      required: ["urls", "ingressIp", "caPem", "kubeconfig"],
    },
  },
  types: {
    [addressType]: {
      type: "object",
      description: "An address of the app",
      properties: {
        url: text,
        address: described("address to connect to, independent of DNS"),
        port: { type: "integer" },
        from: described("place from which the address is reachable"),
      },
      required: ["url", "address", "port", "from"],
    },
  },
});
