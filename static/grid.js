// A grid of fields under the keyboard: arrows and Enter move, cells of a spreadsheet are pasted. Without it Tab moves and each is typed.

for (const form of document.querySelectorAll("[data-grid]")) {
  const rows = [...form.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("[data-cell]")]);
  const place = (cell) => {
    const row = rows.findIndex((cells) => cells.includes(cell));
    return [row, row < 0 ? -1 : rows[row].indexOf(cell)];
  };
  const go = (row, column) => {
    const cells = rows[row];
    if (!cells) return;
    const cell = cells[Math.min(column, cells.length - 1)];
    cell.focus();
    cell.select();
  };

  form.addEventListener("keydown", (event) => {
    const [row, column] = place(event.target);
    if (row < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const { selectionStart: start, selectionEnd: end, value } = event.target;
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [event.shiftKey ? -1 : 1, 0] };
    if (start === 0 && (end === 0 || end === value.length)) moves.ArrowLeft = [0, -1];
    if (end === value.length && (start === end || start === 0)) moves.ArrowRight = [0, 1];
    const move = moves[event.key];
    if (!move) return;
    if (event.key === "Enter" || (rows[row + move[0]] && rows[row][column + move[1]])) event.preventDefault();
    if (rows[row + move[0]] && (move[1] === 0 || rows[row][column + move[1]])) go(row + move[0], column + move[1]);
  });

  form.addEventListener("paste", (event) => {
    const [row, column] = place(event.target);
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (row < 0 || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    text.split("\n").forEach((line, down) => line.split("\t").forEach((value, right) => {
      const cell = rows[row + down]?.[column + right];
      if (cell) cell.value = value.trim();
    }));
  });
}
