import Ajv from "ajv";
import schemas from "../schemas/metallb.json";

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
}

type Model = new (resource: Resource) => { validate(): void };

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });

/**
 * What is wrong with a custom resource by the CRD of its kind: none is an empty list.
 *
 * @throws Error for a kind that there is no CRD of
 */
export async function violations(resource: Resource): Promise<string[]> {
  const name = `${resource.apiVersion} ${resource.kind}`;
  const schema = (schemas as Readonly<Record<string, object>>)[name];
  if (schema) {
    const valid = ajv.compile(schema);
    return valid(resource) ? [] : (valid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  }
  const models = (await import(`@kubernetes-models/istio/${resource.apiVersion}`)) as Record<string, Model | undefined>;
  const model = models[resource.kind];
  if (!model) throw new Error(`no CRD of ${name}`);
  try {
    new model(resource).validate();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}
