import { createServer as createPlain, type IncomingMessage, type Server } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { certificates } from "./door";
import { execute, type State } from "./fakeDocker";
import { Stubs } from "./stubs";

export { type Item, item } from "./fakeDocker";

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));

/** Ends a list of words that a stub sends, before its standard input. */
const end = "--- end of words ---";

/** A machine with a stand-in for Docker, k3d and a cluster's API server, new for each test of a describe. */
export class FakeMachine {
  /** Stand-ins for the programs of this machine. */
  readonly stubs = new Stubs();
  private servers: readonly Server[] = [];
  private kubeconfig = "";
  private port = 0;
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
      // a shell and curl start sooner than Node, and there are hundreds of calls
      const ask = `curl -sS -w '\\n%{http_code}' --data-binary @- http://127.0.0.1:${this.port}`;
      for (const name of ["docker", "k3d"]) {
        const words = `printf '%s\\n' ${name} "$@" "${end}"`;
        const input = 'case "$*" in *"--config -"*) cat;; esac';
        await this.stubs.program(
          name,
          `answer=$({ ${words}; ${input}; } | ${ask})
code=\${answer##*
}
answer=\${answer%
*}
if [ "$code" = 200 ]; then printf '%s' "$answer"; else printf '%s' "$answer" >&2; exit 1; fi`,
        );
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
    const commands = createPlain(
      (request, response) =>
        void this.answer(request).then((said) => {
          response.writeHead("failed" in said ? 500 : 200).end("failed" in said ? said.failed : said.out);
        }),
    );
    this.servers = [api as unknown as Server, commands];
    this.port = await listening(commands);
    const server = `https://localhost:${await listening(api as unknown as Server)}`;
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

  private async answer(request: IncomingMessage): Promise<ReturnType<typeof execute>> {
    const [words = "", input = ""] = (await text(request)).split(`\n${end}\n`);
    return execute(this.state, words.split("\n"), input);
  }

  private with(state: Partial<State>): State {
    const empty = { containers: [], networks: [], volumes: [], calls: [], fails: {}, kubeconfig: this.kubeconfig };
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
