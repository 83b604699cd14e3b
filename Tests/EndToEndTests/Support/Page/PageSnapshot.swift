/// What the page shows at a moment, as a user reads it.
struct PageSnapshot: Decodable {
  /// A row of the table, or a card.
  struct Row: Decodable {
    let user, job, name, state, nodes, rate, load, memory, last: String

    /// `alice/101`
    var key: String { "\(user)/\(job)" }
  }

  /// The rows, from the top.
  let rows: [Row]
  /// `live`, `lost`, `connecting` or `signed-out`.
  let connection: String
  /// What the lines at the bottom say.
  let notices: String
  /// The figures at the top, by their names.
  let totals: [String: String]
  /// The states whose chips are pressed.
  let states: [String]
  /// The column that is sorted by, and how: `Load descending`.
  let order: String
  /// All text of the details; `nil` while they are closed.
  let details: String?
  /// Where the focus is: an id or, in the table, the job as in `Row.key`.
  let focus: String
  /// What is said where there are no rows.
  let nothing: String

  /// The keys of the rows, from the top.
  var keys: [String] { rows.map(\.key) }

  /// Returns all this.
  static let script = """
    const all = (selector) => [...document.querySelectorAll(selector)];
    const text = (node) => node && node.checkVisibility() ? node.innerText.trim() : "";
    const cell = (row, name) => (row.querySelector("td." + name)?.textContent ?? "").trim();
    const job = (row) => row.querySelector(".open .id").textContent;
    const sorted = document.querySelector("th[aria-sort]");
    const focused = document.activeElement;
    const focusedRow = focused.closest("#rows tr");
    const details = document.getElementById("details");
    return {
      rows: all("#rows tr").map((row) => ({
        user: cell(row, "user"), job: job(row), name: row.querySelector(".open .name").textContent,
        state: cell(row, "state"), nodes: cell(row, "nodes"), rate: cell(row, "rate"), load: cell(row, "load"),
        memory: cell(row, "memory"), last: cell(row, "last"),
      })),
      connection: document.getElementById("connection").dataset.state,
      notices: all(".notices p").map(text).join(" ").trim(),
      totals: Object.fromEntries(all("#totals > div").map((each) =>
        [each.querySelector("dt").textContent, each.querySelector("dd").textContent])),
      states: all('#chips [aria-pressed="true"]').map((chip) => chip.dataset.state),
      order: sorted ? sorted.textContent.trim() + " " + sorted.getAttribute("aria-sort") : "",
      details: details.hidden ? null : details.innerText,
      focus: focusedRow ? cell(focusedRow, "user") + "/" + job(focusedRow) : focused.id,
      nothing: text(document.getElementById("nothing")),
    };
    """
}
