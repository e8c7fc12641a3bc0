package main

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"assay": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Condition: func(cond string) (bool, error) {
			if cond == "corpus" {
				_, err := os.Stat(corpus)
				return err == nil, nil
			}
			return false, errors.New("unknown condition")
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("BIN", filepath.SplitList(e.Getenv("PATH"))[0]) // where assay is, and no other program
			path, err := filepath.Abs(corpus)
			e.Setenv("CORPUS", path)
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"closedport": fillClosed,
			"corrupt":    corrupt,
			"exits":      exits,
			"fill":       fill,
			"listening":  listening,
		},
	})
}

const corpus = "../../../shared/corpus"

// exits runs a program and wants one exit status of it: exits 2 assay run …
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS PROGRAM [ARG…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s: exit status %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// listening waits until a server has written to a file where it listens, and sets a
// variable to that address: listening FILE VARIABLE. How long that may take is for the
// test's own deadline to say: a busy host takes its time.
func listening(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: listening FILE VARIABLE")
	}
	said := regexp.MustCompile(`adb server on (\S+): `)
	for ; ; time.Sleep(20 * time.Millisecond) {
		raw, err := os.ReadFile(ts.MkAbs(args[0]))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			ts.Fatalf("%v", err)
		}
		if found := said.FindSubmatch(raw); found != nil {
			_, port, err := net.SplitHostPort(string(found[1]))
			ts.Check(err)
			ts.Setenv(args[1], port)
			return
		}
	}
}

// fill puts the values of variables in files: fill FILE…
func fill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: fill FILE…")
	}
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o644))
	}
}

// fillClosed writes an address at which nothing listens into a file: for CLOSED one at
// which assay starts no adb server, since it may be another computer's; for UNUSED
// one of this host.
func fillClosed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: closedport FILE")
	}
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	ts.Check(err)
	ts.Check(ln.Close())
	_, port, err := net.SplitHostPort(ln.Addr().String())
	ts.Check(err)
	text := strings.NewReplacer("CLOSED", net.JoinHostPort("0.0.0.0", port), "UNUSED", ln.Addr().String()).Replace(ts.ReadFile(args[0]))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

// corrupt changes one byte of the file that a pattern finds.
func corrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: corrupt PATTERN")
	}
	found, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(found) == 0 {
		ts.Fatalf("no file matches %s", args[0])
	}
	raw, err := os.ReadFile(found[0])
	ts.Check(err)
	if len(raw) == 0 {
		ts.Fatalf("%s is empty", found[0])
	}
	raw[len(raw)/2] ^= 0x20
	ts.Check(os.WriteFile(found[0], raw, 0o644))
}
