package sh

import (
	"fmt"
	"hash/fnv"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
)

// Environment is what adbd gives the shell that it starts (adb, daemon/shell_service.cpp).
func Environment(m Machine) map[string]string {
	return map[string]string{
		"ANDROID_ASSETS":   "/system/app",
		"ANDROID_BOOTLOGO": "1",
		"ANDROID_DATA":     "/data",
		"ANDROID_ROOT":     "/system",
		"ANDROID_STORAGE":  "/storage",
		"EXTERNAL_STORAGE": "/sdcard",
		"HOME":             "/",
		"HOSTNAME":         m.Property("ro.product.device"),
		"LOGNAME":          "shell",
		"PATH":             "/product/bin:/apex/com.android.runtime/bin:/system/bin:/system/xbin:/odm/bin:/vendor/bin:/vendor/xbin",
		"SHELL":            "/bin/sh",
		"TERM":             "dumb",
		"USER":             "shell",
	}
}

// Variables that stand for what the interpreter would otherwise take from the
// host; the parser puts them in the place of $$ and its like.
const (
	ownPID    = "__shell_pid"
	parentPID = "__shell_ppid"
	unset     = "__shell_unset"

	ownUmask     = "__shell_umask"     // what umask set, octal; unset: 0, as adbd leaves it
	ownNoClobber = "__shell_noclobber" // set -C
)

// hidden are the variables that a script may read and does not see listed.
var hidden = map[string]bool{ownPID: true, parentPID: true, ownUmask: true, ownNoClobber: true, "UID": true, "EUID": true, "GID": true}

// shellEnv is the environment that a shell starts with.
type shellEnv struct {
	vars  map[string]string
	names []string // sorted
	clock func(name string) string
}

func newShellEnv(vars map[string]string, script string, clock func(name string) string) *shellEnv {
	e := &shellEnv{vars: maps.Clone(vars), clock: clock}
	e.vars["UID"], e.vars["EUID"], e.vars["GID"] = "2000", "2000", "2000"
	e.vars[ownPID] = strconv.Itoa(shellPID(script))
	e.vars[parentPID] = strconv.Itoa(AdbdPID)
	e.names = slices.Sorted(maps.Keys(e.vars))
	return e
}

// times are the variables of which the clock makes the value.
var times = []string{"EPOCHREALTIME", "SECONDS"}

// clock gives such a variable's value: the time, or the seconds since the shell began.
func (s *shell) clock(name string) string {
	now := s.machine.Now()
	switch name {
	case "EPOCHREALTIME":
		return fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/1000)
	case "SECONDS":
		return strconv.Itoa(int(now.Sub(s.began).Seconds()))
	}
	return ""
}

// umaskOf reads what umask set in a shell.
func umaskOf(text string) fs.FileMode {
	mask, err := strconv.ParseUint(text, 8, 12)
	if err != nil {
		return 0
	}
	return fs.FileMode(mask)
}

// Mode is what is left of a new file's mode.
func (p *Process) Mode(mode fs.FileMode) fs.FileMode {
	if p.Env == nil {
		return mode
	}
	return mode &^ umaskOf(p.Env(ownUmask))
}

// AdbdPID is the process ID of adbd, which a shell has as its parent.
const AdbdPID = 402

// shellPID is the process ID of a shell: it follows from the script, so that a
// run can be repeated.
func shellPID(script string) int { return 9000 + int(Seed(script)%18000) }

// Seed is a number that follows from words, for what would otherwise be drawn by lot.
func Seed(words ...string) uint32 {
	sum := fnv.New32a()
	for _, w := range words {
		sum.Write([]byte(w))
		sum.Write([]byte{0})
	}
	return sum.Sum32()
}

// preamble seeds what would otherwise be drawn by lot, and names the directory
// of temporary files, which the interpreter must not see as it is made: it
// would look for that directory on the host.
func preamble(run Script, env map[string]string) string {
	text := fmt.Sprintf("RANDOM=%d\nexport TMPDIR=/data/local/tmp\n", Seed(run.Text)%32768)
	if _, ok := env["HOME"]; !ok {
		text += "unset HOME\n"
	}
	return text
}

// Get gives a variable. TMPDIR leads nowhere on the host; the home of another
// user is not looked up there either.
func (e *shellEnv) Get(name string) expand.Variable {
	if name == "TMPDIR" {
		return stringVariable("/dev/null/none")
	}
	if user, ok := strings.CutPrefix(name, "HOME "); ok {
		return stringVariable("~" + user)
	}
	if value, ok := e.vars[name]; ok {
		return stringVariable(value)
	}
	if slices.Contains(times, name) {
		return expand.Variable{Set: true, Kind: expand.String, Str: e.clock(name)}
	}
	if name == "HOME" { // the interpreter would ask the host for it
		return stringVariable("")
	}
	return expand.Variable{}
}

func stringVariable(value string) expand.Variable {
	return expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: value}
}

// Each gives every variable, sorted.
func (e *shellEnv) Each(fn func(name string, v expand.Variable) bool) {
	for _, name := range e.names {
		if !fn(name, stringVariable(e.vars[name])) {
			return
		}
	}
	for _, name := range times {
		if !fn(name, e.Get(name)) {
			return
		}
	}
}
