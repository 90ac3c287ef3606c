import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { RequestOptions } from "node:https";
import { createSecureContext } from "node:tls";
import type { KubeConfig } from "@kubernetes/client-node";
import { parseUrl } from "../model/url";
import type { ApiAccess } from "./apiAccess";
import { exitCodes, OperationFailed } from "./failure";
import { mergedKubeconfig } from "./kubeconfigFiles";
import { endWithThisProcess, killGroup } from "./processGroup";

type Fields = Record<string, unknown>;

/** Milliseconds that an exec plugin may take; some of them open a browser. */
const pluginLimit = 60_000;
/** Milliseconds for which credentials are reused, since the tokens of cloud providers are valid for minutes. */
const reuseTime = 60_000;

/** Environment variable with the input of an exec plugin (client-go). */
function withExecInfo(exec: Fields): Fields {
  const { apiVersion, env, ...rest } = exec as { apiVersion?: string; env?: readonly Fields[] };
  const info = { kind: "ExecCredential", apiVersion, spec: { interactive: false } };
  const execInfo = { name: "KUBERNETES_EXEC_INFO", value: JSON.stringify(info) };
  return { ...rest, apiVersion, env: [...(env ?? []), execInfo] };
}

/** Starts an exec plugin that is killed, with everything that it started, if it does not end in time. */
const spawnPlugin = ((file: string, args: readonly string[] = [], options: object = {}) => {
  const child = spawn(file, args, { ...options, detached: true });
  const ended = endWithThisProcess(child);
  const limit = setTimeout(() => killGroup(child, "SIGKILL"), pluginLimit);
  const done = () => {
    clearTimeout(limit);
    ended();
  };
  return child.on("close", done).on("error", done);
}) as typeof spawn;

/** @throws Error for a text that is no URL of one of these protocols */
function requireUrl(name: string, value: unknown, protocols: readonly string[]): string {
  const url = typeof value === "string" ? parseUrl(value) : undefined;
  if (url && protocols.includes(url.protocol)) return String(value);
  const forms = protocols.map((protocol) => `${protocol}//HOST:PORT`).join(" or ");
  throw new Error(`${name} = ${JSON.stringify(value)} must be ${forms}; see: kubectl config view`);
}

