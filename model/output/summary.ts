import type { Settings } from "../settings/contract";
import type { AppUrl } from "../traffic/urls";
import { type CommandWriter, configSet, forNpm, run } from "./remedy";
import { columns } from "./table";

/** Facts about an environment after an `up`. */
export interface Summary {
  readonly ingressIp: string;
  readonly urls: readonly AppUrl[];
  readonly curl: string;
  readonly canaryWeight: number;
  readonly mtlsMode: string;
  readonly dataplane: Settings["dataplane"];
  /** True if the app is in the mesh. Otherwise STRICT is rejected. */
  readonly isInMesh: boolean;
  /** Reason why the app does not answer from this host. Undefined if it answers. */
  readonly silent?: string | undefined;
}

/** Commands to try next, each with its effect. */
function suggestions({ canaryWeight, mtlsMode, dataplane, isInMesh }: Summary, commands: CommandWriter): string[] {
  const config = (key: string, value: number | string) =>
    `${commands(configSet(key, value))} && ${commands(run("up"))}`;
  const outsiders = dataplane === "ambient" ? "callers outside the mesh" : "callers without sidecar";
  const mode: [string, string] =
    mtlsMode === "STRICT"
      ? [config("mtlsMode", "PERMISSIVE"), `${outsiders} get an answer again`]
      : [config("mtlsMode", "STRICT"), `${outsiders} are reset`];
  const rows: [string, string][] = [
    [config("canaryWeight", canaryWeight === 25 ? 50 : 25), "another share for v2"],
    ...(isInMesh ? [mode] : []),
    [commands(run("verify")), "every step, with what was observed"],
    [commands(run("destroy")), "leaves nothing"],
  ];
  return columns(rows.map(([command, effect]) => [`  ${command}`, ` # ${effect}`]));
}

/** Last lines of an `up`: the addresses of the environment, and commands to try next. */
export function summary(environment: Summary, commands: CommandWriter = forNpm()): string {
  const { ingressIp, urls, curl, canaryWeight, mtlsMode, dataplane, silent } = environment;
  return [
    "",
    ...(silent === undefined
      ? []
      : [`the app does not answer from this host: ${silent}; ${commands(run("verify"))} shows what does`]),
    `the environment is ${silent === undefined ? "up" : "made"}: ingress ${ingressIp}, ${canaryWeight} % to v2, mTLS ${mtlsMode}${dataplane === "ambient" ? ", ambient" : ""}`,
    ...columns(urls.map(({ url, address, from }) => [`  ${url}`, `at ${address}, from ${from}`])),
    "",
    "try:",
    `  ${curl}`,
    ...suggestions(environment, commands),
  ].join("\n");
}
