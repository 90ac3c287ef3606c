import { fetchFile } from "../../host/fetch";
import { settingKeys } from "../../model/settings/contract";
import { machineConfig } from "./machine";
import { crdsManifest } from "./machineVersions";

/** The reason why this machine cannot have the CRDs of the Gateway API for a version of Istio. Undefined if it can. */
export async function missingCrds(istioVersion: string): Promise<string | undefined> {
  const { gatewayApiRepository = settingKeys.gatewayApiRepository.default } = await machineConfig();
  return fetchFile(crdsManifest(istioVersion, gatewayApiRepository) ?? "").then(
    () => undefined,
    ({ message }: Error) => message,
  );
}