/** Token of a file. @throws Error naming a file that cannot be read, or is empty */
function tokenIn(file: string): string {
  let token = "";
  try {
    token = readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new Error(`its tokenFile ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  if (token === "") throw new Error(`its tokenFile ${file} is empty`);
  return token;
}

/** @throws Error for an auth-provider or an exec plugin that kubectl does not accept either */
function requireSupportedCredentials(user: Fields): void {
  const provider = (user["auth-provider"] as { name?: string } | undefined)?.name;
  if (provider !== undefined && provider !== "oidc")
    throw new Error(
      `its auth-provider ${provider} is one that Kubernetes removed in 1.26; fix: install the exec plugin of your provider, and get the kubeconfig again`,
    );
  const command = (user["exec"] as { command?: unknown } | undefined)?.command;
  if (user["exec"] !== undefined && typeof command !== "string")
    throw new Error("its exec plugin has no command; see: kubectl config view");
}

/** A kubeconfig with the one context, as the Kubernetes client reads it. */
async function configOf(context: string): Promise<{ config: KubeConfig; server: string; exec: Fields | undefined }> {
  const { files, contexts, clusters, users } = mergedKubeconfig();
  const contextFields = contexts.find(({ name }) => name === context)?.fields;
  const cluster = clusters.find(({ name }) => name === contextFields?.["cluster"])?.fields;
  const { exec: plugin, ...rest } = users.find(({ name }) => name === contextFields?.["user"])?.fields ?? {};
  const user: Fields = { ...rest, ...(plugin !== null && plugin !== undefined && { exec: plugin }) };
  if (!contextFields || typeof cluster?.["server"] !== "string")
    throw new Error(
      contextFields
        ? `the cluster of context ${context} is not in ${files.join(", ")}; see: kubectl config view`
        : `context ${context} is not in ${files.join(", ")}; see: kubectl config get-contexts`,
    );
  const server = requireUrl("server", cluster["server"], ["https:", "http:"]);
  requireSupportedCredentials(user);
  // loaded here, because a k3d cluster needs neither of them
  const [{ KubeConfig }, { getProxyForUrl }] = await Promise.all([
    import("@kubernetes/client-node"),
    import("proxy-from-env"),
  ]);
  const configured = cluster["proxy-url"] || undefined;
  if (configured !== undefined) requireUrl("proxy-url", configured, ["http:", "https:", "socks5:"]);
  const proxy = configured ?? (getProxyForUrl(server) || undefined);
  const plainHttp = server.startsWith("http:") && { "insecure-skip-tls-verify": true };
  const exec = user["exec"] as Fields | undefined;
  // the library calls this field token-file
  const token = typeof user["tokenFile"] === "string" && { token: tokenIn(user["tokenFile"]) };
  const config = new KubeConfig();
  config.loadFromString(
    JSON.stringify({
      contexts: [{ name: context, context: { cluster: "cluster", user: "user" } }],
      clusters: [
        { name: "cluster", cluster: { ...cluster, ...plainHttp, ...(proxy !== undefined && { "proxy-url": proxy }) } },
      ],
      users: [{ name: "user", user: { ...user, ...token, ...(exec && { exec: withExecInfo(exec) }) } }],
      "current-context": context,
    }),
  );
  const { authenticators } = config as unknown as { authenticators: readonly { execFn?: typeof spawn }[] };
  for (const authenticator of authenticators) if (authenticator.execFn) authenticator.execFn = spawnPlugin;
  return { config, server, exec };
}

async function accessOf(context: string): Promise<ApiAccess> {
  const { config, server, exec } = await configOf(context);
  const options: RequestOptions = { headers: {} };
  await config.applyToHTTPSOptions(options).catch((error: Error) => {
    if (!exec) throw error;
    const hint = exec["installHint"] ? `; ${exec["installHint"]}` : "";
    // the library parses the output of a plugin that succeeds, and reads its status
    const isOutput = error instanceof SyntaxError || error instanceof TypeError;
    const reason = isOutput ? "its output is no ExecCredential with a status" : error.message.trim() || "it was killed";
    throw new Error(`its exec plugin ${exec["command"]} failed: ${reason}${hint}`);
  });
  const { Authorization: token } = options.headers as Readonly<Record<string, unknown>>;
  if (exec && token === undefined && options.cert === undefined)
    throw new Error(`its exec plugin ${exec["command"]} failed: its output has no token and no certificate`);
  try {
    createSecureContext({ ca: options.ca, cert: options.cert, key: options.key });
  } catch (error) {
    throw new Error(`its certificates or keys cannot be used: ${(error as Error).message}`);
  }
  return { server, options };
}

/**
 * Access to a cluster by a context of the user's own kubeconfig: certificates, tokens, token files, exec plugins (EKS,
 * GKE, AKS), OpenID Connect, proxies, TLS server names.
 *
 * @returns a function that reads the kubeconfig when it is first called, and renews credentials
 * @throws OperationFailed, when called, for a context that does not exist or whose credentials cannot be obtained
 */
export function contextAccess(context: string): () => Promise<ApiAccess> {
  let cached: { readonly access: Promise<ApiAccess>; readonly until: number } | undefined;
  return () => {
    if (cached && performance.now() < cached.until) return cached.access;
    const access = accessOf(context).catch((error: Error) => {
      cached = undefined;
      throw new OperationFailed(`kubeContext = "${context}": ${error.message.trim()}`, exitCodes.environment);
    });
    cached = { access, until: performance.now() + reuseTime };
    return access;
  };
}
