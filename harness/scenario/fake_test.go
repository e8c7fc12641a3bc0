package scenario

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// fake is a handset that answers from a list of print-outs.
type fake struct {
	sdk int
	// says has the answers to a command, in order; the last is given again and
	// again. A command that is not there is "not found".
	says map[string][]string
	// does runs before a command answers, for what changes the handset.
	does func(f *fake, command string)

	ran     []string
	changes []change
	held    map[string]string
	slept   time.Duration
	cut     error // what every command ends with, where the way to the handset is lost
	plays   Scenario
}

type change struct{ what, undo string }

// exit is a command's exit status, as the lab gives it.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }
func (e exit) ExitCode() int { return int(e) }

func (f *fake) SDK() int { return f.sdk }

func (f *fake) Shell(ctx context.Context, argv ...string) (string, error) {
	if argv[0] == "sh" { // one command after another
		var all string
		var err error
		for command := range strings.SplitSeq(argv[2], "; ") {
			var out string
			out, err = f.Shell(ctx, strings.Fields(command)...)
			all += out
		}
		return all, err
	}
	if argv[0] == "echo" {
		return strings.Join(argv[1:], " ") + "\n", nil
	}
	command := strings.Join(argv, " ")
	f.ran = append(f.ran, command)
	if f.cut != nil {
		return "", f.cut
	}
	if f.does != nil {
		f.does(f, command)
	}
	answers, ok := f.says[command]
	if !ok {
		return "", exit(127)
	}
	out := answers[0]
	if len(answers) > 1 {
		f.says[command] = answers[1:]
	}
	if strings.HasPrefix(out, "exit 1\n") {
		return out[len("exit 1\n"):], exit(1)
	}
	return out, nil
}

func (f *fake) Sleep(_ context.Context, d time.Duration) error {
	f.slept += d
	return nil
}

// Change refuses what could not be taken back once the journal is all that is left.
func (f *fake) Change(_ context.Context, what string, undo ...string) error {
	if err := f.plays.Undoable(undo); err != nil && len(undo) > 0 {
		return err
	}
	f.changes = append(f.changes, change{what, strings.Join(undo, " ")})
	return nil
}

// Hold refuses what could not be compared once the journal is all that is left.
func (f *fake) Hold(ctx context.Context, part, state string) error {
	if _, told := f.held[part]; told {
		return nil
	}
	if _, _, err := Standing(ctx, &fake{sdk: f.sdk, says: map[string][]string{}}, part); err != nil {
		return err
	}
	if f.held == nil {
		f.held = map[string]string{}
	}
	f.held[part] = state
	return nil
}

// undos are the commands that take the changes back, in the order in which they
// were journalled.
func (f *fake) undos() []string {
	var all []string
	for _, c := range f.changes {
		all = append(all, c.undo)
	}
	return all
}

// shows puts screens before uiautomator, one a look.
func (f *fake) shows(screens ...string) {
	f.says["rm -f "+dumped] = []string{""}
	f.says["uiautomator dump "+dumped] = []string{"UI hierchary dumped to: " + dumped + "\n"}
	f.says["cat "+dumped] = screens
}

// tapped are the points that were tapped.
func (f *fake) tapped() []string {
	var all []string
	for _, c := range f.ran {
		if at, ok := strings.CutPrefix(c, "input tap "); ok {
			all = append(all, at)
		}
	}
	return all
}

// screen prints views as uiautomator dump does: each is ID|TEXT|PACKAGE, one
// hundred pixels below the one before.
func screen(views ...string) string {
	var b strings.Builder
	b.WriteString(`<?xml version='1.0' encoding='UTF-8' standalone='yes' ?><hierarchy rotation="0">`)
	b.WriteString(`<node index="0" text="" resource-id="" class="android.widget.FrameLayout" package="" content-desc="" bounds="[0,0][1080,2400]">`)
	for i, v := range views {
		w := append(strings.Split(v, "|"), "", "")
		fmt.Fprintf(&b, `<node index="%d" text="%s" resource-id="%s" class="android.widget.Button" package="%s" content-desc="" `+
			`checkable="false" checked="false" clickable="true" enabled="true" bounds="[0,%d][200,%d]" />`, i, w[1], w[0], w[2], i*100, i*100+50)
	}
	b.WriteString(`</node></hierarchy>`)
	return b.String()
}

// permissionScreen is Android's dialog, with the message first.
func permissionScreen(pkg, message string, buttons ...string) string {
	views := []string{pkg + ":id/permission_message|" + message + "|" + pkg}
	for _, b := range buttons {
		views = append(views, pkg+":id/"+b+"||"+pkg)
	}
	return screen(views...)
}

// dump prints dumpsys package of one app of user 0, as a release does.
func dump(sdk int, pkg string, grants ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Packages:\n  Package [%s] (1dc7f3):\n    userId=10441\n    codePath=/system/app/X\n    requested permissions:\n", pkg)
	for _, g := range grants {
		name, _, _ := strings.Cut(g, ":")
		fmt.Fprintf(&b, "      android.permission.%s\n", name)
	}
	b.WriteString("    install permissions:\n      android.permission.INTERNET: granted=true\n")
	b.WriteString("    User 0: ceDataInode=1 installed=true hidden=false stopped=false\n      gids=[3003]\n      runtime permissions:\n")
	for _, g := range grants {
		w := append(strings.Split(g, ":"), "", "")
		if w[1] == "" {
			continue
		}
		if sdk >= 29 {
			fmt.Fprintf(&b, "        android.permission.%s: granted=%s, flags=[ %s]\n", w[0], w[1], w[2])
			continue
		}
		fmt.Fprintf(&b, "        android.permission.%s: granted=%s, flags=[ %s ]\n", w[0], w[1], strings.ReplaceAll(w[2], "|", " "))
	}
	b.WriteString("    User 10: installed=true\n      gids=[]\n      runtime permissions:\n        android.permission.CAMERA: granted=true, flags=[ SYSTEM_FIXED ]\n")
	fmt.Fprintf(&b, "\nHidden system packages:\n  Package [%s] (2ab):\n    requested permissions:\n      android.permission.READ_SMS\n", pkg)
	b.WriteString("    User 0:\n      runtime permissions:\n        android.permission.CAMERA: granted=true\n")
	if sdk >= 24 {
		fmt.Fprintf(&b, "\n\nDexopt state:\n  [%s]\n", pkg)
	}
	return b.String()
}
