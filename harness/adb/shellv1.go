package adb

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
)

// Up to Android 6, adbd has no shell v2: output ends with the connection, which
// a pulled cable looks like, and there is no exit status. So the command stands
// between two lines that nobody can guess. The first shows what the terminal
// makes of an end of line, the second proves that the command ended, and how.

// runSentinel runs a command by a service whose output simply ends.
func (d *Device) runSentinel(ctx context.Context, service string, c Command) (int, error) {
	if err := c.check(); err != nil {
		return -1, err
	}
	if c.Stdin != nil {
		return -1, ErrNoStdin
	}
	sentinel := rand.Text()
	conn, err := d.open(ctx, service+wrapped(c.String(), sentinel), c.Total)
	if err != nil {
		return -1, err
	}
	defer conn.Close()
	conn.stream(d.silence(c))
	stdout, _ := c.writers()
	exit, err := between(conn, stdout, sentinel)
	if err != nil {
		conn.abort()
		return -1, conn.meaning(ctx, err)
	}
	return exit, nil
}

// wrapped puts a command line between the two lines: in a subshell, so that an
// "exit" or "exec" in it ends that alone.
func wrapped(line, sentinel string) string {
	return "echo " + sentinel + "b; (" + line + ") </dev/null 2>&1; echo " + sentinel + "e$?"
}

// longestNoise is how much may come before the first line: linkers of some
// handsets warn whenever sh starts.
const longestNoise = 64 << 10

// windows are kept for reuse, as readers are.
var windows = sync.Pool{New: func() any { return new([longestNoise]byte) }}

// between copies to w what stands between the two lines, and gives the exit
// status that the second holds. The end of input before that is an error.
func between(r io.Reader, w io.Writer, sentinel string) (int, error) {
	buf := windows.Get().(*[longestNoise]byte)
	defer windows.Put(buf)
	in := window{r: r, buf: buf[:0]}
	returns, err := in.begin([]byte(sentinel + "b"))
	if err != nil {
		return -1, err
	}
	out := uncooked{w: w, returns: returns}
	end := []byte(sentinel + "e")
	for {
		i := bytes.Index(in.buf, end)
		if i < 0 {
			err = in.pass(len(in.buf)-begun(in.buf, end), &out)
		} else {
			status, read := exitStatus(in.buf[i+len(end):])
			switch read {
			case yes:
				return status, errors.Join(in.pass(i, &out), out.flush())
			case no: // the mark as ps shows it, in the command that is running
				if err := in.pass(i+len(end), &out); err != nil {
					return -1, err
				}
				continue
			}
			err = in.pass(i, &out)
		}
		if err != nil {
			return -1, err
		}
		if err := in.fill(); err != nil {
			if !bytes.HasPrefix(in.buf, end) {
				err = errors.Join(in.pass(len(in.buf), &out), out.flush(), err)
			}
			return -1, err
		}
	}
}

// begun is how many bytes at the end of b may be the beginning of mark. Only so
// many are held back: the newest lines of a stream must not wait for the next.
func begun(b, mark []byte) int {
	for n := min(len(b), len(mark)-1); n > 0; n-- {
		if bytes.HasSuffix(b, mark[:n]) {
			return n
		}
	}
	return 0
}

// window is the stretch of a stream that is being looked at.
type window struct {
	r   io.Reader
	buf []byte
}

// fill reads at least one byte more.
func (in *window) fill() error {
	if len(in.buf) == cap(in.buf) {
		return errors.New("garbled reply: no line where one must stand")
	}
	n, err := in.r.Read(in.buf[len(in.buf):cap(in.buf)])
	in.buf = in.buf[:len(in.buf)+n]
	if n > 0 {
		return nil
	}
	return unexpected(err)
}

// begin reads on until the first line has passed, and says how many carriage
// returns end it.
func (in *window) begin(mark []byte) (int, error) {
	for {
		_, after, found := bytes.Cut(in.buf, mark)
		line, rest, whole := bytes.Cut(after, []byte("\n"))
		if found && whole {
			if len(bytes.Trim(line, "\r")) > 0 || len(line) > mostReturns {
				return 0, fmt.Errorf("garbled reply: %q behind the first mark", abbreviate(string(line)))
			}
			in.buf = in.buf[:copy(in.buf, rest)]
			return len(line), nil
		}
		if err := in.fill(); err != nil {
			return 0, err
		}
	}
}

// pass moves the first n bytes on.
func (in *window) pass(n int, out *uncooked) error {
	err := out.write(in.buf[:n])
	in.buf = in.buf[:copy(in.buf, in.buf[n:])]
	return err
}

type answer int

const (
	no answer = iota
	yes
	notYet
)

// mostReturns is how many carriage returns a terminal is believed to add.
const mostReturns = 4

// exitStatus reads what stands behind the second mark: 0 to 255, and the end of
// the line.
func exitStatus(b []byte) (int, answer) {
	digits := 0
	for digits < len(b) && digits < 4 && b[digits] >= '0' && b[digits] <= '9' {
		digits++
	}
	rest := bytes.TrimLeft(b[digits:], "\r")
	switch {
	case digits > 3, len(b)-digits-len(rest) > mostReturns:
		return 0, no
	case len(rest) == 0:
		return 0, notYet
	case digits == 0 || rest[0] != '\n':
		return 0, no
	}
	status, err := strconv.Atoi(string(b[:digits]))
	if err != nil || status > 255 {
		return 0, no
	}
	return status, yes
}

// uncooked takes back what a terminal made of each end of line: so many carriage
// returns in front of it, no fewer. What does not look like that is left as it
// is.
type uncooked struct {
	w       io.Writer
	returns int    // that the terminal puts before a line feed
	held    int    // carriage returns not yet written, at most so many
	out     []byte // for reuse
}

func (u *uncooked) write(p []byte) error {
	if u.returns == 0 {
		return u.put(p)
	}
	u.out = u.out[:0]
	for _, b := range p {
		switch {
		case b == '\r' && u.held < u.returns:
			u.held++
			continue
		case b == '\n' && u.held == u.returns:
			u.held = 0
		case b != '\r': // one more carriage return than is held pushes the first of them out
			u.release()
		}
		u.out = append(u.out, b)
	}
	return u.put(u.out)
}

func (u *uncooked) release() {
	for ; u.held > 0; u.held-- {
		u.out = append(u.out, '\r')
	}
}

// flush writes what is held.
func (u *uncooked) flush() error {
	u.out = u.out[:0]
	u.release()
	return u.put(u.out)
}

func (u *uncooked) put(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	n, err := u.w.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return &sinkError{err}
	}
	return nil
}
