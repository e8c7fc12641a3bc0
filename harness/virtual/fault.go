package virtual

import "time"

// FaultKind names what goes wrong with a handset, its hub or the adb server.
type FaultKind string

// Kinds of fault. Faults lists what each does, heeds and where it can be had.
const (
	BlackHole     FaultKind = "server-silent"
	BootLoop      FaultKind = "bootloop"
	BrownOut      FaultKind = "brownout"
	Chatty        FaultKind = "chatty"
	Climb         FaultKind = "climb"
	ClockJump     FaultKind = "clock"
	Crash         FaultKind = "crash"
	CutLines      FaultKind = "cut-lines"
	CutOff        FaultKind = "cut"
	DeepTree      FaultKind = "deep-tree"
	Doze          FaultKind = "doze"
	Drain         FaultKind = "drain"
	DumpTimeout   FaultKind = "dump-timeout"
	Endless       FaultKind = "endless"
	Escapes       FaultKind = "escapes"
	Flapping      FaultKind = "flap"
	Full          FaultKind = "full"
	Heat          FaultKind = "heat"
	Hung          FaultKind = "hung"
	Keyguard      FaultKind = "keyguard"
	Kicked        FaultKind = "kick"
	LogFilter     FaultKind = "log-filter"
	LogOff        FaultKind = "log-off"
	LongLine      FaultKind = "long-line"
	Mute          FaultKind = "mute"
	NotResponding FaultKind = "anr"
	Offline       FaultKind = "offline"
	OtherLocale   FaultKind = "locale"
	Overlay       FaultKind = "overlay"
	Overrun       FaultKind = "overrun"
	Prune         FaultKind = "prune"
	Question      FaultKind = "permission"
	Reboot        FaultKind = "reboot"
	Refused       FaultKind = "refused"
	SameSerial    FaultKind = "serial"
	ServerRestart FaultKind = "server-restart"
	ServerVersion FaultKind = "server-version"
	Silent        FaultKind = "silent"
	Slow          FaultKind = "slow"
	Stale         FaultKind = "stale"
	SystemRestart FaultKind = "system-restart"
	Truncated     FaultKind = "truncated"
	Unauthorized  FaultKind = "unauthorized"
	Unplugged     FaultKind = "unplugged"
	Unreadable    FaultKind = "unreadable"
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
	Kind       FaultKind
	After      int           // begins once so many services have been opened
	Match      string        // a service, or of kinds that touch commands a command line, that holds this: the only ones touched; what sets off the others
	Skip       int           // of those that match, so many are let by first
	AfterBytes int64         // of output, of what is touched or sets the fault off
	Rate       int64         // bytes a second
	Count      int64         // lines, entries, boots, times …: see the kind's row
	By         time.Duration // how far a clock jumps
	What       string        // a locale, a permission, a serial …: see the kind's row
	Scope      string        // of kinds that touch what is printed: empty, inside or script; see ScopeInside
	Says       string        // what a mute command says on stderr, instead of its own words
	Times      int           // how many services or commands are touched, 0: all; how often services set it off, 0: once
	Back       int           // over after so many looks at the device list or attempts to reach the handset, of kinds that change the state: services; 0: see the row
	For        time.Duration // over after so long, on the wall; 0: see the row
}
