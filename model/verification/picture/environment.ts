import { element } from "../../output/markup";
import { svgPicture, svgText } from "../../output/svg";
import { utcText, wrap } from "../../output/text";
import { callOutcomes } from "../../security/mtls";
import { callMatrix, outcomes } from "./matrix";
import { clients, clusterTitle, ingress, nodeCard, parts, type Scene, shares, subsets, title } from "./scene";
import { arrow, bottomOf, placeCard, placeColumn } from "./shapes";

export type { Scene } from "./scene";

const width = 960;
/** Left end of the frame of the cluster in pixels. */
const left = 288;

/** Draws an environment as SVG. Addresses, nodes and the certificate are observed; weights and calls are configured. */
export function environmentSvg(scene: Scene): string {
  const { settings, at } = scene;
  const call = callOutcomes(settings)[0]?.calls[0]?.call ?? "plain";
  const share = shares(settings, outcomes[call].label.slice(2));
  const versions = subsets(settings);
  const titles = wrap(title(settings), 58);
  const clusters = wrap(clusterTitle(settings), 66);
  const frame = 56 + titles.length * 28;
  const top = frame + 20 + clusters.length * 20;

  const clientBox = placeCard(clients(scene), 24, top, 232);
  const ingressBox = placeCard(ingress(scene), 304, top, 264);
  const v1 = placeCard(versions.v1, 720, top, 208);
  const v2 = placeCard(versions.v2, 720, bottomOf([v1]) + 32, 208);
  const below = bottomOf([ingressBox, v1, v2]) + 20;
  const rest = [placeCard(nodeCard(scene), 304, below, 304), ...placeColumn(parts(scene), 624, below, 304)];
  const bottom = Math.max(bottomOf(rest) + 16, bottomOf([clientBox]));
  const matrix = callMatrix(settings, bottom + 40);
  const height = matrix.bottom + 12;

  return svgPicture(
    title(settings),
    width,
    height,
    ...titles.map((words, i) => svgText(24, 36 + i * 28, words, "title")),
    svgText(
      24,
      frame - 24,
      `Addresses, nodes and certificate as observed at ${utcText(at)}; weights and calls as configured.`,
      "muted",
    ),
    element("rect", {
      class: "slot",
      x: left,
      y: frame,
      width: width - left - 16,
      height: bottom - frame,
      rx: 8,
    }),
    ...clusters.map((words, i) => svgText(left + 16, frame + 26 + i * 20, words, "strong")),
    ...[clientBox, ingressBox, v1, v2, ...rest].map(({ markup }) => markup),
    arrow(256, 304, top + 40),
    arrow(568, 720, top + 40, share.v1),
    arrow(568, 720, v2.y + 30, share.v2),
    ...matrix.shapes,
  );
}
