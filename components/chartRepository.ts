import * as pulumi from "@pulumi/pulumi";
import { credentials } from "../model/registries";

/**
 * A chart, and where it comes from.
 *
 * In an OCI registry a chart has its whole name, and there is no repository (https://helm.sh/docs/topics/registries/).
 *
 * @param auth - USER:PASSWORD, or none; secret
 */
export function chartOf(name: string, repository: string, auth: string) {
  const { username, password } = credentials(auth);
  const login = { ...(username && { username }), ...(password && { password: pulumi.secret(password) }) };
  return repository.startsWith("oci:")
    ? { chart: `${repository.replace(/\/$/, "")}/${name}`, repositoryOpts: login }
    : { chart: name, repositoryOpts: { repo: repository, ...login } };
}
