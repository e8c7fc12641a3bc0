package scenario

import (
	"context"
	"strconv"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// tap touches a view, or a point:
//
//   - tap: {id: shutter_button}
//   - tap: {text: Continue, within: 20s}
//   - tap: {x: 540, y: 1200}
type tap struct {
	match
	x, y   int // where no view is named
	within time.Duration
}

func readTap(r *reader, at, value ast.Node) Step {
	t := tap{within: patience}
	if value == nil {
		r.problem(at, "", "%q lacks what to tap: id, text, desc, or x and y", "tap")
		return nil
	}
	points := 0
	point := func(to *int) func(ast.Node) {
		return func(n ast.Node) { *to, points = r.number(n, "a point", 0, 20000), points+1 }
	}
	r.fields(value, "tap", append(t.fields(r),
		field{"x", false, point(&t.x)},
		field{"y", false, point(&t.y)},
		field{"within", false, func(n ast.Node) { t.within = r.duration(n, "within") }})...)
	switch {
	case points == 1:
		r.problem(value, "", "tap takes both x and y")
	case points == 2 && t.match != match{}, points == 0 && t.match == match{}:
		r.problem(value, "", "tap takes a view (id, text, desc) or a point (x and y)")
	}
	return t
}

func (t tap) String() string {
	if t.match == (match{}) {
		return "tap " + strconv.Itoa(t.x) + "," + strconv.Itoa(t.y)
	}
	return "tap " + t.match.String()
}

// Do waits for the view and taps its middle. It never taps on a permission
// dialog: only answer does, as the scenario declares it.
func (t tap) Do(ctx context.Context, h Handset, _ Target) (Report, error) {
	var found node
	var asks bool
	ok, seen, err := watch(ctx, h, t.within, func(screen []node) bool {
		_, asks = dialogOn(screen)
		if t.match == (match{}) {
			return !asks
		}
		var there bool
		found, there = t.in(screen)
		return there && found.tappable() && !asks
	})
	switch {
	case err != nil:
		return Report{}, err
	case !ok && asks:
		return Report{}, &Unmet{Expected: "a screen to " + t.String(), Seen: "a permission dialog that the scenario does not answer"}
	case !ok:
		return Report{}, &Unmet{Expected: "a view with " + t.match.String(), Seen: seen}
	case t.match == match{}:
		_, err := command(ctx, h, "input", "tap", strconv.Itoa(t.x), strconv.Itoa(t.y))
		return Report{}, err
	}
	return Report{Package: found.Package}, found.tap(ctx, h)
}
