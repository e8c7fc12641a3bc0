package sh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync/atomic"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"

	"assay/harness/virtual/disk"
)

// exec runs a command that is neither a function nor one of the interpreter's
// builtins.
func (s *shell) exec(ctx context.Context, args []string) error {
	hc := interp.HandlerCtx(ctx)
	if name, ok := strings.CutPrefix(args[0], Own); ok {
		if end, ok := endingNamed(name); ok {
			return end(ctx, s, hc, args)
		}
	}
	return s.command(ctx, hc, args)
}

// command runs a command that ends nothing but itself.
func (s *shell) command(ctx context.Context, hc interp.HandlerContext, args []string) error {
	out := &watched{to: hc.Stdout}
	p := &Process{
		Machine: s.machine, Argv: args, Stdin: hc.Stdin, Stdout: out, Stderr: hc.Stderr, Dir: hc.Dir, All: hc.Env,
		Env:      func(name string) string { return hc.Env.Get(name).String() },
		Exported: func() map[string]string { return exported(hc.Env) },
	}
	if p.Stdin == nil {
		p.Stdin = strings.NewReader("")
	}
	status := s.start(ctx, p, int(hc.Pos.Line()))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if out.broken.Load() {
		return hc.Builtin(ctx, []string{"exit", fmt.Sprint(BrokenPipe)})
	}
	return exitWith(status)
}

// exported are the variables that a shell hands on to what it starts.
func exported(env expand.Environ) map[string]string {
	vars := map[string]string{}
	env.Each(func(name string, v expand.Variable) bool {
		if v.Exported && v.IsSet() && !hidden[name] {
			vars[name] = v.String()
		}
		return true
	})
	return vars
}

func (s *shell) start(ctx context.Context, p *Process, line int) int {
	if name, ok := strings.CutPrefix(p.Argv[0], Own); ok {
		p.Argv = append([]string{name}, p.Argv[1:]...)
		if builtin, ok := shellBuiltinNamed(name); ok {
			return builtin(ctx, s, p)
		}
		if c, ok := s.machine.Builtin(name); ok {
			return c(ctx, p)
		}
	}
	name := p.Argv[0]
	if strings.Contains(name, "/") {
		return s.startFile(ctx, p, line)
	}
	if c, ok := s.machine.Command(p.Argv); ok {
		return c(ctx, p)
	}
	return s.notFound(p.Stderr, name, line)
}

// IsProgramDir says whether the image has programs in a folder.
func IsProgramDir(dir string) bool { return programDirs[dir] }

var programDirs = map[string]bool{
	"/bin": true, "/product/bin": true, "/system/bin": true, "/system/xbin": true, "/vendor/bin": true,
	"/apex/com.android.runtime/bin": true, "/odm/bin": true, "/vendor/xbin": true,
}

// startFile runs a program of the image by its path, or a script.
func (s *shell) startFile(ctx context.Context, p *Process, line int) int {
	name := disk.Absolute(p.Dir, p.Argv[0])
	if IsProgramDir(path.Dir(name)) {
		bare := append([]string{path.Base(name)}, p.Argv[1:]...)
		if c, ok := s.machine.Command(bare); ok {
			p.Argv = bare
			return c(ctx, p)
		}
	}
	info, err := s.machine.Disk().Stat(name, true)
	switch {
	case err != nil:
		return s.notFound(p.Stderr, p.Argv[0], line)
	case info.Mode&disk.ModeKind == disk.ModeDir:
		err = disk.EISDIR
	case info.Mode&0o111 == 0:
		err = disk.EACCES
	}
	if err != nil {
		fmt.Fprintf(p.Stderr, "%s%s: can't execute: %v\n", s.prefix(line), p.Argv[0], err)
		return 126
	}
	return p.RunScript(ctx, name, p.Argv[0], p.Argv[1:])
}

