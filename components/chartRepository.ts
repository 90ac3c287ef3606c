import * as pulumi from "@pulumi/pulumi";
import { credentials } from "../model/registries";

/**
 * Where a chart comes from.
 *
 * @param auth - USER:PASSWORD, or none; secret
 */
export function chartRepositoryOpts(repo: string, auth: string) {
  const { username, password } = credentials(auth);
  return { repo, ...(username && { username }), ...(password && { password: pulumi.secret(password) }) };
}
