// @ts-nocheck This runs in the page of a browser, whose types the project does not load.
/** Evaluates to the faults of a page's layout, as sentences. */
(() => {
  const faults = [];
  /** Width that two texts may share, because boxes of glyphs have empty borders. */
  const tolerance = 3;
  /** Pixels between a text and the side of its box. */
  const distance = 5;
  const words = (element) => JSON.stringify(element.textContent.trim().slice(0, 60));
  const style = (element) => getComputedStyle(element);

  if (document.documentElement.scrollWidth > innerWidth)
    faults.push(`the page is ${document.documentElement.scrollWidth} px wide in a window of ${innerWidth} px`);

  const inside = (box, frame) =>
    box.left >= frame.left - 1 &&
    box.right <= frame.right + 1 &&
    box.top >= frame.top - 1 &&
    box.bottom <= frame.bottom + 1;

  /** A text in a box keeps a distance from its sides, or it seems to lie on them. */
  const insideCard = (box, card) =>
    inside(box, { top: card.top, bottom: card.bottom, left: card.left + distance, right: card.right - distance });

  for (const picture of document.querySelectorAll("svg")) {
    const frame = picture.getBoundingClientRect();
    const texts = [...picture.querySelectorAll("text")].map((element) => ({
      element,
      box: element.getBoundingClientRect(),
    }));
    for (const { element, box } of texts) {
      if (!inside(box, frame)) faults.push(`${words(element)} leaves the picture`);
      const card = element.closest(".part")?.querySelector("rect");
      if (card && !insideCard(box, card.getBoundingClientRect())) faults.push(`${words(element)} leaves its box`);
      const size = Number.parseFloat(style(element).fontSize) * element.getScreenCTM().a;
      if (size < 10) faults.push(`${words(element)} is ${size.toFixed(1)} px high`);
    }
    texts.forEach(({ element, box }, i) => {
      for (const other of texts.slice(i + 1)) {
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (across > tolerance && down > tolerance) faults.push(`${words(element)} lies over ${words(other.element)}`);
      }
    });
    const cards = [...picture.querySelectorAll(".card")].map((card) => card.getBoundingClientRect());
    cards.forEach((box, i) => {
      if (
        cards
          .slice(i + 1)
          .some(
            (other) =>
              box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom,
          )
      )
        faults.push(`box ${i} lies over another`);
    });
  }

  /** Red, green, blue from 0 to 255, and the opacity from 0 to 1. */
  const colour = (text) => {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    return text === "none" || text === "transparent" ? [0, 0, 0, 0] : [red, green, blue, alpha];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((value, i) => value * a + below[i] * (1 - a));
  const isText = (element) => ["text", "title", "style"].includes(element.tagName);
  const background = (element) => {
    const box = element.getBoundingClientRect();
    const at = document.elementsFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    // a text that has to be scrolled to is not there
    if (!at.includes(element)) return undefined;
    return at
      .filter((one) => !isText(one) || !(one instanceof SVGElement))
      .map((one) =>
        colour(
          one instanceof SVGGraphicsElement && one.tagName !== "svg" ? style(one).fill : style(one).backgroundColor,
        ),
      )
      .reduceRight((below, above) => over(above, below), [255, 255, 255]);
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((value) =>
      value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const hasText = (element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
  for (const element of document.querySelectorAll("body *")) {
    const box = element.getBoundingClientRect();
    if (!hasText(element) || box.width === 0 || ["script", "style", "title"].includes(element.tagName.toLowerCase()))
      continue;
    const ink = colour(element instanceof SVGElement ? style(element).fill : style(element).color);
    const below = background(element);
    if (below) {
      const [light, dark] = [luminance(over(ink, below)), luminance(below)].sort((a, b) => b - a);
      const contrast = (light + 0.05) / (dark + 0.05);
      // https://www.w3.org/TR/WCAG22/#contrast-minimum
      if (contrast < 4.5) faults.push(`${words(element)} has a contrast of ${contrast.toFixed(1)}`);
    }
    const scrolls = element.closest(".chart, pre");
    if (!scrolls && (box.left < -1 || box.right > innerWidth + 1)) faults.push(`${words(element)} leaves the window`);
    if (
      !(element instanceof SVGElement) &&
      !scrolls &&
      element.scrollWidth > element.clientWidth + 1 &&
      style(element).display !== "inline"
    )
      faults.push(`${words(element)} is wider than its place`);
  }
  return faults;
})();
