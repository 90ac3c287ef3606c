import { type Api, ApiRefused, isNotFound } from "../../../host/kubernetes";
import type { Settings } from "../../../model/settings/contract";
import { type CanaryRoute, canaryRoute, canaryRoutes } from "../../../model/traffic/canaryRoute";
import type { RouteSettings } from "../../../model/traffic/traffic";

type Routing = Pick<Settings, "routing">;

/** Percent of requests that the route in the cluster sends to version 2. */
export async function routedWeight(api: Pick<Api, "get">, settings: Routing): Promise<number> {
  const { path, weightOf } = canaryRoute(settings);
  return weightOf(await api.get(path));
}

/** True for an account that may not change routes of an API, and so has created none. */
const isForbidden = (error: unknown): boolean => error instanceof ApiRefused && error.status === 403;

/**
 * Sets the weight of every route to the app that the cluster has. After a change of `routing` that was not applied, or
 * that was killed, requests still follow the route of the other API.
 *
 * @throws Error if the cluster has no route, or does not change one
 */
export async function patchRoutes(
  api: Pick<Api, "patch">,
  settings: RouteSettings & Routing,
  canaryWeight: number,
): Promise<void> {
  const configured = canaryRoute(settings);
  const change = async (route: CanaryRoute): Promise<boolean> => {
    try {
      await api.patch(route.path, { spec: route.spec({ ...settings, canaryWeight }) });
      return true;
    } catch (error) {
      if (isNotFound(error) || (route !== configured && isForbidden(error))) return false;
      throw error;
    }
  };
  const changed = await Promise.all(canaryRoutes.map(change));
  if (!changed.includes(true)) throw new Error("the cluster has no route to the app");
}

/**
 * True if the cluster has the route of the other API alone, since `routing` was changed and not applied. Pulumi would
 * delete this route, which is not in the program any more.
 */
export async function isRoutedByOther(api: Pick<Api, "get">, settings: Routing): Promise<boolean> {
  const configured = canaryRoute(settings);
  const has = ({ path }: CanaryRoute): Promise<boolean | undefined> =>
    api.get(path).then(
      () => true,
      (error) => (isNotFound(error) ? false : undefined),
    );
  const presence = await Promise.all(canaryRoutes.map(async (route) => [route, await has(route)] as const));
  return presence.every(([route, isThere]) => isThere === (route !== configured));
}
