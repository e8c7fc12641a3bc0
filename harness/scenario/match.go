package scenario

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// match says which view on the screen is meant. Every part that is given must
// agree; a resource-id is the best, since it speaks no language.
type match struct {
	id   string // com.example:id/name, or name in any package
	text string // in full
	desc string // content-desc, in full
	pkg  string // of the view's window
}

func (m *match) fields(r *reader) []field {
	return []field{
		{"id", false, func(n ast.Node) { m.id = r.text(n, "id") }},
		{"text", false, func(n ast.Node) { m.text = r.text(n, "text") }},
		{"desc", false, func(n ast.Node) { m.desc = r.text(n, "desc") }},
	}
}

func (m match) String() string {
	var words []string
	for _, p := range []struct{ key, value string }{{"id", m.id}, {"text", m.text}, {"desc", m.desc}, {"package", m.pkg}} {
		if p.value != "" {
			words = append(words, p.key+" "+p.value)
		}
	}
	return strings.Join(words, ", ")
}

func (m match) fits(n node) bool {
	return (m.id == "" || m.id == n.ID || m.id == n.name()) &&
		(m.text == "" || m.text == n.Text) &&
		(m.desc == "" || m.desc == n.Desc) &&
		(m.pkg == "" || m.pkg == n.Package)
}

func (m match) in(screen []node) (node, bool) {
	for _, n := range screen {
		if m.fits(n) {
			return n, true
		}
	}
	return node{}, false
}

// watch looks at the screen until it is as wanted, or within has passed. Where
// it never was, seen says what was on the screen last.
func watch(ctx context.Context, h Handset, within time.Duration, wanted func([]node) bool) (ok bool, seen string, err error) {
	ok, err = poll(ctx, h, within, func() (bool, error) {
		screen, err := dumpViews(ctx, h)
		if errors.Is(err, errNoScreen) {
			seen = err.Error()
			return false, nil
		}
		if err != nil {
			return false, err
		}
		seen = summary(screen)
		return wanted(screen), nil
	})
	return ok, fmt.Sprintf("within %s: %s", within, seen), err
}

// summary names the packages on the screen.
func summary(screen []node) string {
	var seen []string
	known := map[string]bool{}
	for _, n := range screen {
		if n.Package != "" && !known[n.Package] && len(seen) < 4 {
			seen = append(seen, n.Package)
		}
		known[n.Package] = true
	}
	if len(seen) == 0 {
		return "the screen shows nothing"
	}
	return "the screen shows " + strings.Join(seen, ", ")
}
