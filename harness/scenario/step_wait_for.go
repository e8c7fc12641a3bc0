package scenario

import (
	"context"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// waitFor waits until a view is on the screen, or is gone from it:
//
//   - wait-for: {id: shutter_button}
//   - wait-for: {package: com.example.app, within: 30s}
//   - wait-for: {text: Loading, gone: true}
//   - wait-for: {dialog: permission}
type waitFor struct {
	match
	dialog bool // a permission dialog, whatever it asks for
	gone   bool
	within time.Duration
}

func readWaitFor(r *reader, at, value ast.Node) Step {
	w := waitFor{within: patience}
	if value == nil {
		r.problem(at, "", "%q lacks what to wait for: id, text, desc, package or dialog", "wait-for")
		return nil
	}
	r.fields(value, "wait-for", append(w.fields(r),
		field{"package", false, func(n ast.Node) { w.pkg = string(r.pkg(n)) }},
		field{"dialog", false, func(n ast.Node) { w.dialog = r.word(n, "dialog", []string{"permission"}) != "" }},
		field{"gone", false, func(n ast.Node) { w.gone = r.flag(n, "gone") }},
		field{"within", false, func(n ast.Node) { w.within = r.duration(n, "within") }})...)
	if (w.match == match{}) != w.dialog {
		r.problem(value, "", "wait-for takes a view (id, text, desc, package) or a dialog")
	}
	return w
}

func (w waitFor) what() string {
	if w.dialog {
		return "a permission dialog"
	}
	return "a view with " + w.match.String()
}

func (w waitFor) String() string {
	if w.gone {
		return "wait until " + w.what() + " is gone"
	}
	return "wait for " + w.what()
}

// Do watches the screen.
func (w waitFor) Do(ctx context.Context, h Handset, _ Target) (Report, error) {
	ok, seen, err := watch(ctx, h, w.within, func(screen []node) bool {
		_, there := w.in(screen)
		if w.dialog {
			_, there = dialogOn(screen)
		}
		return there != w.gone
	})
	if err != nil {
		return Report{}, err
	}
	if !ok && w.gone {
		return Report{}, &Unmet{Expected: w.what() + " to be gone", Seen: "still there " + seen}
	}
	if !ok {
		return Report{}, &Unmet{Expected: w.what(), Seen: seen}
	}
	return Report{}, nil
}
