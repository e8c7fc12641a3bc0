package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"assay/harness/android"
	"assay/harness/lab"
)

func notifyFlag(f *pflag.FlagSet) {
	f.String("notify", "", "command of yours, for sh, that is run when a handset needs a hand and when the run has ended; "+
		"told by JSON on its input and by ASSAY_NOTIFY_* in its environment")
}

// notice is what a command of the lab is told, as JSON.
type notice struct {
	Event   string         `json:"event"` // handset, run-ended
	Run     string         `json:"run"`   // its folder
	Handset *noticeHandset `json:"handset,omitempty"`
	Ended   *noticeEnd     `json:"ended,omitempty"`
}

// noticeHandset is a handset that needs a hand.
type noticeHandset struct {
	Brand  string `json:"brand"`
	Model  string `json:"model"`
	Serial string `json:"serial"` // as the journal names it: with its port where two share it
	State  string `json:"state"`  // unauthorized, offline, quarantined, refused …
	Cause  string `json:"cause"`
	Remedy string `json:"remedy"`
}

// noticeEnd is how a run ended.
type noticeEnd struct {
	Status   int    `json:"status"` // assay's exit status
	Means    string `json:"means"`
	Error    string `json:"error,omitempty"`
	Handsets int    `json:"handsets"` // that were owed something
	Unusable int    `json:"unusable"`
	Infra    int    `json:"infra"` // jobs that the lab's faults ended
}

// means says what an exit status does.
var means = map[int]string{
	exitOK:          "ran; nothing flagged; coverage complete",
	exitFlagged:     "something was flagged",
	exitUsage:       "usage or configuration; no handset was touched",
	exitNothing:     "nothing matched",
	exitIncomplete:  "coverage incomplete: some verdict is Unknown",
	exitInfra:       "infrastructure failed",
	exitInterrupted: "interrupted",
}

// Bounds of what is told: of a text in JSON and of one in the environment, in
// columns; and of what a command says that failed, in bytes.
const (
	mostText = 2000
	mostWord = 300
	mostSaid = 4 << 10
)

// notifier runs a command of the lab's, one notice after another, beside the run. A
// nil one tells nobody.
type notifier struct {
	command string
	run     string
	each    time.Duration // that one command may take
	rest    time.Duration // that those may take which the run's end finds waiting

	mu      sync.Mutex
	told    map[string]bool
	waiting []notice
	closed  bool
	more    chan struct{} // buffered
	over    chan struct{} // closed when the last has been told
	failed  []string
}

// notifier is that of a run whose folder is dir; nil where nobody asked for one.
func (a *app) notifier(dir string) *notifier {
	command := a.set.GetString("notify")
	if strings.TrimSpace(command) == "" {
		return nil
	}
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	return newNotifier(command, dir)
}

func newNotifier(command, dir string) *notifier {
	n := &notifier{command: command, run: dir, each: 30 * time.Second, rest: 2 * time.Minute,
		told: map[string]bool{}, more: make(chan struct{}, 1), over: make(chan struct{})}
	go n.work()
	return n
}

// hand tells of a handset that needs a hand, each reason once. It does not wait.
func (n *notifier) hand(h lab.Hand) {
	if n == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	reason := h.Key + "\x00" + h.State + "\x00" + h.Cause
	if n.closed || n.told[reason] {
		return
	}
	n.told[reason] = true
	text := func(s string) string { return android.Printable(s, mostText) }
	n.waiting = append(n.waiting, notice{Event: "handset", Run: n.run, Handset: &noticeHandset{
		Brand: text(h.Brand), Model: text(h.Model), Serial: text(h.Key), State: text(h.State), Cause: text(h.Cause), Remedy: text(h.Remedy),
	}})
	n.wake()
}

func (n *notifier) wake() {
	select {
	case n.more <- struct{}{}:
	default:
	}
}

// ended tells how the run ended, once all else has been told or its time is over. It
// gives the error as it came: what becomes of a notice decides nothing. Which were
// not told is told.
func (n *notifier) ended(a *app, summary lab.Summary, err error) error {
	if n == nil {
		return err
	}
	end := noticeEnd{Status: a.exitStatus(err), Handsets: summary.Handsets, Unusable: summary.Unusable, Infra: summary.Infra}
	end.Means = means[end.Status]
	var s *status
	if err != nil && (!errors.As(err, &s) || s.err != nil) {
		end.Error = android.Printable(strings.ReplaceAll(err.Error(), "\n", "; "), mostText)
	}
	n.mu.Lock()
	n.closed = true
	n.wake()
	n.mu.Unlock()
	<-n.over
	n.invoke(notice{Event: "run-ended", Run: n.run, Ended: &end})
	for _, f := range n.failed {
		a.log.Warn("notify", "err", f)
	}
	return err
}

