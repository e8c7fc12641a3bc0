package farm

import (
	"github.com/rogpeppe/go-internal/lockedfile"

	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Claims keeps in a folder what the processes of this host have leased, so that
// no two have one handset. A claim frees itself when its process is dead or its
// term is over.
type Claims struct{ dir string }

// OpenClaims names the folder, which is made with the first claim.
func OpenClaims(dir string) *Claims { return &Claims{dir: dir} }

// The names in the folder.
const (
	claimsDir  = "leases"
	claimsLock = "leases.lock"
)

// claimed is a claim as it stands in its file.
type claimed struct {
	Handset string `json:"handset"` // key of the entry
	Server  string `json:"server"`  // adb server by which it is reached, host:port
	Path    string `json:"path,omitempty"`
	PID     int    `json:"pid"`
	identity
	Born    string    `json:"born,omitempty"` // when the process began, as the kernel counts: another of that PID is another
	Since   time.Time `json:"since"`
	Expires time.Time `json:"expires,omitzero"` // zero: while the process lives
}

// claim is one that this process has made.
type claim struct {
	in   *Claims
	file string

	mu      sync.Mutex
	is      claimed
	written time.Time
}

// where is the key of the handset at a place among all that this host's
// processes may lease. One on the network is the same by whichever adb server it
// is reached; one on a cable is the same by all those of one computer.
func where(server string, p Place) string {
	if p.Row.Path == "" {
		return p.Entry.Key()
	}
	return computer(server) + "\x00" + p.Entry.Key()
}

// claim claims the handset at a place. The error is a *NotReady that wraps
// ErrLeased where a process that lives has a claim on it that holds.
func (c *Claims) claim(server string, p Place, term time.Duration) (*claim, error) {
	sum := sha256.Sum256([]byte(where(server, p)))
	mine := &claim{in: c, file: filepath.Join(c.dir, claimsDir, hex.EncodeToString(sum[:8])+".json")}
	now := time.Now().UTC()
	mine.is = claimed{Handset: p.Entry.Key(), Server: server, Path: p.Row.Path, PID: os.Getpid(), Born: born(os.Getpid()), Since: now}
	return mine, c.alone(func() error {
		other, err := readClaim(mine.file)
		if err != nil {
			return err
		}
		if other != nil && other.holds(now) {
			return other.refusal()
		}
		return mine.write(now, term)
	})
}

// alone does something while no other process does, in a folder that is there.
func (c *Claims) alone(do func() error) (err error) {
	if err := os.MkdirAll(filepath.Join(c.dir, claimsDir), 0o700); err != nil {
		return &stateError{fmt.Errorf("claim: %w", err)}
	}
	unlock, err := lockedfile.MutexAt(filepath.Join(c.dir, claimsLock)).Lock()
	if err != nil {
		return &stateError{fmt.Errorf("claim: %w", err)}
	}
	defer unlock()
	return do()
}

// Check says why no handset can be claimed, where the folder cannot be written: no
// handset is to blame for that, and none is leased. The error is ErrState.
func (c *Claims) Check() error {
	if c == nil {
		return nil
	}
	return c.alone(func() error {
		f, err := os.CreateTemp(filepath.Join(c.dir, claimsDir), ".check-*")
		if err == nil {
			err = errors.Join(f.Close(), os.Remove(f.Name()))
		}
		if err != nil {
			return &stateError{fmt.Errorf("claim: %w", err)}
		}
		return nil
	})
}

// ErrState is wrapped by the error of a folder of state that cannot be used: it is
// the host's fault.
var ErrState = errors.New("the folder of state cannot be used")

type stateError struct{ err error }

func (e *stateError) Error() string { return ErrState.Error() + ": " + e.err.Error() }

func (e *stateError) Unwrap() []error { return []error{ErrState, e.err} }

// readClaim reads a claim; nil where there is none. One that cannot be read is an
// error, never a free handset.
func readClaim(file string) (*claimed, error) {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("claim: %s is not a regular file; move it away", file)
	}
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	var is claimed
	if err := json.Unmarshal(raw, &is); err != nil || is.PID <= 0 {
		return nil, fmt.Errorf("claim: %s says nothing that can be read; remove it if no other assay runs", file)
	}
	return &is, nil
}

