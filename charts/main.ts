/**
 * Entry of the stack's fetching of charts: `node launcher/run.cjs charts/main`, the charts in the variable CHARTS, the
 * password of their repository by standard input, since others can read a process's environment.
 */
import { text } from "node:stream/consumers";
import type { Chart } from "../model/mesh/charts";
import { none } from "../model/settings/forms";
import { keep } from "./keep";

const charts = JSON.parse(process.env["CHARTS"] ?? "[]") as Chart[];

// a process that ends before the charts are fetched must not look like a success to Pulumi
process.exitCode = 1;
void text(process.stdin)
  .then((auth) => keep(charts, auth || none))
  .then((kept) => {
    process.stdout.write(JSON.stringify(kept));
    process.exitCode = 0;
  });
