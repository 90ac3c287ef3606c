/** Docker's and k3d's command lines over objects in memory; only what k3d/ and host/docker.ts ask for. */

/** A container, network or volume. */
export interface Item {
  readonly ID: string;
  readonly Names: string;
  readonly Name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports?: readonly number[];
  readonly env?: string;
  State: string;
  networks?: readonly string[];
  /** True for a container that was connected before its first start, or to an earlier network of the same name. */
  readonly lacksNetworkId?: boolean;
}

export interface State {
  containers: readonly Item[];
  networks: readonly Item[];
  volumes: readonly Item[];
  /** Commands that changed something, or tried to. */
  readonly calls: string[];
  /** Errors by the beginning of the commands that fail with them. */
  readonly fails: Readonly<Record<string, string>>;
  /** Port on this machine of every registry. */
  readonly registryPort: number;
  /** Nothing for a cluster that cannot be asked. */
  readonly kubeconfig: string;
}

export const item = (name: string, labels: Readonly<Record<string, string>> = {}, more: Partial<Item> = {}): Item => ({
  ID: `id-${name}`,
  Names: name,
  Name: name,
  State: "running",
  labels,
  ...more,
});

class Failed extends Error {}

const reading = /^docker (ps|network ls|network inspect|volume ls|port|inspect|version)|^k3d (kubeconfig|version)/;

/**
 * Runs a command.
 *
 * @returns its standard output, or why it failed
 */
export function execute(state: State, words: readonly string[], input: string): { out: string } | { failed: string } {
  const text = words.join(" ");
  if (!reading.test(text)) state.calls.push(text);
  for (const [begin, failed] of Object.entries(state.fails)) if (text.startsWith(begin)) return { failed };
  const actions = actionsOn(state, words.slice(1), input);
  const action = actions[words.slice(0, 3).join(" ")] ?? actions[words.slice(0, 2).join(" ")];
  try {
    if (!action) throw new Failed(`the stand-in does not know: ${text}`);
    return { out: action() ?? "" };
  } catch (error) {
    return { failed: (error as Error).message };
  }
}

const pair = (text: string): [string, string] => {
  const [key = "", ...value] = text.split("=");
  return [key, value.join("=")];
};

