package main

import (
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"strconv"

	"golang.org/x/term"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
)

// operation works on a store: in the process that holds it, whichever that is. What it prints and how it ends are the
// same either way.
type operation func(ctx context.Context, s *site, args url.Values, out io.Writer) error

// operations are those that the running bot does for the commands of its data folder.
var operations = map[string]operation{
	"audit/show":   auditShow,
	"audit/verify": auditVerify,
	"audit/export": auditExport,
	"token/create": tokenCreate,
	"token/list":   tokenList,
	"token/revoke": tokenRevoke,
	"backup":       backup,
	"policy/test":  policyTest,
}

// do carries out an operation on a data folder: through the bot that holds it, or on the store itself.
func (f folder) do(name string, args url.Values, out io.Writer) error {
	f, err := f.find()
	if err != nil {
		return err
	}
	if args == nil {
		args = url.Values{}
	}
	args.Set("width", strconv.Itoa(width(out)))
	ctx, stop := untilStopped()
	defer stop()
	err = callControl(ctx, f.Data, name, args, out)
	if !errors.Is(err, errNobody) {
		return err
	}
	s, err := openSite(ctx, f)
	if err != nil {
		return err
	}
	return errors.Join(operations[name](ctx, s, args, out), s.close())
}

// unwrapped is wider than any line: what is not shown on a terminal is not wrapped.
const unwrapped = 1 << 20

// width is that of the terminal written to.
func width(out io.Writer) int {
	if f, ok := out.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return w
		}
	}
	return unwrapped
}

// rendering lays messages out as whoever asked can show them.
func rendering(args url.Values) terminal.Options {
	w, err := strconv.Atoi(args.Get("width"))
	if err != nil || w < 1 {
		w = unwrapped
	}
	return terminal.Options{Width: w}
}
