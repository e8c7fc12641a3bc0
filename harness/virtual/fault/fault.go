package fault

import "time"

// Kind names what goes wrong with a handset, its hub or the adb server.
type Kind string

// Kinds of fault. Faults lists what each does, heeds and where it can be had.
const (
	BlackHole     Kind = "server-silent"
	BootLoop      Kind = "bootloop"
	BrownOut      Kind = "brownout"
	Chatty        Kind = "chatty"
	Climb         Kind = "climb"
	ClockJump     Kind = "clock"
	Crash         Kind = "crash"
	CutLines      Kind = "cut-lines"
	CutOff        Kind = "cut"
	DeepTree      Kind = "deep-tree"
	Doze          Kind = "doze"
	Drain         Kind = "drain"
	DumpTimeout   Kind = "dump-timeout"
	Endless       Kind = "endless"
	Escapes       Kind = "escapes"
	Flapping      Kind = "flap"
	Full          Kind = "full"
	Heat          Kind = "heat"
	Hung          Kind = "hung"
	Keyguard      Kind = "keyguard"
	Kicked        Kind = "kick"
	LogFilter     Kind = "log-filter"
	LogOff        Kind = "log-off"
	LongLine      Kind = "long-line"
	Mute          Kind = "mute"
	NotResponding Kind = "anr"
	Offline       Kind = "offline"
	OtherLocale   Kind = "locale"
	Overlay       Kind = "overlay"
	Overrun       Kind = "overrun"
	Prune         Kind = "prune"
	Question      Kind = "permission"
	Reboot        Kind = "reboot"
	Refused       Kind = "refused"
	SameSerial    Kind = "serial"
	ServerRestart Kind = "server-restart"
	ServerVersion Kind = "server-version"
	Silent        Kind = "silent"
	Slow          Kind = "slow"
	Stale         Kind = "stale"
	SystemRestart Kind = "system-restart"
	Truncated     Kind = "truncated"
	Unauthorized  Kind = "unauthorized"
	Unplugged     Kind = "unplugged"
	Unreadable    Kind = "unreadable"
)

// Scopes of a fault that touches what is printed. Without one it touches each
// program whose own command line holds Match, wherever it runs, but for echo,
// print and printf, which are the shell's own words.
const (
	// ScopeInside touches all programs that a shell command runs which holds Match, but
	// for echo, print, printf and date: headings that the command itself prints stay.
	ScopeInside = "inside"
	// ScopeScript touches the whole shell command that holds Match, headings and all.
	ScopeScript = "script"
)

// Fault is one thing that goes wrong. Where none of After, Match and AfterBytes
// says otherwise it is there from the start, and touches every service or
// command. Kinds heed what their row of Faults lists.
type Fault struct {
	Kind       Kind
	After      int           // begins once so many services have been opened
	Match      string        // services, or of kinds that touch commands command lines, that hold this alone are touched, or set it off
	Skip       int           // of those that match, so many are let by first
	AfterBytes int64         // of output, of what is touched or sets the fault off
	Rate       int64         // bytes a second
	Count      int64         // lines, entries, boots, times …: see the kind's row
	By         time.Duration // how far a clock jumps
	What       string        // a locale, a permission, a serial …: see the kind's row
	Scope      string        // of kinds that touch what is printed: empty, inside or script; see ScopeInside
	Says       string        // what a mute command says on stderr, instead of its own words
	Times      int           // how many services or commands are touched, 0: all; how often services set it off, 0: once
	Back       int           // over after so many looks at the device list, or services, of kinds that change the state; 0: see the row
	For        time.Duration // over after so long, on the wall; 0: see the row
}
