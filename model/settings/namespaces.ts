import { settingKeys } from "./contract";
import type { Problem } from "./problem";

/** Name that this project has unless somebody changes it in Pulumi.yaml. */
const defaultProject = "istio-on-k3d";
/** Namespaces of Pulumi itself and of its providers, some of whose keys have the names of keys of this project. */
const providers = ["pulumi", "kubernetes", "docker", "command", "tls"];

/**
 * Keys of the environment that stand in the namespace of another project: Pulumi prefixes a key with the project's name,
 * and ignores all keys of a project that was renamed in Pulumi.yaml.
 *
 * @param keys - keys with their namespaces
 * @param project - name in Pulumi.yaml
 */
export function formerKeys(keys: readonly string[], project: string): Problem[] {
  return keys.flatMap((key) => {
    const [namespace = "", name = ""] = key.split(":");
    if (namespace === project || providers.includes(namespace)) return [];
    if (namespace !== defaultProject && !Object.hasOwn(settingKeys, name)) return [];
    return [
      {
        key,
        value: undefined,
        rule: `belongs to a project called ${namespace}, and Pulumi.yaml calls this one ${project}`,
        remedy: [`write ${project}:${name} in the stack's file, or name: ${namespace} in Pulumi.yaml`],
      },
    ];
  });
}
