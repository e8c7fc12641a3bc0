package scenario

import (
	"context"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"assay/harness/android"
)

// launch opens an app as its icon would, or by an intent:
//
//   - launch
//   - launch: {package: com.example.app}
//   - launch: {action: android.intent.action.VIEW, data: "about:blank"}
type launch struct {
	pkg    android.Package // empty: the target's
	intent Intent          // zero: as the icon does
}

func readLaunch(r *reader, _, value ast.Node) Step {
	var l launch
	if value == nil {
		return l
	}
	fields := append(r.intentFields(&l.intent), field{"package", false, func(n ast.Node) { l.pkg = r.pkg(n) }})
	fields[0].must = false
	r.fields(value, "launch", fields...)
	if l.intent.Action == "" && l.intent != (Intent{}) {
		r.problem(value, "", "launch by an intent lacks %q", "action")
	}
	return l
}

func (l launch) aimless() bool { return l.pkg == "" }

func (l launch) String() string {
	words := []string{"launch"}
	if l.pkg != "" {
		words = append(words, string(l.pkg))
	}
	if l.intent != (Intent{}) {
		words = append(words, "by "+l.intent.String())
	}
	return strings.Join(words, " ")
}

// Do starts the app with am start -W, which prints Status: ok once its window is
// drawn (frameworks/base cmds/am, Am.java; from Android 8 services core
// …/am/ActivityManagerShellCommand.java). What starting an app changes is undone
// by going home and letting Android kill its process if it may: never by a
// force-stop, which would cancel the app's alarms.
func (l launch) Do(ctx context.Context, h Handset, t Target) (Report, error) {
	pkg := either(l.pkg, t.Package)
	report := Report{Package: string(pkg)}
	argv, err := l.argv(ctx, h, pkg, t)
	if err != nil {
		return report, err
	}
	if err := h.Change(ctx, "a process of "+string(pkg)+" is started", "am", "kill", "--user", "0", string(pkg)); err != nil {
		return report, err
	}
	if err := h.Change(ctx, string(pkg)+" is brought to the front", "input", "keyevent", "KEYCODE_HOME"); err != nil {
		return report, err
	}
	out, err := command(ctx, h, argv...)
	if err != nil {
		return report, err
	}
	if !started(out) {
		return report, &Unmet{Expected: string(pkg) + " to start", Seen: "am start said " + quoted(out)}
	}
	report.Detail = "started " + strings.Join(argv[3:], " ")
	return report, nil
}

func (l launch) argv(ctx context.Context, h Handset, pkg android.Package, t Target) ([]string, error) {
	start := []string{"am", "start", "-W", "--user", "0"}
	if l.intent != (Intent{}) {
		return append(append(start, l.intent.args()...), "-p", string(pkg)), nil
	}
	at := t.Component
	if l.pkg != "" || at == "" {
		found, err := Resolve(ctx, h, Subject{Package: pkg}, Overrides{})
		if err != nil {
			return nil, err
		}
		at = found[0].Component
	}
	if at == "" {
		return nil, &Unmet{Expected: "a launcher's icon for " + string(pkg), Seen: "it has none"}
	}
	return append(append(start, main("LAUNCHER").args()...), "-n", at), nil
}

// started says whether am start -W told of success. An app whose window takes
// longer than am waits has started too; a screen that is already there is brought
// to the front with a warning, and its status is ok.
func started(out string) bool {
	for line := range strings.Lines(out) {
		switch line = strings.TrimSpace(line); {
		case line == "Status: ok", line == "Status: timeout":
			return true
		case strings.HasPrefix(line, "Error"):
			return false
		}
	}
	return false
}

// either is the package that a step names itself, or else its target's.
func either(own, target android.Package) android.Package {
	if own != "" {
		return own
	}
	return target
}
