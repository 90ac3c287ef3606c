import type { Api } from "../../../host/kubernetes";
import { app } from "../../../model/names";
import type { virtualServiceSpec } from "../../../model/traffic/traffic";

/** Path of the app's VirtualService at the API server. */
export const virtualService = `/apis/networking.istio.io/v1/namespaces/${app.namespace}/virtualservices/${app.name}`;

interface VirtualService {
  readonly spec: ReturnType<typeof virtualServiceSpec>;
}

/** Percent of requests that the VirtualService in the cluster routes to version 2. */
export async function routedWeight(api: Pick<Api, "get">): Promise<number> {
  const { spec } = await api.get<VirtualService>(virtualService);
  return spec.http?.at(-1)?.route?.find(({ destination }) => destination.subset === "v2")?.weight ?? 0;
}