// work tells what waits, until the run has ended and nothing does.
func (n *notifier) work() {
	defer close(n.over)
	var deadline time.Time // of all that the run's end found waiting
	for {
		next, closed := n.next()
		switch {
		case closed && deadline.IsZero():
			deadline = time.Now().Add(n.rest)
		case closed && time.Now().After(deadline) && next != nil:
			n.fail(fmt.Sprintf("%d notices of handsets were not sent: those before them took too long", 1+n.left()))
			return
		}
		switch {
		case next != nil:
			n.invoke(*next)
		case closed:
			return
		default:
			<-n.more
		}
	}
}

func (n *notifier) next() (next *notice, closed bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.waiting) > 0 {
		next, n.waiting = &n.waiting[0], n.waiting[1:]
	}
	return next, n.closed
}

func (n *notifier) left() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.waiting)
}

// mostFailed is how many notices that failed are told one by one.
const mostFailed = 10

func (n *notifier) fail(why string) {
	switch {
	case len(n.failed) < mostFailed:
		n.failed = append(n.failed, why)
	case len(n.failed) == mostFailed:
		n.failed = append(n.failed, "and more")
	}
}

// invoke runs the command. Its text is the operator's alone: what a handset or a file
// said comes to it by its input and by its environment, and by no word of a command.
func (n *notifier) invoke(about notice) {
	input, err := json.Marshal(about)
	if err != nil {
		n.fail(err.Error())
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), n.each)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", n.command)
	cmd.Stdin = bytes.NewReader(append(input, '\n'))
	said := &firstOf{most: mostSaid}
	cmd.Stdout, cmd.Stderr = said, said
	cmd.Env = about.environment(os.Environ())
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that all of it ends, and Ctrl-C is the run's alone
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	if ctx.Err() != nil {
		err = fmt.Errorf("it had not ended within %v", n.each)
	}
	if err != nil && !errors.Is(err, exec.ErrWaitDelay) { // which is what it left in the background
		line, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
		n.fail(strings.TrimSuffix(fmt.Sprintf("%s: %v: %s", about.summary(), err, android.Printable(line, mostWord)), ": "))
	}
}

// summary is the notice in a line.
func (about notice) summary() string {
	if h := about.Handset; h != nil {
		return fmt.Sprintf("%s %s (%s) needs a hand: %s", h.Brand, h.Model, h.Serial, h.State)
	}
	return fmt.Sprintf("run %s ended with status %d: %s", filepath.Base(about.Run), about.Ended.Status, about.Ended.Means)
}

// environment adds the notice's words to an environment: each on one line, printable
// and short. One that does not apply is empty. The flag that led here is left out: a
// command that runs assay does not notify in its turn.
func (about notice) environment(env []string) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(v string) bool { return strings.HasPrefix(v, "ASSAY_NOTIFY") })
	var h noticeHandset
	status := ""
	if about.Handset != nil {
		h = *about.Handset
	}
	if about.Ended != nil {
		status = strconv.Itoa(about.Ended.Status)
	}
	for _, v := range []struct{ name, value string }{
		{"EVENT", about.Event}, {"RUN", about.Run}, {"SUMMARY", about.summary()}, {"STATUS", status},
		{"BRAND", h.Brand}, {"MODEL", h.Model}, {"SERIAL", h.Serial}, {"STATE", h.State}, {"CAUSE", h.Cause}, {"REMEDY", h.Remedy},
	} {
		most := mostWord
		if v.name == "RUN" {
			most = mostText // a path that was cut is none
		}
		env = append(env, "ASSAY_NOTIFY_"+v.name+"="+android.Printable(v.value, most))
	}
	return env
}

// firstOf keeps the first bytes of what is written to it.
type firstOf struct {
	bytes.Buffer
	most int
}

func (f *firstOf) Write(p []byte) (int, error) {
	f.Buffer.Write(p[:min(len(p), max(0, f.most-f.Len()))])
	return len(p), nil
}
