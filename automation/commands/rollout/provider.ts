import { configSet, remedy, run } from "../../../model/output/remedy";
import { hasUnweightedRoutes } from "../../../model/traffic/canaryRoutes";
import { exitCodes, OperationFailed } from "../../stack/operation";
import type { RolloutEnvironment } from "./environment";
import { gatewayCounters, gatewayTallies } from "./gatewayCounters";
import type { Options } from "./options";
import { probes } from "./probes";
import { askByUrl, askOwn, prometheus } from "./prometheus";
import type { MetricsProvider } from "./source";

/**
 * Returns the provider of measurements that the options select.
 *
 * @param slowAbove - milliseconds above which an answer was slow in the steps before, when the rollout is resumed
 * @throws OperationFailed when the environment has no Prometheus
 */
export function providerOf(
  { source, rate, prometheus: url }: Options,
  { api, target, settings }: RolloutEnvironment,
  slowAbove: number | undefined,
): MetricsProvider {
  const byWeight = !hasUnweightedRoutes(settings);
  if (source === "gateway") return gatewayCounters(api, byWeight, slowAbove);
  if (source === "probes") return probes(target, rate, slowAbove);
  if (url === "" && !settings.prometheus)
    throw new OperationFailed(
      remedy`the environment has no Prometheus; fix: ${configSet("prometheus", true)}, then ${run("up")}, or name one: --prometheus http://127.0.0.1:9090`,
      exitCodes.config,
    );
  const gateways = () => gatewayTallies(api);
  return prometheus(url === "" ? askOwn(api) : askByUrl(url), gateways, byWeight, slowAbove);
}
