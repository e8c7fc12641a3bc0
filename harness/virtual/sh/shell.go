package sh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"assay/harness/virtual/disk"
)

const (
	// LongestScript is what the kernel takes as one argument (MAX_ARG_STRLEN).
	LongestScript = 128<<10 - 1
	// deepestCall bounds recursion of a script, in frames of the host's stack. It is
	// looked at once in so many commands, since looking costs as much as a command.
	deepestCall, lookedAt = 4000, 31
	// Killed is the exit status of what SIGKILL ended.
	Killed = 128 + 9
	// BrokenPipe is the exit status of what SIGPIPE ended.
	BrokenPipe = 128 + 13
)

// Script is what a shell is to run.
type Script struct {
	Name  string // $0, and what its messages begin with
	Text  string
	Args  []string // $1 …
	File  bool     // it comes from a file: messages then have its lines
	Flags []string // of sh: -e and its like
}

// shell is one running shell.
type shell struct {
	machine Machine
	run     Script
	dir     string            // that it starts in
	env     map[string]string // that it starts with

	began     time.Time // by the handset's clock
	errors    *gate
	calls     atomic.Int64
	mu        sync.Mutex
	functions map[string]bool // every function that the script declares
	traps     map[int]string  // what is to be done at a signal
	opened    []io.Closer
}

func newShell(m Machine, run Script, errs *gate) *shell {
	return &shell{machine: m, run: run, began: m.Now(), errors: errs, functions: map[string]bool{}, traps: map[int]string{}}
}

// Run runs a shell under this process, with its streams and surroundings.
func (p *Process) Run(ctx context.Context, run Script) int {
	stdin, stdout, stderr := p.Stdin, p.Stdout, p.Stderr
	if len(run.Text) > LongestScript && !run.File {
		fmt.Fprintf(stderr, "%s: Argument list too long\n", run.Name)
		return 126
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out, errs := gates(stdout, stderr)
	defer out.shut()
	s := newShell(p.Machine, run, errs)
	s.dir, s.env = p.Dir, p.Environment()
	defer s.closeAll()
	context.AfterFunc(ctx, s.closeAll)

	file, err := s.parse(strings.NewReader(run.Text), run.Name)
	if err != nil {
		fmt.Fprintf(errs, "%s: %v\n", run.Name, err)
		return 1
	}
	if stdin == nil {
		stdin = strings.NewReader("")
	}
	in, err := s.pipe(stdin)
	if err != nil {
		fmt.Fprintf(errs, "%s: %v\n", run.Name, err)
		return 1
	}
	runner, err := s.runner(in, out, errs)
	if err != nil {
		fmt.Fprintf(errs, "%s: %v\n", run.Name, err)
		return 1
	}
	err = runner.Run(ctx, file)
	if ctx.Err() != nil { // also where what was waited for ended by it
		err = ctx.Err()
	}
	cancel()
	s.closeAll()
	reap(runner)
	return exitStatus(err, run.Name, errs)
}

// runner sets the interpreter up so that every way out of it leads to the
// virtual handset.
func (s *shell) runner(stdin *os.File, stdout, stderr io.Writer) (*interp.Runner, error) {
	options := []interp.RunnerOption{
		interp.Env(newShellEnv(s.env, s.run.Text, s.clock)),
		interp.Dir("/"),
		interp.Params(slices.Concat(s.run.Flags, []string{"--"}, s.run.Args)...),
		interp.CallHandler(s.call),
		interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc { return s.exec }),
		interp.OpenHandler(s.open),
		interp.ReadDirHandler2(s.readDir),
		interp.StatHandler(s.stat),
		interp.AccessHandler(s.access),
	}
	if stdin == nil {
		options = append(options, interp.StdIO(nil, stdout, stderr))
	} else {
		options = append(options, interp.StdIO(stdin, stdout, stderr))
	}
	runner, err := interp.New(options...)
	if err != nil {
		return nil, err
	}
	runner.Dir = s.dir // not by the option, which would ask the host for it
	runner.Reset()
	preamble, err := syntax.NewParser().Parse(strings.NewReader(preamble(s.run, s.env)), "")
	if err != nil {
		return nil, err
	}
	return runner, runner.Run(context.Background(), preamble)
}

