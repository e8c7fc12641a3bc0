package strict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/goccy/go-yaml/scanner"
	"github.com/goccy/go-yaml/token"
)

// Bounds of a file that somebody hands over. An entry is an item of a list, a key
// of a mapping, or a document. A farm of 10,000 handsets, each with the nine
// keys that most have, is within them; the largest persona has 1,200 entries.
const (
	MostBytes   = 4 << 20 // of a file
	MostDepth   = 64      // lists and mappings in one another
	MostEntries = 10_000  // of one list or mapping
	mostInAll   = 10 * MostEntries
)

// The YAML library's tokens take 250 bytes each, and it makes all of a file's
// before anybody can look at one. Each begins at a mark or at a line's start, so
// that the marks, which are counted first, bound the memory: 100 MB at the most.
// A few of them are enough to tell nearly every file that is out of bounds.
const (
	mostMarks = 4 * mostInAll
	fewMarks  = 16_000
	marks     = "[]{},:-?&*!|>'\"#%@`<.\n\r"
)

// ReadFile reads a file that is no longer than MostBytes. Who opens what is no file, a
// FIFO say, might wait for ever.
func ReadFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err := regular(name, info, err); err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readBounded(f, name)
}

// ReadFS reads such a file of a file system.
func ReadFS(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err := regular(name, info, err); err != nil {
		return nil, err
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readBounded(f, name)
}

// regular refuses what is no file.
func regular(name string, info fs.FileInfo, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: no such file%w", name, silent{err})
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s: is a folder: give the file itself", name)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: is not a regular file: give the file itself", name)
	}
	return nil
}

// silent is an error that callers may ask for, and that is told in other words.
type silent struct{ error }

func (silent) Error() string   { return "" }
func (s silent) Unwrap() error { return s.error }

func readBounded(in io.Reader, name string) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(in, MostBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(raw) > MostBytes {
		return nil, tooLong(name)
	}
	return bytes.TrimPrefix(raw, byteOrderMark), nil
}

func tooLong(file string) error {
	text := fmt.Sprintf("the file is longer than %d bytes, the most that is read: split it", MostBytes)
	return &Fault{File: file, Line: 1, Column: 1, Text: text}
}

// Check says whether raw, the text of file, is text, is within the bounds, and has
// neither anchors nor aliases. It builds no tree, takes time and memory in proportion to
// the text, and looks at the very tokens that the YAML library will parse: of two
// lexers one could be deceived. The error is a *Fault. What is no YAML is left for
// the parser to tell.
func Check(file string, raw []byte) error { return check(file, raw, false) }

// Bounds is Check for a reader that follows no alias and refuses them itself.
func Bounds(file string, raw []byte) error { return check(file, raw, true) }

func check(file string, raw []byte, aliases bool) error {
	if len(raw) > MostBytes {
		return tooLong(file)
	}
	if line, column, what := NotText(raw); what != "" {
		return &Fault{File: file, Line: line, Column: column, Text: what}
	}
	for _, most := range []int{fewMarks, mostMarks} {
		end := endOf(raw, most)
		if at, text := firstFault(raw, end, aliases); text != "" {
			return Source{file, raw}.At(at.Line, at.Column, "%s", text)
		}
		if end == len(raw) {
			return nil
		}
	}
	line, column := placeOf(raw, endOf(raw, mostMarks))
	return Source{
		file,
		raw,
	}.At(
		line,
		column,
		"more than %d signs such as %s and line ends: split the file",
		mostMarks,
		strings.TrimSpace(marks),
	)
}

// endOf gives where the first most marks of a text end.
func endOf(raw []byte, most int) int {
	at := 0
	for range most {
		n := bytes.IndexAny(raw[at:], marks)
		if n < 0 {
			return len(raw)
		}
		at += n + 1
	}
	return at
}

// placeOf gives the line and the column, in characters, of the byte before end.
func placeOf(raw []byte, end int) (line, column int) {
	before := raw[:max(end-1, 0)]
	return bytes.Count(before, []byte("\n")) + 1, len([]rune(string(before[bytes.LastIndexByte(before, '\n')+1:]))) + 1
}

// firstFault looks at the tokens of raw[:end], and gives the place of the first
// that is out of bounds and what is wrong with it, or "".
func firstFault(raw []byte, end int, aliases bool) (at *token.Position, text string) {
	var s scanner.Scanner
	s.Init(string(raw[:end]))
	n := nesting{aliases: aliases}
	for {
		tokens, err := s.Scan()
		if end < len(raw) { // what the text was cut off in may be something else
			tokens = tokens[:max(len(tokens)-3, 0)]
		}
		for i, t := range tokens {
			if text := n.token(t, previous(tokens, i)); text != "" {
				return n.at.Position, text
			}
		}
		if err != nil { // the text's end, or what is no YAML: the parser tells
			return nil, ""
		}
	}
}

func previous(tokens token.Tokens, i int) *token.Token {
	if i == 0 {
		return nil
	}
	return tokens[i-1]
}
