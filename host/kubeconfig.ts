import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { parse, stringify } from "yaml";
import { exitCodes, OperationFailed } from "../automation/stack/operation";

type Fields = Readonly<Record<string, unknown>>;
interface Kubeconfig {
  readonly contexts?: readonly { readonly name: string; readonly context: { cluster: string; user: string } }[] | null;
  readonly clusters?: readonly { readonly name: string; readonly cluster: Fields }[] | null;
  readonly users?: readonly { readonly name: string; readonly user: Fields }[] | null;
}

/** The user's kubeconfig files, as kubectl looks for them. */
export const kubeconfigFiles = (): string[] =>
  process.env["KUBECONFIG"]?.split(path.delimiter).filter(Boolean) ?? [path.join(homedir(), ".kube", "config")];

/** Fields that name a file, with what the file holds put in their place. */
async function inlined(fields: Fields, folder: string): Promise<Fields> {
  const files = ["certificate-authority", "client-certificate", "client-key"].filter((name) => name in fields);
  const read = files.map(async (name) => {
    const data = await readFile(path.resolve(folder, String(fields[name])));
    return [`${name}-data`, data.toString("base64")];
  });
  return { ...Object.fromEntries(await Promise.all(read)), ...fields };
}

/**
 * A kubeconfig with one context of the user's alone, its certificates inline.
 *
 * @throws OperationFailed for a context that is not there, or that authenticates by a program
 */
export async function userKubeconfig(context: string): Promise<string> {
  const files = kubeconfigFiles();
  for (const file of files) {
    const config = parse(await readFile(file, "utf8").catch(() => "{}")) as Kubeconfig | null;
    const found = config?.contexts?.find(({ name }) => name === context)?.context;
    const cluster = config?.clusters?.find(({ name }) => name === found?.cluster)?.cluster;
    const user = config?.users?.find(({ name }) => name === found?.user)?.user;
    if (!cluster || !user) continue;
    if ("exec" in user || "auth-provider" in user)
      throw new OperationFailed(
        `context ${context} authenticates by a program, which this command does not run; fix: a context with a certificate or a token`,
        exitCodes.environment,
      );
    const folder = path.dirname(file);
    return stringify({
      clusters: [{ cluster: await inlined(cluster, folder) }],
      users: [{ user: await inlined(user, folder) }],
    });
  }
  throw new OperationFailed(
    `context ${context} is not in ${files.join(", ")}; see: kubectl config get-contexts`,
    exitCodes.environment,
  );
}
