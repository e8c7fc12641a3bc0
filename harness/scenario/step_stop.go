package scenario

import (
	"context"

	"github.com/goccy/go-yaml/ast"

	"assay/harness/android"
)

// stop ends an app's process: the way Android does when memory is short, which
// spares what the user sees; or by force, which also cancels the app's alarms
// and jobs until it is next opened:
//
//   - stop
//   - stop: force
type stop struct {
	pkg   android.Package // empty: the target's
	force bool
}

func readStop(r *reader, _, value ast.Node) Step {
	var s stop
	if value == nil {
		return s
	}
	if _, ok := pairs(value); ok {
		r.fields(value, "stop",
			field{"package", false, func(n ast.Node) { s.pkg = r.pkg(n) }},
			field{"force", false, func(n ast.Node) { s.force = r.flag(n, "force") }})
		return s
	}
	r.word(value, "way to stop", []string{"force"})
	s.force = true
	return s
}

func (s stop) aimless() bool { return s.pkg == "" }

func (s stop) String() string {
	if s.force {
		return "stop by force"
	}
	return "stop"
}

// Do asks am to kill or to force-stop the package.
func (s stop) Do(ctx context.Context, h Handset, t Target) (Report, error) {
	pkg := either(s.pkg, t.Package)
	word, what := "kill", "a process of "+string(pkg)+" is killed"
	if s.force {
		word, what = "force-stop", string(pkg)+" is force-stopped: its alarms and jobs are cancelled until it is next opened"
	}
	report := Report{Package: string(pkg)}
	if err := h.Change(ctx, what); err != nil {
		return report, err
	}
	_, err := command(ctx, h, "am", word, "--user", "0", string(pkg))
	return report, err
}