// reap waits for what the script left running in the background: its context
// is cancelled, so it ends soon.
func reap(runner *interp.Runner) {
	wait, err := syntax.NewParser().Parse(strings.NewReader("wait"), "")
	if err == nil {
		for _, statement := range wait.Stmts {
			runner.Run(context.Background(), statement)
		}
	}
}

func exitStatus(err error, name string, stderr io.Writer) int {
	var status interp.ExitStatus
	var end ended
	switch {
	case err == nil:
		return 0
	case errors.As(err, &end):
		return int(end)
	case errors.As(err, &status):
		return int(status)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Killed
	}
	fmt.Fprintf(stderr, "%s: %v\n", name, err)
	return 1
}

// pipe makes of a reader what the interpreter reads its input from.
func (s *shell) pipe(from io.Reader) (*os.File, error) {
	if from == nil {
		return nil, nil
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	s.keep(r, w)
	go func() {
		io.Copy(w, from)
		w.Close()
	}()
	return r, nil
}

func (s *shell) keep(c ...io.Closer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened = append(s.opened, c...)
}

func (s *shell) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.opened {
		c.Close()
	}
	s.opened = nil
}

// clobber marks the name of a file that >| is to overwrite.
const clobber = "own:clobber/"

// open opens a file for a redirection. One to read from becomes a pipe, which
// the interpreter can stop reading at any moment.
func (s *shell) open(ctx context.Context, name string, flags int, mode fs.FileMode) (io.ReadWriteCloser, error) {
	hc := interp.HandlerCtx(ctx)
	name, forced := strings.CutPrefix(name, clobber)
	file := disk.Absolute(hc.Dir, name)
	if flags&os.O_TRUNC != 0 && !forced && hc.Env.Get(ownNoClobber).String() != "" {
		if info, err := s.machine.Disk().Stat(file, true); err == nil && info.Mode&disk.ModeKind == disk.ModeRegular {
			return nil, &fs.PathError{Op: s.run.Name + ": can't create", Path: name, Err: disk.EEXIST}
		}
	}
	if flags&os.O_CREATE != 0 {
		mode = 0o666 &^ umaskOf(hc.Env.Get(ownUmask).String())
	}
	f, err := s.machine.Disk().Open(file, flags, mode)
	if err != nil {
		doing := "can't open"
		if flags&os.O_CREATE != 0 {
			doing = "can't create"
		}
		return nil, &fs.PathError{Op: s.run.Name + ": " + doing, Path: name, Err: err}
	}
	if flags&(os.O_WRONLY|os.O_RDWR) != 0 {
		return f, nil
	}
	r, err := s.pipe(f)
	if err != nil {
		return nil, &fs.PathError{Op: s.run.Name + ": can't open", Path: name, Err: err}
	}
	return r, nil
}

// call is asked before every simple command, builtins and functions included.
func (s *shell) call(ctx context.Context, args []string) ([]string, error) {
	var top [1]uintptr
	if s.calls.Add(1)%lookedAt == 0 && runtime.Callers(deepestCall, top[:]) > 0 {
		return nil, errors.New("stack overflow")
	}
	return s.replace(interp.HandlerCtx(ctx), args)
}

// gate passes writes on until it is shut. Both gates of a shell share a lock,
// for the commands of a pipeline write side by side.
type gate struct {
	lock  *sync.Mutex
	to    io.Writer
	done  *bool
	muted bool
}

func gates(stdout, stderr io.Writer) (*gate, *gate) {
	lock, done := new(sync.Mutex), new(bool)
	return &gate{lock: lock, to: stdout, done: done}, &gate{lock: lock, to: stderr, done: done}
}

func (g *gate) Write(p []byte) (int, error) {
	g.lock.Lock()
	defer g.lock.Unlock()
	if *g.done {
		return 0, io.ErrClosedPipe
	}
	if g.to == nil || g.muted && string(p) == noFunction {
		return len(p), nil
	}
	return g.to.Write(p)
}

// noFunction is what the interpreter says where there is nothing to return from.
const noFunction = "return: can only be done from a func or sourced script\n"

// mute keeps that from being seen, or no longer.
func (g *gate) mute(on bool) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.muted = on
}

func (g *gate) shut() {
	g.lock.Lock()
	defer g.lock.Unlock()
	*g.done = true
}
