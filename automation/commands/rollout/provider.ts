import { configSet, remedy, run } from "../../../model/output/remedy";
import { hasUnweightedRoutes } from "../../../model/traffic/canaryRoutes";
import { exitCodes, OperationFailed } from "../../stack/operation";
import type { RolloutEnvironment } from "./environment";
import { gatewayProvider, gatewayTallies } from "./gatewayCounters";
import type { MetricsProvider } from "./metricsProvider";
import type { RolloutOptions } from "./options";
import { probeProvider } from "./probes";
import { prometheusProvider, queryByUrl, queryThroughApi } from "./prometheus";

/**
 * Returns the provider of measurements that the options select.
 *
 * @param slowAbove - milliseconds above which an answer was slow in the steps before, when the rollout is resumed
 * @throws OperationFailed when the environment has no Prometheus
 */
export function providerOf(
  { source, rate, prometheus: url }: RolloutOptions,
  { api, target, settings }: RolloutEnvironment,
  slowAbove: number | undefined,
): MetricsProvider {
  const byWeight = !hasUnweightedRoutes(settings);
  if (source === "gateway") return gatewayProvider(api, byWeight, slowAbove);
  if (source === "probes") return probeProvider(target, rate, slowAbove);
  if (url === "" && !settings.prometheus)
    throw new OperationFailed(
      remedy`the environment has no Prometheus; fix: ${configSet("prometheus", true)}, then ${run("up")}, or name one: --prometheus http://127.0.0.1:9090`,
      exitCodes.config,
    );
  const gateways = () => gatewayTallies(api);
  return prometheusProvider(url === "" ? queryThroughApi(api) : queryByUrl(url), gateways, byWeight, slowAbove);
}
