import { areaOf, bitsOf, cellOf, maxStep, type Cell } from "./geohash.js";
import { boundsOf, reachOf, type Shape } from "./shape.js";

/** Half of the equator on a map, in metres. */
const mapReach = 20037726.37;

/** Columns and rows from the middle to its neighbours, in the order in which Redis looks at them. */
const neighbours = [
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
] as const;

/** The cells in which the places of a shape can be, in Redis's order: the one in the middle, and neighbours of it. */
export function coveringCells(shape: Shape): readonly Cell[] {
  const bounds = boundsOf(shape);
  let step = firstStep(reachOf(shape), shape.center.latitude);
  let middle = cellOf(shape.center, step);
  if (step > 1 && isShort(middle)) {
    step--;
    middle = cellOf(shape.center, step);
  }
  const area = areaOf(middle);
  const isUseless = (column: number, row: number): boolean =>
    step >= 2 &&
    ((row < 0 && area.latitude.min < bounds.latitude.min) ||
      (row > 0 && area.latitude.max > bounds.latitude.max) ||
      (column < 0 && area.longitude.min < bounds.longitude.min) ||
      (column > 0 && area.longitude.max > bounds.longitude.max));
  const cells = neighbours.filter(([column, row]) => !isUseless(column, row)).map((to) => moved(middle, to));
  // Of large areas, neighbours that follow one another may be the same.
  return [middle, ...cells.filter((cell, index) => index === 0 || !isSame(cell, cells[index - 1]))];

  function isShort(cell: Cell): boolean {
    return (
      areaOf(moved(cell, [0, 1])).latitude.max < bounds.latitude.max ||
      areaOf(moved(cell, [0, -1])).latitude.min > bounds.latitude.min ||
      areaOf(moved(cell, [1, 0])).longitude.max < bounds.longitude.max ||
      areaOf(moved(cell, [-1, 0])).longitude.min > bounds.longitude.min
    );
  }
}

function firstStep(reach: number, latitude: number): number {
  if (reach === 0) return maxStep;
  let step = -1;
  for (let covered = reach; covered < mapReach; covered *= 2) step++;
  if (Math.abs(latitude) > 66) step--;
  if (Math.abs(latitude) > 80) step--;
  return Math.min(maxStep, Math.max(1, step));
}

function moved({ column, row, step }: Cell, [columns, rows]: readonly [number, number]): Cell {
  const size = 2 ** step;
  return { column: (column + columns + size) % size, row: (row + rows + size) % size, step };
}

function isSame(left: Cell, right: Cell | undefined): boolean {
  return left.column === right?.column && left.row === right.row;
}

/** The scores of the places in a cell: from the first to less than the second. */
export function scoresIn(cell: Cell): readonly [number, number] {
  const [bits, scale] = [bitsOf(cell), 4 ** (maxStep - cell.step)];
  return [bits * scale, (bits + 1) * scale];
}
