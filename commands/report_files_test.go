package commands

import "testing"

// TestNothingASpreadsheetRuns gives cells that spreadsheets take for formulas.
func TestNothingASpreadsheetRuns(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "  =1": "'  =1", "＝1": "'＝1",
		"": "", "payments 1.1.0": "payments 1.1.0", "a=b": "a=b", "2026-12-15": "2026-12-15", "'=1": "'=1",
	} {
		if got := inert(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}

func TestTableCellsStayCells(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{"a|b": `a\|b`, "a\nb": "a b", "<b>": "&lt;b>", `a\|b`: `a\\\|b`, "[x](y)": `\[x](y)`} {
		if got := tableCell.Replace(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}