function actionsOn(state: State, args: readonly string[], input: string): Record<string, () => string | undefined> {
  const all = (name: string) => args.flatMap((arg, i) => (arg === name ? [args[i + 1] ?? ""] : []));
  const last = args.at(-1) ?? "";
  const is = (ref: string) => (each: Item) => [each.ID, each.Names].includes(ref);
  const networkId = (ref: string) => state.networks.find(is(ref))?.ID;
  const labels = () => Object.fromEntries(all("--label").map(pair));
  /** Docker lists a container that one of several networks has. */
  const isConnected = (each: Item) =>
    all("--filter")
      .filter((filter) => filter.startsWith("network="))
      .some((filter) => {
        const value = filter.slice("network=".length);
        const isListed = (ref: string) => networkId(ref) !== undefined && networkId(ref) === networkId(value);
        return each.networks?.some((ref) => ref === value || (!each.lacksNetworkId && isListed(ref)));
      });
  const matches = (each: Item) =>
    all("--filter").every((filter) => {
      const [kind, value] = pair(filter);
      if (kind === "name") return new RegExp(value).test(each.Names);
      if (kind === "network") return isConnected(each);
      if (kind === "publish") return each.ports?.includes(Number(value));
      if (kind === "status") return each.State === value;
      const [key, wanted] = pair(value);
      return each.labels[key] !== undefined && (!value.includes("=") || each.labels[key] === wanted);
    });
  const show = (items: readonly Item[]) => {
    const [format = ""] = all("--format");
    const line = (each: Item) =>
      args.includes("-q")
        ? each.ID
        : format
            .replaceAll(/\{\{json \(\.Label "([^"]+)"\)\}\}/g, (_, key) => JSON.stringify(each.labels[key] ?? ""))
            .replaceAll(/\{\{json \.(\w+)\}\}/g, (_, key: "ID") => JSON.stringify(each[key] ?? ""));
    return items
      .filter(matches)
      .map((each) => `${line(each)}\n`)
      .join("");
  };
  const without = (items: readonly Item[], refs: readonly string[]) =>
    items.filter((each) => !refs.some((ref) => is(ref)(each)));
  const set = (which: (each: Item) => boolean, to: string) => {
    for (const each of state.containers.filter(which)) each.State = to;
    return undefined;
  };
  return {
    "docker ps": () => show(state.containers),
    "docker rm": () => {
      state.containers = without(state.containers, args);
      return undefined;
    },
    "docker start": () => {
      const gone = state.containers.find(is(last))?.networks?.find((ref) => ref !== "bridge" && !networkId(ref));
      if (gone) throw new Failed(`network ${gone} not found`);
      return set(is(last), "running");
    },
    "docker stop": () => set(is(last), "exited"),
    "docker unpause": () => set((each) => args.some((ref) => is(ref)(each)), "running"),
    "docker run": () => {
      const made = item(all("--name")[0] ?? "", labels(), { networks: ["bridge"], env: all("--env").join("\n") });
      state.containers = [...state.containers, made];
      return undefined;
    },
    "docker port": () => `127.0.0.1:${state.registryPort}\n`,
    "docker inspect": () =>
      args.join(" ").includes("NetworkSettings")
        ? JSON.stringify(
            Object.fromEntries((state.containers.find(is(last))?.networks ?? []).map((name) => [name, {}])),
          )
        : (state.containers.find(is(last))?.env ?? ""),
    "docker network ls": () => show(state.networks),
    "docker network inspect": () => state.networks.map(({ Names }) => `${Names} 10.99.0.0/24\n`).join(""),
    "docker network rm": () => {
      state.networks = without(state.networks, [last]);
      return undefined;
    },
    "docker network connect": () => {
      const each = state.containers.find(is(last));
      if (each) each.networks = [...(each.networks ?? []), args.at(-2) ?? ""];
      return undefined;
    },
    "docker network disconnect": () => {
      const each = state.containers.find(is(last));
      if (each?.State === "restarting") throw new Failed(`container ${each.ID} is not connected to network`);
      if (each) each.networks = each.networks?.filter((ref) => networkId(ref) !== networkId(args.at(-2) ?? "")) ?? [];
      return undefined;
    },
    "docker volume ls": () => show(state.volumes),
    "docker volume create": () => {
      if (!state.volumes.some(is(last))) state.volumes = [...state.volumes, item(last, labels())];
      return undefined;
    },
    "docker volume rm": () => {
      state.volumes = without(state.volumes, [last]);
      return undefined;
    },
    "k3d version": () => "k3d version v5.8.3\n",
    "k3d kubeconfig get": () => {
      if (!state.kubeconfig) throw new Failed("no such cluster");
      return state.kubeconfig;
    },
    "k3d cluster start": () => set(({ labels }) => labels["k3d.cluster"] === args[2], "running"),
    "k3d cluster create": () => {
      const { metadata, agents, options } = JSON.parse(input) as {
        metadata: { name: string };
        agents: number;
        options: { runtime: { labels: { label: string }[] } };
      };
      const given = Object.fromEntries(options.runtime.labels.map(({ label }) => pair(label)));
      const network = `k3d-${metadata.name}`;
      const node = (role: string, i: number) =>
        item(
          `${network}-${role}-${i}`,
          { app: "k3d", "k3d.cluster": metadata.name, "k3d.role": role, ...given },
          { networks: [network] },
        );
      state.networks = [...state.networks, item(network, { app: "k3d" })];
      const agentNodes = Array.from({ length: agents }, (_, i) => node("agent", i));
      state.containers = [...state.containers, node("server", 0), ...agentNodes];
      return undefined;
    },
  };
}
