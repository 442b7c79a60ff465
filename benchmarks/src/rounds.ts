/** Figures of one process, by metric. */
export type Figures<Metric extends string> = Readonly<Record<Metric, number>>;

/** How one side is measured: each call starts processes of its own. */
export type Sides<Side extends string, Metric extends string> = Readonly<Record<Side, () => Promise<Figures<Metric>>>>;

/** The figures of every side, taken one right after the other. */
export type Round<Side extends string, Metric extends string> = Readonly<Record<Side, Figures<Metric>>>;

/**
 * Measures all sides in turn, several times over. Every second round goes backwards, so that none is always the one
 * that comes first.
 *
 * @param onMeasured - called after each measurement
 */
export async function measureRounds<Side extends string, Metric extends string>(
  sides: Sides<Side, Metric>,
  count: number,
  onMeasured?: (side: Side, round: number) => void,
): Promise<readonly Round<Side, Metric>[]> {
  // The keys of a record are its key type; Object.keys does not say so.
  const names = Object.keys(sides) as Side[];
  const rounds: Round<Side, Metric>[] = [];
  for (let index = 0; index < count; index++) {
    const measured = new Map<Side, Figures<Metric>>();
    for (const side of index % 2 === 0 ? names : names.toReversed()) {
      measured.set(side, await sides[side]());
      onMeasured?.(side, index);
    }
    // Every name was measured above.
    rounds.push(Object.fromEntries(measured) as Round<Side, Metric>);
  }
  return rounds;
}
