package commands

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/milestone"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// columns are those of a quarter's report where it is to be copied into something else.
var columns = []string{"quarter", "period", "milestone", "title", "release", "what", "environment", "promised", "first promised", "reached", "standing", "days late", "why"}

// cells is one row of them.
func (q quarter) cells(r *bot.Reading, row milestone.Row) []string {
	reader := r.Bot.Reader(nil)
	title, known := reader.Unseal(row.Title)
	if !known {
		title = "?"
	}
	reached, late := "", ""
	if !row.Reached.IsZero() {
		reached = r.Org.Planning.Fiscal.Day(row.Reached).Format(time.DateOnly)
	}
	if row.Standing == milestone.Late || row.Standing == milestone.Overdue {
		late = strconv.Itoa(row.Days)
	}
	var why []string
	for _, text := range q.because(row) {
		why = append(why, words.Text(text, reader, r.Now))
	}
	return []string{q.String(), strconv.Itoa(row.Period), row.ID, title, row.Release, q.services[row.Release], row.Environment,
		row.Promised.Format(time.DateOnly), row.First().Format(time.DateOnly), reached, words.Label("label.standing." + chat.Code(row.Standing)), late, strings.Join(why, " ")}
}

// csv is the report as comma-separated values (RFC 4180).
func (q quarter) csv(r *bot.Reading) string {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{columns}
	for _, row := range q.rows {
		cells := q.cells(r, row)
		for i := range cells {
			cells[i] = inert(cells[i])
		}
		rows = append(rows, cells)
	}
	_ = w.WriteAll(rows) // a buffer takes everything
	return b.String()
}

// inert makes a cell that a spreadsheet would read as a formula a text: what begins with =, +, -, @, a tab or a line's end, spaces
// aside, is given an apostrophe in front.
func inert(cell string) string {
	if bare := strings.TrimLeft(cell, " \u00a0"); bare != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(bare)[0]) {
		return "'" + cell
	}
	return cell
}

// markdown is the report as a table.
func (q quarter) markdown(r *bot.Reading) string {
	var b strings.Builder
	line := func(cells []string) {
		for _, cell := range cells {
			b.WriteString("| " + tableCell.Replace(cell) + " ")
		}
		b.WriteString("|\n")
	}
	line(columns)
	b.WriteString(strings.Repeat("|---", len(columns)) + "|\n")
	for _, row := range q.rows {
		line(q.cells(r, row))
	}
	return b.String()
}

// tableCell keeps what people wrote from ending a cell, a row or the text.
var tableCell = strings.NewReplacer("|", `\|`, "\r", " ", "\n", " ", "`", "\\`", "<", "&lt;", `\`, `\\`, "[", `\[`, "*", `\*`, "_", `\_`)
