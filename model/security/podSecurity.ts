/** Default user of pods: `nonroot` of Google's distroless images, outside the range of system users. */
const unprivilegedUser = 65532;

/**
 * Security context of a container under the restricted Pod Security Standard
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted).
 */
export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
};

/** Security context of a pod under the restricted Pod Security Standard. @param user - numeric ID, not 0 */
export const restrictedPod = (user: number = unprivilegedUser) => ({
  runAsNonRoot: true,
  runAsUser: user,
  seccompProfile: { type: "RuntimeDefault" },
});

/**
 * Security contexts for an image of the user. It may need root or a capability, so they forbid only privilege escalation.
 */
export const foreignImage = {
  pod: { seccompProfile: { type: "RuntimeDefault" } },
  container: { allowPrivilegeEscalation: false },
} as const;
