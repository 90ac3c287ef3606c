import type { Api } from "../../../host/kubernetes";
import type { Settings } from "../../../model/settings/contract";
import { canaryRoute } from "../../../model/traffic/canaryRoute";

/** Percent of requests that the route in the cluster sends to version 2. */
export async function routedWeight(api: Pick<Api, "get">, settings: Pick<Settings, "routing">): Promise<number> {
  const { path, weightOf } = canaryRoute(settings);
  return weightOf(await api.get(path));
}