// RunScript runs a file of the handset as a shell script.
func (p *Process) RunScript(ctx context.Context, file, name string, args []string) int {
	f, err := p.Machine.Disk().Open(file, os.O_RDONLY, 0)
	if err != nil {
		fmt.Fprintf(p.Stderr, "%s: can't open %s: %v\n", p.Argv[0], name, err)
		return 127
	}
	defer f.Close()
	script, err := io.ReadAll(io.LimitReader(f, LongestScript+1))
	switch {
	case err != nil:
		fmt.Fprintf(p.Stderr, "%s: %s: %v\n", p.Argv[0], name, err)
		return 126
	case strings.HasPrefix(string(script), "\x7fELF"): // of another machine than this, as mksh sees it (exec.c, scriptexec)
		bits := 32
		if len(script) > 4 && script[4] == 2 {
			bits = 64
		}
		fmt.Fprintf(p.Stderr, "%s: %s: not executable: %d-bit ELF file\n", p.Argv[0], name, bits)
		return 126
	case len(script) > LongestScript || strings.ContainsRune(string(script), 0):
		fmt.Fprintf(p.Stderr, "%s: %s: not executable: not a script that this shell can run\n", p.Argv[0], name)
		return 126
	}
	return p.Run(ctx, Script{Name: name, Text: string(script), Args: args, File: true})
}

// notFound says, as mksh does, that there is no such command: R57, of Android
// 10, changed the wording.
func (s *shell) notFound(stderr io.Writer, name string, line int) int {
	wording := "not found"
	if s.machine.SDK() >= 29 {
		wording = "inaccessible or not found"
	}
	fmt.Fprintf(stderr, "%s%s: %s\n", s.prefix(line), name, wording)
	return 127
}

func (s *shell) prefix(line int) string {
	if s.run.File {
		return fmt.Sprintf("%s[%d]: ", s.run.Name, line)
	}
	return s.run.Name + ": "
}

// watched notes that what reads a command's output has gone away.
type watched struct {
	to     io.Writer
	broken atomic.Bool
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	var full disk.Errno
	if err != nil && !errors.As(err, &full) {
		w.broken.Store(true)
	}
	return n, err
}

func (s *shell) stat(ctx context.Context, name string, follow bool) (fs.FileInfo, error) {
	info, err := s.machine.Disk().Stat(name, follow)
	if err != nil {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: err}
	}
	return fileInfo{info}, nil
}

func (s *shell) access(ctx context.Context, name string, mode interp.AccessMode) error {
	info, err := s.machine.Disk().Stat(name, true)
	if err != nil {
		return err
	}
	bits := info.Mode & 0o7
	if info.Owner == disk.ShellUser {
		bits = info.Mode >> 6 & 0o7
	}
	if bits&uint32(mode) != uint32(mode) {
		return disk.EACCES
	}
	return nil
}

func (s *shell) readDir(ctx context.Context, name string) ([]fs.DirEntry, error) {
	dir := disk.Absolute(interp.HandlerCtx(ctx).Dir, name)
	names, err := s.machine.Disk().List(dir)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	entries := make([]fs.DirEntry, 0, len(names))
	for _, name := range names {
		if info, err := s.machine.Disk().Stat(path.Join(dir, name), false); err == nil {
			entries = append(entries, fs.FileInfoToDirEntry(fileInfo{info}))
		}
	}
	return entries, nil
}

// fileInfo is what the kernel says of a file, as the interpreter takes it.
type fileInfo struct{ of disk.Info }

func (f fileInfo) Name() string       { return f.of.Name }
func (f fileInfo) Size() int64        { return f.of.Size }
func (f fileInfo) ModTime() time.Time { return f.of.Changed }
func (f fileInfo) IsDir() bool        { return f.of.IsDir() }
func (f fileInfo) Sys() any           { return nil }

func (f fileInfo) Mode() fs.FileMode {
	mode := fs.FileMode(f.of.Mode & 0o777)
	switch f.of.Mode & disk.ModeKind {
	case disk.ModeDir:
		mode |= fs.ModeDir
	case disk.ModeLink:
		mode |= fs.ModeSymlink
	case disk.ModeDevice:
		mode |= fs.ModeDevice | fs.ModeCharDevice
	}
	return mode
}
