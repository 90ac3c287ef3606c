import * as pulumi from "@pulumi/pulumi";
import * as sdk from "@pulumi/pulumi/runtime/settings";
import { archivePath, type Chart } from "../../model/mesh/charts";
import { project } from "../../model/names";

/** A resource as the program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  /** Names of the resources that have to be there first. */
  readonly after: readonly string[];
  readonly parent?: string;
  readonly deletedWith?: string;
  readonly secretOutputs?: readonly string[];
  readonly replacementTrigger?: unknown;
  readonly retried?: boolean;
  /** URNs of the resource in the states of earlier versions. */
  readonly formerUrns?: readonly string[];
}

export interface Run {
  readonly resources: readonly Registered[];
  readonly outputs: Record<string, unknown>;
}

/** The parts of a registration request that the mocks do not pass on. */
interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getDeletedwith(): string;
  getDependenciesList(): string[];
  getAdditionalsecretoutputsList(): string[];
  getReplacementTrigger(): { toJavaScript(): unknown } | undefined;
  getHooks(): { getOnErrorList(): string[] } | undefined;
  getAliasesList(): { getSpec(): { getName(): string; getParenturn(): string } | undefined }[];
}

/** A public key of which nobody has the private one. */
const publicKeyPem = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEm2ZbV0CssHWJrL7h78htU7Btw9pt
nxwqMgI3ZnntUtjpcCdXegVYU3huN56G7FRNScSfy64a1fxoRJ4cANGmpQ==
-----END PUBLIC KEY-----
`;

const last = (urn: string): string => urn.split("::").at(-1) ?? urn;

/** The SDK of Kubernetes adds aliases of its own, with other API versions and the same name. */
const formerUrnsOf = (req: Request): string[] =>
  req.getAliasesList().flatMap((alias) => {
    const [name, parent] = [alias.getSpec()?.getName(), alias.getSpec()?.getParenturn() ?? ""];
    return name ? [`${parent.slice(0, parent.lastIndexOf("::"))}$${req.getType()}::${name}`] : [];
  });

const states: Readonly<Record<string, (inputs: Record<string, unknown>) => object>> = {
  "kubernetes:helm.sh/v3:Release": ({ namespace, name }) => ({ status: { namespace, name, revision: 1 } }),
  "kubernetes:core/v1:Service": () => ({ status: { loadBalancer: { ingress: [{ ip: "10.44.0.239" }] } } }),
  "command:local:Command": ({ create }) => ({
    stdout: /randomUUID/.test(String(create))
      ? "00000000-0000-4000-8000-000000000000"
      : /create$/.test(String(create))
        ? '{"registry":"localhost:36000"}'
        : "apiVersion: v1\nkind: Config\n",
  }),
  "docker:index/image:Image": ({ imageName }) => ({ repoDigest: `${imageName}@sha256:${"0".repeat(64)}` }),
  "tls:index/privateKey:PrivateKey": () => ({
    privateKeyPem: "PRIVATE KEY",
    privateKeyPemPkcs8: "PRIVATE KEY",
    publicKeyPem,
  }),
  "tls:index/selfSignedCert:SelfSignedCert": () => ({ certPem: "CA CERTIFICATE" }),
  "tls:index/certRequest:CertRequest": () => ({ certRequestPem: "CERTIFICATE REQUEST" }),
  "tls:index/locallySignedCert:LocallySignedCert": () => ({ certPem: "LEAF CERTIFICATE" }),
};

function record(requests: Map<string, Request>): void {
  const monitor = sdk.getMonitor() as unknown as {
    registerResource(req: Request, done: unknown): Promise<void>;
    registerErrorHook(req: { getName(): string }, done: (error: Error | null, answer: object) => void): void;
  };
  const hooks = new Set<string>();
  // the SDK's mocks announce error hooks but do not take them; the engine takes each name once
  monitor.registerErrorHook = (req, done) => {
    const name = req.getName();
    done(hooks.has(name) ? new Error(`resource hook already registered for name "${name}"`) : null, {});
    hooks.add(name);
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (req, done) => {
    requests.set(`${req.getType()} ${req.getName()}`, req);
    return register(req, done);
  };
}

function describeRequest(req: Request | undefined): Omit<Registered, "type" | "name" | "inputs"> {
  if (!req) return { after: [] };
  const [parent, deletedWith] = [req.getParent(), req.getDeletedwith()];
  const secretOutputs = req.getAdditionalsecretoutputsList();
  const formerUrns = formerUrnsOf(req);
  const trigger = req.getReplacementTrigger()?.toJavaScript();
  return {
    after: [...new Set(req.getDependenciesList().map(last))].sort(),
    ...(parent && !/::pulumi:pulumi:Stack::/.test(parent) && { parent: last(parent) }),
    ...(deletedWith && { deletedWith: last(deletedWith) }),
    ...(secretOutputs.length > 0 && { secretOutputs }),
    ...(trigger !== undefined && trigger !== null && { replacementTrigger: trigger }),
    ...((req.getHooks()?.getOnErrorList().length ?? 0) > 0 && { retried: true }),
    ...(formerUrns.length > 0 && { formerUrns }),
  };
}

async function settled(outputs: object): Promise<Record<string, unknown>> {
  const values = Object.entries(outputs).map(
    ([key, value]) =>
      new Promise<[string, unknown]>((resolve) => {
        (pulumi.output(value) as pulumi.Output<unknown>).apply((plain) => resolve([key, plain]));
      }),
  );
  return Object.fromEntries(await Promise.all(values));
}

/**
 * Runs the whole program, index.ts, under mocks.
 *
 * @param config - the stack's configuration, keys without prefix
 * @param onResource - told the name of each resource as it is registered
 * @param kept - where the charts lie that were fetched
 */
export async function runProgram(
  config: Readonly<Record<string, string>> = {},
  onResource: (name: string) => void = () => {},
  kept: (charts: readonly Chart[]) => Readonly<Record<string, string>> = (charts) =>
    Object.fromEntries(charts.map((chart) => [chart.name, archivePath(chart)])),
): Promise<Run> {
  const [resources, requests] = [
    new Map<string, Pick<Registered, "type" | "name" | "inputs">>(),
    new Map<string, Request>(),
  ];
  await pulumi.runtime.setMocks(
    {
      call: ({ inputs }) => ({
        stdout: JSON.stringify(
          inputs["environment"].CHARTS
            ? { paths: kept(JSON.parse(inputs["environment"].CHARTS)), missing: [] }
            : inputs["environment"].CRDS
              ? { install: true }
              : { generation: "0123456789ab.00000000" },
        ),
        stderr: "",
      }),
      newResource: ({ type, name, inputs, id }) => {
        if (type !== "pulumi:pulumi:Stack") onResource(name);
        if (type !== "pulumi:pulumi:Stack") resources.set(`${type} ${name}`, { type, name, inputs });
        return { id: id || `${name}-id`, state: { ...inputs, ...states[type]?.(inputs) } };
      },
    },
    project,
    "test",
  );
  record(requests);
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(config).map(([key, value]) => [`${project}:${key}`, value])),
  );
  const path = require.resolve("../../index");
  delete require.cache[path];
  const traces = Error.stackTraceLimit;
  // as Pulumi.yaml does: the SDK takes a stack trace for each promise, and the source maps of tsx make each of them dear
  Error.stackTraceLimit = 1;
  process.setSourceMapsEnabled(false);
  let outputs: Record<string, unknown>;
  try {
    outputs = await settled((await pulumi.runtime.runInPulumiStack(async () => require(path))) as object);
    // waits for the last registrations, and ends the server of the program's hooks, which would keep all its resources in memory
    await pulumi.runtime.disconnect();
  } finally {
    Error.stackTraceLimit = traces;
    process.setSourceMapsEnabled(true);
    // the list of what this module required would keep every program that ever ran
    module.children.splice(0);
  }
  const all = [...resources.entries()].map(([key, resource]) => ({
    ...resource,
    ...describeRequest(requests.get(key)),
  }));
  return { resources: all.sort((a, b) => `${a.type} ${a.name}`.localeCompare(`${b.type} ${b.name}`)), outputs };
}
