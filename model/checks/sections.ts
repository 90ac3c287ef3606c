/** Page that explains the failures of checks. */
export const troubleshootingPage = "docs/troubleshooting.md";

/** Anchors of the sections of {@link troubleshootingPage} that checks name. */
export const troubleshootingSections = [
  "before-anything-is-made",
  "this-machine",
  "docker-runs-elsewhere",
  "addresses-that-this-machine-uses-already",
  "curl-at-the-ingress",
  "inside-the-mesh",
  "ambient",
  "the-load-balancer",
  "pulumi",
  "rollouts",
] as const;

export type Section = (typeof troubleshootingSections)[number];
