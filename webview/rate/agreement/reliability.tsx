import type { VNode } from "preact";
import { counted, fixed } from "../../shared/numbers.ts";
import { linearScale } from "../../shared/scale.ts";
import { maxScore } from "../entry.ts";
import { calibrationOf, type Dot } from "./calibration.ts";
import { MeasureTable } from "./measure-table.tsx";
import { measureText } from "./measure-text.ts";
import type { Agreement } from "./result.ts";

type Bins = Agreement["reliability"];

/** px: the square's side, and the room around it for numbers and names. */
const side = 168;
const room = { left: 20, right: 54, above: 6, below: 42 };
const write = (value: number): string => fixed(value, 1);

/** What people give on average where the judge gives a score: on the diagonal it is the same. */
export function Reliability({ bins, asTable }: { readonly bins: Bins; readonly asTable: boolean }): VNode {
  return (
    <section class="reliability" aria-labelledby="reliability">
      <h2 id="reliability">Reliability</h2>
      <p class="s dim">points 0–7, bars 95 %, dots by ratings</p>
      {asTable ? (
        <MeasureTable
          caption="Reliability"
          head={["judge", "ratings", "people, mean"]}
          rows={bins.map(({ judge, ratings, human }) => [String(judge), String(ratings), measureText(human, write)])}
        />
      ) : (
        <Diagram bins={bins} />
      )}
    </section>
  );
}

function Diagram({ bins }: { readonly bins: Bins }): VNode {
  const { dots, tooFew } = calibrationOf(bins);
  const x = linearScale(0, maxScore, 0, side);
  const y = linearScale(0, maxScore, side, 0);
  const last = dots.at(-1);
  const words = bins.map(({ judge, human }) => `judge ${judge}: ${measureText(human, write)}`).join("; ");
  return (
    <svg
      role="img"
      aria-label={`Reliability, what people give on average where the judge gives a score. ${words}. T shows it as a table.`}
      width={side + room.left + room.right}
      height={side + room.above + room.below}
    >
      <g transform={`translate(${room.left} ${room.above})`}>
        <rect class="frame" width={side} height={side} />
        <path class="perfect" d={`M0 ${side}L${side} 0`} />
        <path
          class="people-line"
          d={dots.map((dot, i) => `${i === 0 ? "M" : "L"}${x.at(dot.judge)} ${y.at(dot.human)}`).join("")}
        />
        {dots.map((dot) => (
          <Mark dot={dot} x={x.at(dot.judge)} yOf={y.at} />
        ))}
        {tooFew.map(({ judge, ratings, human }) => (
          <g>
            <title>{`judge ${judge}: ${measureText(human, write)} queries, ${counted(ratings, "rating")}`}</title>
            <circle class="dot hollow" cx={x.at(judge)} cy={side + 9} r={2.6} />
          </g>
        ))}
        {tooFew.length > 0 && (
          <text class="tick" x={side + 7} y={side + 12.5}>
            too few
          </text>
        )}
        {[0, maxScore].map((score) => (
          <g>
            <text class="tick middle" x={x.at(score)} y={side + 26}>
              {score}
            </text>
            <text class="tick end" x={-5} y={y.at(score) + 3.5}>
              {score}
            </text>
          </g>
        ))}
        <text class="tick middle" x={side / 2} y={side + 28}>
          judge
        </text>
        <text class="tick middle" transform={`translate(-8 ${side / 2}) rotate(-90)`}>
          people
        </text>
        <text class="tick" x={side + 7} y={4}>
          perfect
        </text>
        {last && last.judge >= maxScore - 1 && (
          <text x={x.at(last.judge) + 8} y={Math.max(18, y.at(last.human) + 4)}>
            people
          </text>
        )}
      </g>
    </svg>
  );
}

function Mark({
  dot,
  x,
  yOf,
}: {
  readonly dot: Dot;
  readonly x: number;
  readonly yOf: (score: number) => number;
}): VNode {
  const { judge, human, interval, ratings, radius } = dot;
  const certain = interval ? ` [${write(interval.low)}, ${write(interval.high)}]` : ", no interval";
  return (
    <g>
      <title>{`judge ${judge}: people ${write(human)}${certain}, ${counted(ratings, "rating")}`}</title>
      {interval && <path class="bar" d={`M${x} ${yOf(interval.low)}V${yOf(interval.high)}`} />}
      <circle class={interval ? "dot" : "dot hollow"} cx={x} cy={yOf(human)} r={radius} />
    </g>
  );
}
