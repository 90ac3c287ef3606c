import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Generator of binomial counts. The same seed returns the same counts. */
export type BinomialDraw = (n: number, p: number) => number;

const exactUpTo = 30;

/** Binomial counts by inversion where the mean is small, by the normal limit where it is large. */
export function binomialDraws(seed: number): BinomialDraw {
  const generator = xoroshiro128plus(seed);
  const uniform = () => uniformFloat64(generator);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const draw: BinomialDraw = (n, p) => {
    if (n <= 0 || p <= 0) return 0;
    if (p >= 1) return n;
    if (p > 0.5) return n - draw(n, 1 - p);
    if (n * p > exactUpTo) {
      const count = Math.round(n * p + Math.sqrt(n * p * (1 - p)) * normal());
      return Math.min(n, Math.max(0, count));
    }
    let left = uniform();
    let probability = (1 - p) ** n;
    let count = 0;
    while (left > probability && count < n) {
      left -= probability;
      count++;
      probability *= ((n - count + 1) / count) * (p / (1 - p));
    }
    return count;
  };
  return draw;
}
