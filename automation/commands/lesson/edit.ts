import type { Api } from "../../../host/kubernetes";
import { app, gateway, meshNamespace } from "../../../model/names";
import type { Specs } from "../../../model/verification/mistakes";

/** Puts back what was changed. */
export type Undo = () => Promise<void>;

interface Resource<Spec> {
  readonly metadata: object;
  readonly spec: Spec;
}

const networking = (namespace: string, plural: string, name: string): string =>
  `/apis/networking.istio.io/v1/namespaces/${namespace}/${plural}/${name}`;

/** Where the environment's routing lies in the API. */
export const paths: { readonly [Kind in keyof Specs]: string } = {
  VirtualService: networking(app.namespace, "virtualservices", app.name),
  DestinationRule: networking(app.namespace, "destinationrules", app.name),
  Gateway: networking(meshNamespace, "gateways", gateway.name),
};

/** Edits one resource's spec as a person would, and answers how to put it back. */
export async function edit<Spec>(api: Api, path: string, change: (spec: Spec) => Spec): Promise<Undo> {
  const original = await api.get<Resource<Spec>>(path);
  await api.replace(path, { ...original, spec: change(original.spec) });
  return async () => {
    const { metadata } = await api.get<Resource<Spec>>(path);
    await api.replace(path, { ...original, metadata });
  };
}
