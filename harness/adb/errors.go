package adb

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

// What an adb server says of a handset that it does not let through. Callers
// branch on these with errors.Is.
var (
	ErrUnauthorized  = errors.New("handset has not authorized this computer")
	ErrOffline       = errors.New("handset is offline")
	ErrNoDevice      = errors.New("no such handset")
	ErrAmbiguous     = errors.New("more than one handset answers to this serial")
	ErrNoPermissions = errors.New("this computer's user may not open the handset's USB device")
	ErrOtherMode     = errors.New("handset is not running Android")
	ErrNoServer      = errors.New("no adb server answers")
	ErrNoBinary      = errors.New("no adb program on PATH")
	ErrTooLong       = errors.New("command is too long for the handset")
	ErrNoStdin       = errors.New("handset without shell v2 takes no standard input")
)

// Owners of a fault, as Owner gives them.
const (
	OwnerHost    = "host"
	OwnerServer  = "adb server"
	OwnerHandset = "handset"
)

// TransportLost says that a reply ended before it was whole. What came until
// then has been written, and proves nothing by its absence.
type TransportLost struct {
	Owner string // OwnerServer where the server is gone too, else OwnerHandset
	Bytes int64  // of the reply, until it was cut
	Err   error  // what the socket said: io.EOF, connection reset; or how the reply was garbled
}

func (e *TransportLost) Error() string {
	return fmt.Sprintf("transport lost after %d bytes of reply: %v", e.Bytes, bare(e.Err))
}

// bare leaves the addresses out of a socket's error: their ports are other ones
// each time, and two runs of one story must tell it alike.
func bare(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

func (e *TransportLost) Unwrap() error { return e.Err }

// ExitError says that a command ran to its end, and that its exit status was
// not 0.
type ExitError struct {
	Command string // as the handset's sh was given it
	Exit    int    // 1 to 255; 128+n for a signal n
	Stderr  string // its first 64 KiB; empty where the handset lacks shell v2, which merges it with stdout
}

func (e *ExitError) Error() string {
	line, _, _ := strings.Cut(strings.TrimSpace(e.Stderr), "\n")
	if line == "" {
		return fmt.Sprintf("exit status %d", e.Exit)
	}
	return fmt.Sprintf("exit status %d: %s", e.Exit, abbreviate(line))
}

// ExitCode is the command's exit status.
func (e *ExitError) ExitCode() int { return e.Exit }

// Deadline names one of the four limits of time.
type Deadline string

// Deadlines.
const (
	DeadlineDial      Deadline = "dial"      // to reach the adb server
	DeadlineHandshake Deadline = "handshake" // for the server, then the handset, to take a request
	DeadlineSilence   Deadline = "silence"   // no byte either way
	DeadlineTotal     Deadline = "total"     // the whole call
)

// Timeout says which limit of time was reached. It unwraps to
// os.ErrDeadlineExceeded.
type Timeout struct {
	Deadline Deadline
	After    time.Duration // the limit
	Owner    string        // who was being waited for
}

func (e *Timeout) Error() string {
	switch e.Deadline {
	case DeadlineSilence:
		return fmt.Sprintf("silent for %v", e.After)
	case DeadlineTotal:
		return fmt.Sprintf("not finished after %v", e.After)
	}
	return fmt.Sprintf("no answer from the %s within %v (%s)", e.Owner, e.After, e.Deadline)
}

// Timeout is true: the method by which net and others know such errors.
func (e *Timeout) Timeout() bool { return true }

func (e *Timeout) Unwrap() error { return os.ErrDeadlineExceeded }

// OutputLimit says that a command printed more than it was allowed to. What came
// within the limit has been written.
type OutputLimit struct {
	Stream string // stdout or stderr
	Limit  int64  // bytes
}

func (e *OutputLimit) Error() string {
	return fmt.Sprintf("%s is longer than %d bytes", e.Stream, e.Limit)
}

// Refused is a FAIL whose text has no meaning of its own to callers.
type Refused struct {
	Service string // what was asked for
	Text    string // the reason given; "closed" where the handset gave none
	Owner   string // OwnerServer or OwnerHandset
}

func (e *Refused) Error() string {
	return fmt.Sprintf("%s refused %q: %s", e.Owner, abbreviate(e.Service), abbreviate(e.Text))
}

// abbreviate keeps an error message to one line of sensible length.
func abbreviate(s string) string {
	const most = 160
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
