package replay

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

	"assay/harness/virtual/persona"
	"assay/harness/virtual/sh"
)

// Open reads a recording: an evidence bundle (a folder with a manifest.json), or
// a folder of loose print-outs. It gives the persona of its handset too. What was not
// recorded is refused where isAndroid says that Android itself has a program of that
// name. Files are read when they are asked for, so the folder must stay.
func Open(dir string, isAndroid func(name string) bool) (*Recording, *persona.Persona, error) {
	r := &Recording{dir: dir, isAndroid: isAndroid, answers: map[string][]recorded{}, asked: map[string]int{}}
	p, err := r.readBundle()
	if errors.Is(err, fs.ErrNotExist) {
		p, err = r.readFolder()
	}
	if err != nil {
		return nil, nil, fmt.Errorf("replay %s: %w", dir, err)
	}
	return r, p, nil
}

// Recording is what a replayed handset was recorded to print.
type Recording struct {
	dir       string
	isAndroid func(name string) bool // whether Android itself has such a program
	answers   map[string][]recorded  // by command line, in the order in which they were taken
	scripts   []string               // command lines that are scripts of the shell, longest first
	services  []string               // of dumpsys, sorted
	props     map[string]string

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
func (r *Recording) next(line string) (recorded, bool) {
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

func (r *Recording) add(line string, a recorded) {
	r.answers[line] = append(r.answers[line], a)
}

// open opens a file of the folder and no other: a bundle may come from anybody.
func (r *Recording) open(file string) (io.ReadCloser, error) {
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
func (r *Recording) read(file string) (string, error) {
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
func (r *Recording) play(ctx context.Context, p *sh.Process, a recorded, goesOn bool) int {
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

// Script puts, in a script that is to run, our own command in the place of
// every script that was recorded.
func (r *Recording) Script(script string) string {
	for i, s := range r.scripts {
		if strings.Contains(script, s) {
			return strings.Replace(script, s, fmt.Sprintf("%s%s %d", sh.Own, playsScript, i), 1)
		}
	}
	return script
}

// playsScript names the command that Script puts in.
const playsScript = "recorded"

// Builtin finds that command.
func (r *Recording) Builtin(name string) (sh.Command, bool) { return r.playScript, name == playsScript }

// playScript is that command.
func (r *Recording) playScript(ctx context.Context, p *sh.Process) int {
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
