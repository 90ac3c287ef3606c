import Ajv, { type ValidateFunction } from "ajv";
import gatewayApi from "../schemas/gatewayApi.json";
import istio from "../schemas/istio.json";
import metallb from "../schemas/metallb.json";

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
}

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
const compiled = new Map<string, ValidateFunction>();
const schemas: Readonly<Record<string, object>> = { ...gatewayApi, ...istio, ...metallb };

/**
 * Violations of the CRD schema by a custom resource. Empty for a valid one.
 *
 * @throws Error for a kind that there is no CRD of
 */
export function violations(resource: Resource): string[] {
  const name = `${resource.apiVersion} ${resource.kind}`;
  const schema = schemas[name];
  if (!schema) throw new Error(`no CRD of ${name}`);
  const valid = compiled.get(name) ?? ajv.compile(schema);
  compiled.set(name, valid);
  return valid(resource) ? [] : (valid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
