import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { type EngineEvent, LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { project } from "../../model/names";
import type { OutputName } from "../../model/settings/contract";
import { freePorts, freeSubnet } from "./free";
import { machineConfig } from "./machine";

/** An environment of its own, driven by the Automation API with its own local state, cluster, ports and subnet. */
export class Environment {
  private constructor(
    readonly stack: Stack,
    /** Ports of the app on 127.0.0.1. */
    readonly ports: { readonly httpPort: number; readonly httpsPort: number },
    /** Folder of its state, which nothing else uses. */
    readonly folder: string,
  ) {}

  /** @param name - of the stack and of its cluster */
  static async open(name: string, config: Readonly<Record<string, string>> = {}): Promise<Environment> {
    const folder = await mkdtemp(path.join(tmpdir(), "istio-on-k3d-"));
    const env = { PULUMI_CONFIG_PASSPHRASE: "for tests", PULUMI_BACKEND_URL: `file://${folder}` };
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: name, workDir: process.cwd() },
      { envVars: env },
    );
    const ports = await freePorts();
    const environment = new Environment(stack, ports, folder);
    const own = { clusterName: name, ...ports, subnet: freeSubnet(name) };
    for (const [key, value] of Object.entries({ ...(await machineConfig()), ...own, ...config }))
      await environment.set(key, String(value));
    return environment;
  }

  set(key: string, value: string): Promise<void> {
    return this.stack.setConfig(`${project}:${key}`, { value });
  }

  setSecret(key: string, value: string): Promise<void> {
    return this.stack.setConfig(`${project}:${key}`, { value, secret: true });
  }

  unset(key: string): Promise<void> {
    return this.stack.removeConfig(`${project}:${key}`);
  }

  /** Runs an up and answers the names of the resources that it changed. */
  async up(): Promise<string[]> {
    const changed: string[] = [];
    const onEvent = ({ resOutputsEvent }: EngineEvent) => {
      if (resOutputsEvent && !["same", "read"].includes(resOutputsEvent.metadata.op))
        changed.push(resOutputsEvent.metadata.urn.split("::").at(-1) ?? "");
    };
    await this.stack.up({ onEvent, color: "never" });
    return changed.sort();
  }

  async output<T>(name: OutputName): Promise<T> {
    return (await this.stack.outputs())[name]?.value as T;
  }

  /** Output of kubectl on the environment's cluster. */
  kubectl(...args: string[]): Promise<string> {
    return this.cluster("kubectl", ...args);
  }

  /** Output of a command that looks at the environment's cluster; rejects, with its exit code and what it said, where it ends badly. */
  async cluster(command: string, ...args: string[]): Promise<string> {
    const file = path.join(this.folder, "kubeconfig");
    await writeFile(file, await this.output<string>("kubeconfig"), { mode: 0o600 });
    const ran = promisify(execFile)(command, args, { env: { ...process.env, KUBECONFIG: file } });
    const { stdout } = await ran.catch(({ message, code, stdout = "" }: Error & { code?: number; stdout?: string }) => {
      throw Object.assign(new Error(`${message}\n${stdout}`), { code });
    });
    return stdout.trim();
  }

  /** Applies a manifest given as plain data. */
  async apply(...manifests: object[]): Promise<void> {
    const file = path.join(this.folder, "manifest.json");
    await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests }));
    await this.kubectl("apply", "-f", file);
  }

  /** The stack's state with its secrets in plain text. */
  async plainState(): Promise<string> {
    const { stdout } = await promisify(execFile)(
      "pulumi",
      ["stack", "export", "--show-secrets", "--stack", this.stack.name],
      { env: { ...process.env, ...this.stack.workspace.envVars }, maxBuffer: 2 ** 26 },
    );
    return stdout;
  }

  async destroy(): Promise<void> {
    await this.stack.destroy({ color: "never" });
    await this.stack.workspace.removeStack(this.stack.name);
    await rm(this.folder, { recursive: true, force: true });
  }
}
