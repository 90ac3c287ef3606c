import { element } from "../output/markup";
import { htmlPage, paragraph, renderedMarkup } from "../output/page";

/** Text on a page whose contents are not of now, by its cause. It stays in sight while the reader scrolls. */
const staleTexts = {
  moved: "This page is out of date: npm run view was started again, and printed another address.",
  silent: "This page is out of date: npm run view has ended or does not respond.",
} as const;

const script = `
const texts = ${JSON.stringify(staleTexts)};
const main = document.querySelector("main"), stale = document.querySelector("#stale");
const show = (text) => { stale.textContent = text; stale.hidden = text === ""; };
async function refresh() {
  try {
    const response = await fetch("contents", { cache: "no-store", signal: AbortSignal.timeout(20000) });
    if (response.ok) {
      main.innerHTML = await response.text();
      show("");
    } else show(response.status === 404 ? texts.moved : texts.silent);
  } catch {
    show(texts.silent);
  }
  setTimeout(refresh, 2000);
}
refresh();
`;

/**
 * The page around the contents.
 *
 * @param nonce - value that the Content-Security-Policy names for its one script
 */
export const viewPage = (stack: string, nonce: string): string =>
  htmlPage(
    `Environment ${stack}`,
    element("p", { id: "stale", role: "alert", hidden: "" }, ""),
    element("main", {}, paragraph("Reading the environment …")),
    element("script", { nonce }, renderedMarkup(script)),
  );

/** The page for an address without a page, such as that of an earlier run. */
export const noViewPage = htmlPage(
  "No such page",
  element(
    "main",
    {},
    paragraph("There is no page at this address. npm run view prints the address, and each run has another one."),
  ),
);
