import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import type { Settings } from "../../model/settings/contract";
import { dependencies } from "../../package.json";

const output = (command: string, ...args: string[]): string => execFileSync(command, args, { encoding: "utf8" }).trim();

/** Machine of the measurements of a page. */
export interface MeasuredOn {
  readonly machine: string;
  /** A sentence about the machine. @default none */
  readonly note?: string | undefined;
}

/** Line of a page for the sentence about its machine. Empty without one. */
export const noteLine = (note: string | undefined): string => (note === undefined ? "" : `\n${note}`);

/** This machine, and the versions that ran on it, in one line for a page with measurements. */
export function measuredOn({
  k3sVersion,
  metallbVersion,
  istioVersion,
}: Pick<Settings, "k3sVersion" | "metallbVersion" | "istioVersion">): string {
  const docker = output("docker", "version", "--format", "{{.Server.Version}}");
  const pulumi = output("pulumi", "version").replace(/^v/, "");
  const k3d = /v?(\S+)$/m.exec(output("k3d", "version"))?.[1] ?? "unknown";
  const memory = Math.round(totalmem() / 2 ** 30);
  const providers = Object.entries(dependencies)
    .filter(([name]) => /^@pulumi\/(?!pulumi)/.test(name))
    .map(([name, version]) => `${name.replace("@pulumi/", "")} ${version}`);
  return [
    `${cpus().length} processors (${cpus()[0]?.model ?? "of an unknown model"}) and ${memory} GiB with ${process.platform}, Node ${process.versions.node}, Docker ${docker}`,
    `Pulumi ${pulumi}, its providers ${providers.join(", ")}, k3d ${k3d}, k3s ${k3sVersion}, MetalLB ${metallbVersion}, Istio ${istioVersion}`,
    `on ${new Date().toISOString().slice(0, 10)}`,
  ].join(", ");
}
