import { existsSync } from "node:fs";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { credentials } from "../../model/cluster/registries";
import { archivePath, type Chart, inRegistry, type Kept, within } from "../../model/mesh/charts";
import { none } from "../../model/settings/forms";
import { script } from "../script";

/** Where charts come from. */
export interface Repository {
  readonly chartRepository: string;
  /** USER:PASSWORD of the chart repository, which no other server receives; secret. @default none */
  readonly chartAuth?: string;
  readonly version: string;
}

/** Paths of the archives that are here or could be fetched, by the names of their charts. */
function archives(charts: readonly Chart[], auth: string, opts: pulumi.InvokeOptions) {
  const kept: Kept["paths"] = Object.fromEntries(charts.map((chart) => [chart.name, archivePath(chart)]));
  if (Object.values(kept).every((file) => existsSync(file))) return pulumi.output(kept);
  const login = auth === none ? {} : { stdin: pulumi.secret(auth) };
  const environment = { CHARTS: JSON.stringify(charts) };
  const fetched = local.runOutput({ command: script("charts/main"), environment, ...login, logging: "none" }, opts);
  return pulumi.unsecret(fetched.stdout).apply((stdout) => {
    const { paths, missing } = JSON.parse(stdout) as Kept;
    for (const why of missing) pulumi.log.debug(`left to Helm: ${why}`);
    return paths;
  });
}

/**
 * The charts of a repository as Releases take them: as archives on this machine, which are fetched while the cluster
 * starts, and later need no network.
 *
 * Helm would fetch the repository's index and the archive whenever it looks at a release. It still does so with what
 * this machine's Node cannot reach, as by a proxy, and in an OCI registry a chart has its whole name, and there is no
 * repository (https://helm.sh/docs/topics/registries/).
 */
export function chartsOf<Name extends string>(names: readonly Name[], from: Repository, parent: pulumi.Resource) {
  const { chartRepository: repository, chartAuth = none, version } = from;
  const { username, password } = credentials(chartAuth);
  const login = { ...(username && { username }), ...(password && { password: pulumi.secret(password) }) };
  if (inRegistry({ repository }))
    return (name: Name) => ({ chart: within(repository, name), version, repositoryOpts: login });
  const charts = names.map((name) => ({ name, version, repository }));
  const here = archives(charts, chartAuth, { parent });
  return (name: Name) => ({
    chart: here.apply((paths) => paths[name] ?? name),
    version,
    repositoryOpts: here.apply((paths) => (paths[name] ? {} : { repo: repository, ...login })),
  });
}
