import { createServer as createHttp } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, createServer as createConnections, type Server, type Socket } from "node:net";
import { execute, type State } from "./fakeDocker";
import { certificates } from "./fakeGateway";
import { Stubs } from "./stubs";

export { type Item, item } from "./fakeDocker";

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));

/** Lines that end the words and the standard input that a stub sends. */
const endOfWords = "--- end of words ---";
const endOfInput = "--- end of input ---";

/** A machine with a stand-in for Docker, k3d and a cluster's API server, new for each test of a describe. */
export class FakeMachine {
  /** Stand-ins for the programs of this machine. */
  readonly stubs = new Stubs();
  private servers: readonly Server[] = [];
  private kubeconfig = "";
  private port = 0;
  private registryPort = 0;
  state: State = this.with({});
  /** Number of nodes that the API server reports as Ready. */
  ready = 2;
  /** Secrets of the cluster, by namespace and name; a request can delete them. */
  readonly secrets = new Map<string, Readonly<Record<string, string>>>();

  constructor() {
    before(() => this.listen());
    after(() => {
      for (const server of this.servers) server.close();
    });
    beforeEach(async () => {
      this.ready = 2;
      this.secrets.clear();
      this.has({});
      for (const name of ["docker", "k3d"]) {
        // bash without any other program starts ten times as fast as Node, and there are hundreds of calls
        const body = `exec 3<>/dev/tcp/127.0.0.1/${this.port}
{ printf '%s\\n' ${name} "$@" "${endOfWords}"; case "$*" in *"--config -"*) cat;; esac; printf '\\n%s\\n' "${endOfInput}"; } >&3
read -r status <&3
IFS= read -r -d '' answer <&3
if [ "$status" = done ]; then printf '%s' "$answer"; else printf '%s' "$answer" >&2; exit 1; fi`;
        await this.stubs.program(name, body, "/usr/bin/env bash");
      }
    });
  }

  private async listen(): Promise<void> {
    const { ca, cert, key } = await certificates("cluster.test", ["localhost"]);
    const api = createServer({ cert, key }, (request, response) => {
      const [, namespace = "", , name] =
        /^\/api\/v1\/namespaces\/([^/]+)\/secrets(\/([^?]+))?/.exec(request.url ?? "") ?? [];
      if (name && request.method === "DELETE") this.secrets.delete(`${namespace}/${name}`);
      if (namespace) return response.end(JSON.stringify({ items: this.secretsIn(namespace) }));
      const node = { status: { conditions: [{ type: "Ready", status: "True" }] } };
      return response.end(JSON.stringify({ items: Array.from({ length: this.ready }, () => node) }));
    });
    const commands = createConnections((socket) => this.serve(socket));
    const registry = createHttp((_, response) => response.end("{}"));
    this.servers = [api, commands, registry];
    this.registryPort = await listening(registry);
    this.port = await listening(commands);
    const server = `https://localhost:${await listening(api)}`;
    const cluster = { server, "certificate-authority-data": Buffer.from(ca).toString("base64") };
    this.kubeconfig = JSON.stringify({ clusters: [{ cluster }], users: [{ user: { token: "t" } }] });
  }

  private secretsIn(namespace: string): object[] {
    const items = [...this.secrets].map(([place, labels]) => ({
      metadata: { name: place.split("/")[1], labels },
      place,
    }));
    return items.filter(({ place }) => place.startsWith(`${namespace}/`));
  }

  /** Runs the command that a stub sends, and answers with a line `done` or `failed` before the output. */
  private serve(socket: Socket): void {
    let text = "";
    socket.setEncoding("utf8").on("error", () => {});
    socket.on("data", (chunk) => {
      text += chunk;
      if (!text.endsWith(`\n${endOfInput}\n`)) return;
      const [words = "", input = ""] = text.slice(0, -endOfInput.length - 2).split(`\n${endOfWords}\n`);
      const result = execute(this.state, words.split("\n"), input);
      socket.end("failed" in result ? `failed\n${result.failed}` : `done\n${result.out}`);
    });
  }

  private with(state: Partial<State>): State {
    const { kubeconfig, registryPort } = this;
    const empty = { containers: [], networks: [], volumes: [], calls: [], fails: {}, kubeconfig, registryPort };
    return structuredClone({ ...empty, ...state, calls: [] });
  }

  /** Gives the machine its objects and its behaviour. */
  has(state: Partial<State>): void {
    this.state = this.with(state);
  }

  /** Names of everything in Docker, sorted. */
  names(): string[] {
    const { containers, networks, volumes } = this.state;
    return [...containers, ...networks, ...volumes].map(({ Names }) => Names).sort();
  }
}