// holds says whether the claim's process lives and its term is not over.
func (is claimed) holds(now time.Time) bool {
	if !is.Expires.IsZero() && !now.Before(is.Expires) {
		return false
	}
	err := syscall.Kill(is.PID, 0)
	return (err == nil || errors.Is(err, syscall.EPERM)) && is.Born == born(is.PID)
}

func (is claimed) refusal() error {
	return is.refusalAs("")
}

// refusalAs is the refusal of a handset that is leased under another name.
func (is claimed) refusalAs(name string) error {
	since := is.Since.Format("2006-01-02 15:04:05 UTC")
	n := &NotReady{State: Leased, Cause: fmt.Sprintf("process %d has leased it%s since %s", is.PID, name, since),
		Remedy: "wait for that run, or end it", Err: ErrLeased}
	if !is.Expires.IsZero() {
		n.Cause += ", until " + is.Expires.Format("15:04:05 UTC") + " if it does not renew that"
	}
	return n
}

// write puts the claim into its file, in one piece. It need not outlast a loss of
// power: its process would not either.
func (c *claim) write(now time.Time, term time.Duration) error {
	if term > 0 {
		c.is.Expires = now.Add(term)
	}
	raw, err := json.MarshalIndent(c.is, "", "  ")
	if err != nil {
		return fmt.Errorf("claim: %w", err)
	}
	next := c.file + ".new" // whoever writes holds the lock
	if err := os.WriteFile(next, append(raw, '\n'), 0o600); err != nil {
		return &stateError{fmt.Errorf("claim: %w", err)}
	}
	if err := os.Rename(next, c.file); err != nil {
		return &stateError{fmt.Errorf("claim: %w", err)}
	}
	c.written = now
	return nil
}

// renew lets the claim hold for another term. It goes to the disk no more often
// than each quarter of a term. The error is ErrLapsed where somebody else has
// claimed the handset since, which can be where this process was stopped for
// longer than its term.
func (c *claim) renew(term time.Duration) error {
	if c == nil || term <= 0 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now().UTC()
	if now.Sub(c.written) < term/4 {
		return nil
	}
	return c.in.alone(func() error {
		mine, err := c.stands()
		if err != nil {
			return err
		}
		if !mine {
			return ErrLapsed
		}
		return c.write(now, term)
	})
}

// identify enters which handset the claim is on. The error is a *NotReady that wraps
// ErrLeased where a process that lives has a claim on the same one, by another way to
// it; ErrLapsed where this claim is over.
func (c *claim) identify(is identity) error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.in.alone(func() error {
		mine, err := c.stands()
		if err != nil {
			return err
		}
		if !mine {
			return ErrLapsed
		}
		now := time.Now().UTC()
		if other := c.in.another(c.file, is, now); other != nil {
			return other.refusalAs(" as " + other.Handset + " of adb server " + other.Server)
		}
		written := c.written
		c.is.identity = is
		err = c.write(now, 0)
		c.written = written // its end has not moved
		return err
	})
}

// another finds a claim that holds on a handset, in another file. One that cannot be
// read is refused under the name that it has.
func (c *Claims) another(file string, is identity, now time.Time) *claimed {
	files, err := os.ReadDir(filepath.Join(c.dir, claimsDir))
	if err != nil {
		return nil
	}
	for _, f := range files {
		name := filepath.Join(c.dir, claimsDir, f.Name())
		if other, err := readClaim(name); name != file && err == nil && other != nil && other.identity.is(is) && other.holds(now) {
			return other
		}
	}
	return nil
}

// drop ends the claim.
func (c *claim) drop() error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.in.alone(func() error {
		mine, err := c.stands()
		if err != nil || !mine {
			return err
		}
		return os.Remove(c.file)
	})
}

// stands says whether the file still holds this claim.
func (c *claim) stands() (bool, error) {
	now, err := readClaim(c.file)
	if err != nil || now == nil {
		return false, err
	}
	return now.PID == c.is.PID && now.Born == c.is.Born && now.Since.Equal(c.is.Since), nil
}

// born is when a process began, in ticks since the host was booted (proc(5),
// /proc/PID/stat, field 22); empty where the kernel does not say.
func born(pid int) string {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	text := string(raw) // the second field is a name in parentheses, which may hold any
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	const began = 22 - 3 // the first field after the name is the third
	if len(fields) <= began {
		return ""
	}
	return fields[began]
}
