/** The provider of the component `Environment` for programs in other languages: `pulumi package add PATH/provider`. */
import * as pulumi from "@pulumi/pulumi";
import { main, type Provider } from "@pulumi/pulumi/provider";
import { Environment } from "../components/environment";
import { componentType } from "../model/names";
import type { Settings } from "../model/settings/contract";
import { packageSchema } from "../model/settings/packageSchema";
import { description, version } from "../package.json";

/** @throws pulumi.InputPropertyError for a value that is known only while resources are created */
function plain(inputs: pulumi.Inputs): Partial<Settings> {
  for (const [propertyPath, value] of Object.entries(inputs))
    if (pulumi.Output.isInstance(value))
      throw new pulumi.InputPropertyError({ propertyPath, reason: "must be a plain value, and no secret or output" });
  return inputs as Partial<Settings>;
}

/** Provider with one resource, the component `Environment`. Its inputs are the settings. */
export const provider: Provider = {
  version,
  schema: JSON.stringify(packageSchema(version, description)),
  async construct(name, type, inputs, options) {
    if (type !== componentType("Environment")) throw new Error(`the type ${type} is unknown`);
    const { urn, urls, ingressIp, caPem, kubeconfig } = new Environment(name, plain(inputs), options);
    return { urn, state: { urls, ingressIp, caPem, kubeconfig } };
  },
};

/** Serves the provider to the engine until it ends this process. */
export const serve = (): Promise<void> => main(provider, process.argv.slice(2));
