package sh

import (
	"context"
	"fmt"
	"io"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Session is a shell that a person types into: adb shell without a command. It
// prompts, runs each line as it comes, and keeps variables and directory.
func Session(ctx context.Context, m Machine, in io.Reader, terminal io.Writer) int {
	out, _ := gates(terminal, nil) // keys are shown while a command prints
	defer out.shut()
	typed, feed := io.Pipe()
	defer typed.Close()
	go func() { feed.CloseWithError(discipline(in, feed, out)) }()
	run := Script{Name: "/system/bin/sh"}
	s := newShell(m, run, out)
	s.dir, s.env = "/", Environment(m)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer s.closeAll()
	defer context.AfterFunc(ctx, s.closeAll)()
	runner, err := s.runner(nil, out, out)
	if err != nil {
		fmt.Fprintf(out, "%s: %v\n", run.Name, err)
		return 1
	}
	status, device := 0, m.Property("ro.product.device")
	prompt := func() { fmt.Fprintf(out, "%s:%s $ ", device, runner.Dir) }
	prompt()
	lines := lineReader{typed}
	pending := ""
	for {
		line, err := lines.next()
		if err != nil {
			break
		}
		pending += line
		file, err := s.parse(strings.NewReader(pending), run.Name)
		if err != nil && incomplete(pending) {
			io.WriteString(out, "> ")
			continue
		}
		pending = ""
		if err != nil {
			fmt.Fprintf(out, "%s: %v\n", run.Name, err)
			status = 1
			prompt()
			continue
		}
		for _, statement := range file.Stmts {
			status = exitStatus(runner.Run(ctx, statement), run.Name, out)
			if runner.Exited() || ctx.Err() != nil {
				cancel()
				reap(runner)
				return status
			}
		}
		prompt()
	}
	cancel()
	reap(runner)
	return status
}

// incomplete says whether a text ends in the middle of a command.
func incomplete(text string) bool {
	_, err := syntax.NewParser(syntax.Variant(syntax.LangMirBSDKorn)).Parse(strings.NewReader(text), "")
	return syntax.IsIncomplete(err)
}

// lineReader reads lines, with their ends, one byte at a time.
type lineReader struct{ r io.Reader }

func (l lineReader) next() (string, error) {
	var line []byte
	var b [1]byte
	for len(line) < LongestScript {
		if _, err := io.ReadFull(l.r, b[:]); err != nil {
			return string(line), err
		}
		line = append(line, b[0])
		if b[0] == '\n' {
			break
		}
	}
	return string(line), nil
}

// discipline is what a terminal does with keys: it shows them, turns Return into
// a line's end, takes characters back, drops the line on Ctrl-C and ends the
// input on Ctrl-D.
func discipline(keys io.Reader, lines io.Writer, echo io.Writer) error {
	var line []byte
	buffer := make([]byte, 1024)
	for {
		n, err := keys.Read(buffer)
		for _, key := range buffer[:n] {
			switch key {
			case '\r', '\n':
				io.WriteString(echo, "\n")
				if _, err := lines.Write(append(line, '\n')); err != nil {
					return err
				}
				line = line[:0]
			case 3: // Ctrl-C
				io.WriteString(echo, "^C\n")
				line = line[:0]
				if _, err := lines.Write([]byte{'\n'}); err != nil {
					return err
				}
			case 4: // Ctrl-D
				if len(line) == 0 {
					return io.EOF
				}
			case 8, 127: // Backspace
				if len(line) > 0 {
					line = line[:len(line)-1]
					io.WriteString(echo, "\b \b")
				}
			default:
				if len(line) < LongestScript {
					line = append(line, key)
					echo.Write([]byte{key})
				}
			}
		}
		if err != nil {
			return err
		}
	}
}
