import { request as plain } from "node:http";
import { request as secure } from "node:https";
import { parse } from "yaml";
import { parseJson } from "../model/json";
import type { ApiAccess } from "./apiAccess";
import { exchange } from "./http";
import { executeInPod, type PodCommandOptions } from "./podCommand";

/** Error response of the API server. */
export class ApiRefused extends Error {
  override name = "ApiRefused";
  constructor(
    readonly status: number,
    readonly path: string,
    body: string,
  ) {
    super(`${path} answers ${status}: ${messageOf(body)}`);
  }
}

/** Objects of a collection. @param selector - of labels, such as app=istiod. @default all objects */
export async function listOf<Item>(api: Pick<Api, "get">, path: string, selector?: string): Promise<readonly Item[]> {
  const query = selector === undefined ? "" : `?labelSelector=${encodeURIComponent(selector)}`;
  return (await api.get<{ readonly items: readonly Item[] }>(`${path}${query}`)).items;
}

/** True for the answer that the API server does not have an object or its kind. */
export const isNotFound = (error: unknown): boolean => error instanceof ApiRefused && error.status === 404;

/** An answer of the API server, or undefined if it does not have the object or its kind. */
export const ifFound = <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });

const messageOf = (body: string): string => parseJson<{ message?: string }>(body)?.message ?? body.slice(0, 200);

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: Readonly<Record<string, string | undefined>> }];
  readonly users: readonly [{ readonly user: Readonly<Record<string, string | undefined>> }];
}

/**
 * Access by a kubeconfig that k3d wrote: one cluster and one user, with certificates or a token inline.
 *
 * For a context of a user's kubeconfig, {@link import("./kubeconfig").contextAccess} loads a library, which takes most of a
 * second. Every `pulumi up` reads a kubeconfig of k3d, so this function does without the library.
 */
function inlineAccess(kubeconfig: string): ApiAccess {
  const { clusters, users } = parse(kubeconfig) as Kubeconfig;
  const [{ cluster }, { user }] = [clusters[0], users[0]];
  const decoded = (name: "ca" | "cert" | "key", data: string | undefined) =>
    data === undefined ? {} : { [name]: Buffer.from(data, "base64") };
  return {
    server: cluster["server"] ?? "",
    options: {
      agent: false,
      ...decoded("ca", cluster["certificate-authority-data"]),
      ...decoded("cert", user["client-certificate-data"]),
      ...decoded("key", user["client-key-data"]),
      headers: user["token"] === undefined ? {} : { authorization: `Bearer ${user["token"]}` },
    },
  };
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Client of one cluster's API server. Every request ends: with an answer, an error, or after its seconds. */
export class Api {
  readonly #access: () => Promise<ApiAccess>;
  readonly #seconds: number;

  /**
   * @param access - a kubeconfig as for {@link inlineAccess}, or a function that is called for each request
   * @param seconds - in which a request has its whole answer
   */
  constructor(access: string | (() => Promise<ApiAccess>), seconds = 15) {
    this.#seconds = seconds;
    this.#access = typeof access === "string" ? async () => inlineAccess(access) : access;
  }

  /** Client of the same API server with another deadline for each request, in seconds. */
  within(seconds: number): Api {
    return new Api(this.#access, seconds);
  }

  /** @throws ApiRefused for an answer that is no object, as of a login page before the API server */
  async get<T>(path: string): Promise<T> {
    const text = await this.#send("GET", path);
    const answer = parseJson<T>(text);
    if (typeof answer === "object" && answer !== null) return answer;
    throw new ApiRefused(200, path, "no JSON object, so the server of the kubeconfig may be no API server");
  }

  /** Returns an answer that is not JSON, such as that of a pod through the API server's proxy. */
  text(path: string): Promise<string> {
    return this.#send("GET", path);
  }

  /** Resolves when the API server reports that it is ready. */
  async ready(): Promise<void> {
    await this.#send("GET", "/readyz");
  }

  async create<T>(path: string, resource: object): Promise<T> {
    return JSON.parse(await this.#send("POST", path, JSON.stringify(resource))) as T;
  }

  /** Replaces a whole resource, which names the resourceVersion that it replaces. Returns the new one. */
  async replace<T>(path: string, resource: object): Promise<T> {
    return JSON.parse(await this.#send("PUT", path, JSON.stringify(resource))) as T;
  }

  /** Changes only the fields of the patch: a JSON merge patch (RFC 7386). */
  async patch(path: string, change: object): Promise<void> {
    await this.#send("PATCH", path, JSON.stringify(change));
  }

  async remove(path: string): Promise<void> {
    await this.#send("DELETE", path);
  }

  /**
   * Returns the standard output of a command in a container of a pod.
   *
   * @throws Error if the command could not run, failed, or did not end in time
   */
  async execute(
    namespace: string,
    pod: string,
    command: readonly string[],
    how: PodCommandOptions = {},
  ): Promise<string> {
    return executeInPod(await this.#access(), namespace, pod, command, how);
  }

  /** @throws ApiRefused for any status but 200 to 202 */
  async #send(method: Method, path: string, body?: string): Promise<string> {
    const { server, options } = await this.#access();
    const url = new URL(`${server.replace(/\/$/, "")}${path}`);
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const headers = { ...options.headers, ...(body !== undefined && { "content-type": type }) };
    const call = (url.protocol === "http:" ? plain : secure)(url, { ...options, method, headers });
    const response = await exchange(call, { body, deadline: this.#seconds * 1000 });
    if (response.status >= 200 && response.status <= 202) return response.body;
    throw new ApiRefused(response.status, path, response.body);
  }
}
