/** A resource as Pulumi's engine shows it to a policy. */
export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** What one resource, looked at alone, breaks: a line for each. */
export type ResourceRule = (resource: Resource) => string[];

const object = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

/**
 * What is known of a value, by key.
 *
 * A preview knows less than an up: reading the rest is an error there (UnknownValueError in @pulumi/policy's proxy.ts),
 * which would keep a rule from looking at anything.
 */
function known(value: unknown): [string, unknown][] {
  const holder = object(value);
  return Object.keys(holder).flatMap((key) => {
    try {
      return [[key, holder[key]] as [string, unknown]];
    } catch (error) {
      if ((error as Error).constructor.name === "UnknownValueError") return [];
      throw error;
    }
  });
}

/** Every text in a value, at any depth. */
function textsOf(value: unknown): string[] {
  return typeof value === "string" ? [value] : known(value).flatMap(([, inner]) => textsOf(inner));
}

/** Every value of a key, at any depth. */
function valuesOf(key: string, value: unknown): unknown[] {
  return known(value).flatMap(([name, inner]) => [...(name === key ? [inner] : []), ...valuesOf(key, inner)]);
}

const pinned = (image: string): boolean =>
  /@sha256:[0-9a-f]{64}$/.test(image) || /:(?!latest$)[\w][\w.-]*$/.test(image);
const workload = /^kubernetes:(apps|batch|core)\/v1:(Deployment|StatefulSet|DaemonSet|ReplicaSet|Job|CronJob|Pod)$/;

/** Images by tag or digest and charts by exact version, so that the same program makes the same environment next year. */
export const pinnedVersions: ResourceRule = ({ type, props }) => {
  if (type === "kubernetes:helm.sh/v3:Release") {
    const version = props["version"];
    return typeof version === "string" && /^\d+\.\d+\.\d+/.test(version)
      ? []
      : [`chart ${props["chart"]} must have an exact version, not ${version ?? "none"}`];
  }
  if (!workload.test(type)) return [];
  const spec = known(props).filter(([name]) => name === "spec");
  const images = valuesOf("image", Object.fromEntries(spec)).filter(
    (image): image is string => typeof image === "string",
  );
  return images
    .filter((image) => image !== "auto" && !pinned(image))
    .map((image) => `image ${image} must have a tag other than latest, or a digest`);
};

const secretText = /-----BEGIN [A-Z ]*PRIVATE KEY-----|client-key-data:/;
/** Whose providers keep what they are given as secrets. */
const keepers = /^(tls:|kubernetes:core\/v1:Secret$|pulumi:providers:kubernetes$)/;

/** Keys and kubeconfigs only where a provider keeps them secret: anywhere else they would be in the state as plain text. */
export const noPlainSecrets: ResourceRule = ({ type, props }) => {
  if (keepers.test(type)) return [];
  return known(props)
    .filter(([name, value]) => name !== "stdout" && textsOf(value).some((text) => secretText.test(text)))
    .map(([name]) => `${name} must not hold a private key or a kubeconfig as plain text`);
};
