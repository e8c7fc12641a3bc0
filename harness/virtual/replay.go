package virtual

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"assay/harness/virtual/sh"
)

// Replay makes a handset that prints what another one printed: from an evidence
// bundle (a folder with a manifest.json), or from a folder of loose print-outs
// that are named after their commands, such as getprop.txt,
// dumpsys_appops.txt.gz or logcat_events.txt. What was not recorded is answered
// as by a handset that lacks the service. Files are read when they are asked
// for, so the folder must stay.
func Replay(dir string) (*Handset, error) {
	r := &recording{dir: dir, answers: map[string][]recorded{}, asked: map[string]int{}}
	p, err := r.readBundle()
	if errors.Is(err, fs.ErrNotExist) {
		p, err = r.readFolder()
	}
	if err != nil {
		return nil, fmt.Errorf("replay %s: %w", dir, err)
	}
	h := New(p, 0)
	h.replay = r
	return h, nil
}

// recording is what a replayed handset was recorded to print.
type recording struct {
	dir      string
	answers  map[string][]recorded // by command line, in the order in which they were taken
	scripts  []string              // command lines that are scripts of the shell, longest first
	services []string              // of dumpsys, sorted
	props    map[string]string

	mu    sync.Mutex
	asked map[string]int // how often each command line was asked
}

// recorded is one print-out.
type recorded struct {
	file   string // in the folder, with slashes
	exit   int
	stderr string
}

// mostRead bounds what is read of a print-out or manifest at once, in bytes.
const mostRead = 64 << 20

// largestPrintOut bounds what a packed print-out may unpack to, in bytes.
const largestPrintOut = 1 << 30

// next gives the answer to a command line: what was taken first at first, and
// the last again and again.
func (r *recording) next(line string) (recorded, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.answers[line]
	if len(all) == 0 {
		return recorded{}, false
	}
	n := min(r.asked[line], len(all)-1)
	r.asked[line]++
	return all[n], true
}

func (r *recording) add(line string, a recorded) {
	r.answers[line] = append(r.answers[line], a)
}

// open opens a file of the folder and no other: a bundle may come from anybody.
func (r *recording) open(file string) (io.ReadCloser, error) {
	root, err := os.OpenRoot(r.dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	f, err := root.Open(filepath.FromSlash(file))
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, fmt.Errorf("%s is not a regular file", file)
	}
	if path.Ext(file) != ".gz" {
		return f, nil
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(z, largestPrintOut), f}, nil
}

// read reads a print-out of moderate size.
func (r *recording) read(file string) (string, error) {
	f, err := r.open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, mostRead))
	return string(text), err
}

// play prints a recorded answer. One to a command that goes on until it is
// stopped, such as logcat without -d, stays open.
func (r *recording) play(ctx context.Context, p *sh.Process, a recorded, goesOn bool) int {
	f, err := r.open(a.file)
	if err != nil {
		return p.Complain("recording: %v", err)
	}
	defer f.Close()
	if _, err := io.Copy(p.Stdout, sh.Cancellable(ctx, f)); err != nil {
		return p.Complain("recording: %v", err)
	}
	io.WriteString(p.Stderr, a.stderr)
	if goesOn {
		<-ctx.Done()
		return sh.Killed
	}
	return a.exit
}

// withScripts puts, in a script that is to run, our own command in the place of
// every script that was recorded.
func (r *recording) withScripts(script string) string {
	for i, s := range r.scripts {
		if strings.Contains(script, s) {
			return strings.Replace(script, s, fmt.Sprintf("%s%s %d", sh.Own, playsScript, i), 1)
		}
	}
	return script
}

// playsScript names the command that withScripts puts in.
const playsScript = "recorded"

// playScript is that command.
func (r *recording) playScript(ctx context.Context, p *sh.Process) int {
	n := 0
	if len(p.Argv) != 2 {
		return 127
	}
	if _, err := fmt.Sscan(p.Argv[1], &n); err != nil || n < 0 || n >= len(r.scripts) {
		return 127
	}
	a, _ := r.next(scriptLine(r.scripts[n]))
	return r.play(ctx, p, a, false)
}

// scriptLine is the key of a script among the answers.
func scriptLine(script string) string { return "sh -c " + script }

// commandLine is the key of a command among the answers.
func commandLine(argv []string) string { return strings.Join(argv, " ") }
