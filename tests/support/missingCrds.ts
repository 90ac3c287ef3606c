import { fetchFile } from "../../host/fetch";
import { gatewayApiChart, manifestUrl } from "../../model/mesh/gatewayApi";
import { keys } from "../../model/settings/contract";
import { machineConfig } from "./machine";

/** The reason why this machine cannot have the CRDs of the Gateway API for a version of Istio. Undefined if it can. */
export async function missingCrds(istioVersion: string): Promise<string | undefined> {
  const { gatewayApiRepository = keys.gatewayApiRepository.default } = await machineConfig();
  const upgrade = { nextIstioVersion: "none", nextIstioStage: "istiod" } as const;
  const chart = gatewayApiChart({ routing: "gateway-api", gatewayApiRepository, istioVersion, ...upgrade });
  return fetchFile(chart ? manifestUrl(chart) : "").then(
    () => undefined,
    ({ message }: Error) => message,
  );
}
