import { request } from "node:https";
import { parse } from "yaml";
import { exchange } from "./http";

/** Answer of the API server to a request that it understood but did not fulfil. */
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

function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? body;
  } catch {
    return body.slice(0, 200);
  }
}

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly "certificate-authority-data"?: string } },
  ];
  readonly users: readonly [
    {
      readonly user: {
        readonly "client-certificate-data"?: string;
        readonly "client-key-data"?: string;
        readonly token?: string;
      };
    },
  ];
}

/** A client of one cluster's API server, by the first cluster and user of a kubeconfig: a certificate or a token. */
export class Api {
  readonly #url: URL;
  readonly #tls: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
  readonly #token: string | undefined;

  constructor(kubeconfig: string) {
    const { clusters, users } = parse(kubeconfig) as Kubeconfig;
    const [{ cluster }, { user }] = [clusters[0], users[0]];
    const decoded = (name: "ca" | "cert" | "key", data: string | undefined) =>
      data === undefined ? {} : { [name]: Buffer.from(data, "base64") };
    this.#url = new URL(cluster.server);
    this.#token = user.token;
    this.#tls = {
      ...decoded("ca", cluster["certificate-authority-data"]),
      ...decoded("cert", user["client-certificate-data"]),
      ...decoded("key", user["client-key-data"]),
    };
  }

  async get<T>(path: string): Promise<T> {
    return JSON.parse(await this.#ask("GET", path)) as T;
  }

  /** An answer that is no JSON, such as what a pod says through the API server. */
  text(path: string): Promise<string> {
    return this.#ask("GET", path);
  }

  /** Whether the API server says that it is ready. */
  async ready(): Promise<void> {
    await this.#ask("GET", "/readyz");
  }

  async create<T>(path: string, resource: object): Promise<T> {
    return JSON.parse(await this.#ask("POST", path, JSON.stringify(resource))) as T;
  }

  /** Puts a whole resource in the place of the one that has its resourceVersion. */
  async replace(path: string, resource: object): Promise<void> {
    await this.#ask("PUT", path, JSON.stringify(resource));
  }

  /** Changes the fields that are given, as a JSON merge patch (RFC 7386). */
  async patch(path: string, change: object): Promise<void> {
    await this.#ask("PATCH", path, JSON.stringify(change));
  }

  async remove(path: string): Promise<void> {
    await this.#ask("DELETE", path);
  }

  /**
   * What a command in a pod's first container writes to its standard output.
   *
   * Frames begin with their channel: 1 is output, 2 are errors, 3 is how it ended, as a Status
   * (https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.34/#-strong-misc-operations-pod-v1-core-strong-).
   *
   * @throws Error where the command could not run, failed, or did not end in 10 s
   */
  async execute(namespace: string, pod: string, command: readonly string[]): Promise<string> {
    // most who ask the API server need none of it
    const { WebSocket } = await import("ws");
    const words = command.map((word) => `&command=${encodeURIComponent(word)}`).join("");
    const url = new URL(`/api/v1/namespaces/${namespace}/pods/${pod}/exec?stdout=true&stderr=true${words}`, this.#url);
    url.protocol = "wss:";
    const headers = this.#token ? { authorization: `Bearer ${this.#token}` } : {};
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, "v4.channel.k8s.io", { ...this.#tls, headers, handshakeTimeout: 5000 });
      let end: { status?: string; message?: string } = { message: "it ended before it told how the command ended" };
      const late = setTimeout(() => {
        end = { message: "the command did not end in 10 s" };
        socket.terminate();
      }, 10_000);
      const [output, errors]: [Buffer[], Buffer[]] = [[], []];
      socket.on("message", (frame: Buffer) => {
        const data = frame.subarray(1);
        if (frame[0] === 1) output.push(data);
        if (frame[0] === 2) errors.push(data);
        if (frame[0] === 3) end = JSON.parse(data.toString());
      });
      socket.on("error", reject);
      socket.on("close", () => {
        clearTimeout(late);
        if (end.status === "Success") resolve(Buffer.concat(output).toString());
        else reject(new Error(`${command[0]} in ${pod}: ${Buffer.concat(errors).toString().trim() || end.message}`));
      });
    });
  }

  /** @throws ApiRefused for any status but 200 to 202 */
  async #ask(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: string): Promise<string> {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const headers = {
      ...(body !== undefined && { "content-type": type }),
      ...(this.#token && { authorization: `Bearer ${this.#token}` }),
    };
    const call = request(new URL(path, this.#url), { ...this.#tls, method, headers, agent: false });
    const response = await exchange(call, { body });
    if (response.status >= 200 && response.status <= 202) return response.body;
    throw new ApiRefused(response.status, path, response.body);
  }
}
