import { existsSync } from "node:fs";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { parseCredentials } from "../../model/cluster/registries";
import { archivePath, type CachedCharts, type Chart, inRegistry, inRepository } from "../../model/mesh/charts";
import { none } from "../../model/settings/forms";
import { scriptCommand } from "../script";

/** A chart repository, with the version of the charts. */
export interface ChartRepository {
  readonly chartRepository: string;
  /** USER:PASSWORD of the chart repository, which no other server receives; secret. @default none */
  readonly chartAuth?: string;
  readonly version: string;
}

/** Paths of the cached charts by name. Fetches the missing ones. Helm fetches those that this function could not. */
function cachedCharts(charts: readonly Chart[], auth: string, opts: pulumi.InvokeOptions) {
  const expected: CachedCharts["paths"] = Object.fromEntries(charts.map((chart) => [chart.name, archivePath(chart)]));
  if (Object.values(expected).every((file) => existsSync(file))) return pulumi.output(expected);
  const login = auth === none ? {} : { stdin: pulumi.secret(auth) };
  const environment = { CHARTS: JSON.stringify(charts) };
  const fetched = local.runOutput(
    { command: scriptCommand("charts/main"), environment, ...login, logging: "none" },
    opts,
  );
  return pulumi.unsecret(fetched.stdout).apply((stdout) => {
    const { paths, missing } = JSON.parse(stdout) as CachedCharts;
    for (const reason of missing) pulumi.log.debug(`left to Helm: ${reason}`);
    return paths;
  });
}

/**
 * Returns the chart arguments of a Release. A chart is an archive in the cache, fetched while the cluster starts, so that
 * a later run needs no network: Helm alone would fetch the index and the archive on each diff.
 *
 * Helm fetches a chart itself if it is not in the cache, or if it is in an OCI registry, where the chart's name contains
 * the repository (https://helm.sh/docs/topics/registries/).
 */
export function chartsOf<Name extends string>(names: readonly Name[], from: ChartRepository, parent: pulumi.Resource) {
  const { chartRepository: repository, chartAuth = none, version } = from;
  const { username, password } = parseCredentials(chartAuth);
  const login = { ...(username && { username }), ...(password && { password: pulumi.secret(password) }) };
  if (inRegistry({ repository }))
    return (name: Name) => ({ chart: inRepository(repository, name), version, repositoryOpts: login });
  const charts = names.map((name) => ({ name, version, repository }));
  const cached = cachedCharts(charts, chartAuth, { parent });
  return (name: Name) => ({
    chart: cached.apply((paths) => paths[name] ?? name),
    version,
    repositoryOpts: cached.apply((paths) => (paths[name] ? {} : { repo: repository, ...login })),
  });
}
