package scenario

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"assay/harness/obstacle"
)

// effect is what a command of a shell step is to have set.
type effect struct {
	part  string // that it changes, as Standing names it; empty: none that can be read back
	wants string
	is    func(state string) bool
	to    string // what it is to be, in words
}

// effectOf says what a command is to have set, where it is one of those whose effect
// can be read back: settings put and delete, appops set.
func effectOf(argv []string) effect {
	w := slices.DeleteFunc(slices.Clone(argv), func(s string) bool { return s == "--uid" })
	if len(w) > 0 && w[0] == "cmd" {
		w = w[1:]
	}
	if i := slices.Index(w, "--user"); i >= 0 && i+1 < len(w) {
		w = slices.Delete(w, i, i+2)
	}
	switch {
	case len(w) == 5 && w[0] == "settings" && w[1] == "put":
		return effect{"setting " + w[2] + " " + w[3], "WRITE_SECURE_SETTINGS", func(state string) bool { return state == w[4] }, quoted(w[4])}
	case len(w) == 4 && w[0] == "settings" && w[1] == "delete":
		return effect{"setting " + w[2] + " " + w[3], "WRITE_SECURE_SETTINGS", func(state string) bool { return state == "null" }, "no value"}
	case len(w) == 5 && w[0] == "appops" && w[1] == "set":
		return effect{"ops " + w[2], "MANAGE_APP_OPS_MODES", func(state string) bool { return opIs(lined(state), w[3], w[4]) }, w[3] + " " + w[4]}
	}
	return effect{}
}

// opIs says whether an op has a mode, of its own or by its UID. One that is not told
// of has the default one, which is allow of most.
func opIs(modes map[string]string, op, mode string) bool {
	op = strings.ToUpper(strings.TrimPrefix(op, "android:"))
	own, told := modes[op]
	of, by := modes[uidMode+op]
	return own == mode || of == mode || !told && !by && (mode == "allow" || mode == "default")
}

// readBack says whether what a shell step has set is there, and stays: it looks twice,
// for some makers take the command and do nothing, or set it back a little later.
func (e effect) readBack(ctx context.Context, h Handset, argv []string) error {
	if e.part == "" {
		return nil
	}
	for i := range 2 {
		state, known, err := Standing(ctx, h, e.part)
		if err != nil || !known {
			return err
		}
		if !e.is(state) {
			return obstacle.Silent(e.wants, &Unmet{
				Expected: fmt.Sprintf("%s to be %s after %s", e.part, e.to, strings.Join(argv, " ")), Seen: quoted(state),
			})
		}
		if i == 0 {
			if err := h.Sleep(ctx, 2*time.Second); err != nil {
				return err
			}
		}
	}
	return nil
}

func unmet(err error) bool { return errors.Is(err, ErrExpectation) }
