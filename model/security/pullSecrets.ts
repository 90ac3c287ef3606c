/** References to Secrets for pulling images, as pods and most charts have them. */
export const secretReferences = (names: readonly string[]): { name: string }[] => names.map((name) => ({ name }));

/** Field of a pod that pulls its images with Secrets. The API server drops an empty list, which every preview would show. */
export const podPullSecrets = (names: readonly string[]): { imagePullSecrets?: { name: string }[] } =>
  names.length > 0 ? { imagePullSecrets: secretReferences(names) } : {};
