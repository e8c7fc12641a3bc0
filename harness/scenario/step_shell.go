package scenario

import (
	"context"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// shell runs a command on the handset. One that changes anything says what, and
// how that is taken back:
//
//   - shell: dumpsys battery
//   - shell: [settings, get, secure, location_mode]
//   - shell:
//     run: [settings, put, secure, location_mode, "0"]
//     changes: {what: location is switched off, undo: [settings, put, secure, location_mode, "3"]}
type shell struct {
	run  []string
	what string // empty: it only reads
	undo []string
}

// reading are the commands that only read, by their first words, with the most
// words that may follow (-1: any). Whatever is not here must say what it changes.
var reading = []struct {
	words []string
	more  int
}{
	{[]string{"appops", "get"}, -1},
	{[]string{"cat"}, -1},
	{[]string{"cmd", "appops", "get"}, -1},
	{[]string{"cmd", "appops", "query-op"}, -1},
	{[]string{"cmd", "package", "list"}, -1},
	{[]string{"cmd", "package", "query-activities"}, -1},
	{[]string{"cmd", "package", "query-receivers"}, -1},
	{[]string{"cmd", "package", "query-services"}, -1},
	{[]string{"cmd", "package", "resolve-activity"}, -1},
	{[]string{"cmd", "role", "get-role-holders"}, -1},
	{[]string{"date"}, 0},
	{[]string{"df"}, -1},
	{[]string{"dumpsys"}, 1},
	{[]string{"dumpsys", "package"}, 1},
	{[]string{"echo"}, -1},
	{[]string{"getprop"}, -1},
	{[]string{"id"}, -1},
	{[]string{"ls"}, -1},
	{[]string{"pidof"}, -1},
	{[]string{"pm", "list"}, -1},
	{[]string{"pm", "path"}, -1},
	{[]string{"ps"}, -1},
	{[]string{"settings", "get"}, -1},
	{[]string{"settings", "list"}, -1},
	{[]string{"stat"}, -1},
	{[]string{"true"}, 0},
	{[]string{"uptime"}, 0},
	{[]string{"wc"}, -1},
	{[]string{"wm", "density"}, 0},
	{[]string{"wm", "size"}, 0},
}

func readShell(r *reader, at, value ast.Node) Step {
	var s shell
	if value == nil {
		r.problem(at, "", "%q lacks the command", "shell")
		return nil
	}
	if _, ok := pairs(value); !ok {
		s.run = r.argv(value, "command")
	} else {
		r.fields(value, "shell",
			field{"run", true, func(n ast.Node) { s.run = r.argv(n, "command") }},
			field{"changes", false, func(n ast.Node) {
				r.fields(n, "changes",
					field{"what", true, func(n ast.Node) { s.what = r.text(n, "what") }},
					field{"undo", false, func(n ast.Node) { s.undo = r.argv(n, "undo") }})
			}})
	}
	if len(s.run) > 0 && s.what == "" && !reads(s.run) {
		r.problem(value, "", "%q may change the handset; say what under %q", strings.Join(s.run[:min(3, len(s.run))], " "), "changes")
	}
	return s
}

// argv reads a list of words; or a line, which the handset's shell splits where
// it uses more of the shell than spaces.
func (r *reader) argv(n ast.Node, what string) []string {
	var argv []string
	if _, ok := n.(*ast.SequenceNode); ok {
		r.texts(n, what, func(_ ast.Node, w string) { argv = append(argv, w) })
		return argv
	}
	line := r.text(n, what)
	if strings.ContainsAny(line, "'\"\\$`;&|<>()*?[]{}~#\n") {
		return []string{"sh", "-c", line}
	}
	return strings.Fields(line)
}

func reads(argv []string) bool {
	for _, c := range reading {
		n := len(c.words)
		if len(argv) >= n && slices.Equal(argv[:n], c.words) && (c.more < 0 || len(argv)-n <= c.more) {
			return true
		}
	}
	return false
}

func (s shell) String() string { return "shell " + strings.Join(s.run, " ") }

// Do runs the command, after its change is in the journal, and reads back what it
// has set. What it prints is kept, in short, as the step's detail.
func (s shell) Do(ctx context.Context, h Handset, _ Target) (Report, error) {
	e := effectOf(s.run)
	if e.part != "" {
		if err := hold(ctx, h, e.part); err != nil {
			return Report{}, err
		}
	}
	if s.what != "" {
		if err := h.Change(ctx, s.what, s.undo...); err != nil {
			return Report{}, err
		}
	}
	out, err := command(ctx, h, s.run...)
	if err != nil {
		return Report{}, err
	}
	if err := e.readBack(ctx, h, s.run); err != nil {
		return Report{}, err
	}
	return Report{Detail: "printed " + quoted(out)}, nil
}
