package main

import (
	"bytes"
	"io"

	"assay/harness/evidence"
)

// above is how far back headings are looked for, bytes.
const above = 512 << 10

// heading is a line of a print-out under which others stand.
type heading struct {
	line int
	text []byte
}

// headings gives the lines under which a piece of evidence stands: going up from
// it, each next line that is indented less, which is how Android's dumps nest. A
// line in a dump seldom says by itself whose it is.
func headings(body io.ReaderAt, ref evidence.Ref) ([]heading, error) {
	from := max(0, ref.Offset-above)
	before, err := io.ReadAll(io.NewSectionReader(body, from, ref.Offset-from))
	if err != nil {
		return nil, err
	}
	var first [256]byte
	n, err := body.ReadAt(first[:], ref.Offset)
	if err != nil && err != io.EOF {
		return nil, err
	}
	depth := indented(first[:n])
	var found []heading
	lines := bytes.Split(bytes.TrimSuffix(before, []byte("\n")), []byte("\n"))
	for i := len(lines) - 1; i >= 0 && depth > 0; i-- {
		text := bytes.TrimRight(lines[i], "\r")
		if in := indented(text); len(bytes.TrimSpace(text)) > 0 && in < depth {
			depth = in
			found = append(found, heading{ref.Line - len(lines) + i, text})
		}
	}
	for i, j := 0, len(found)-1; i < j; i, j = i+1, j-1 {
		found[i], found[j] = found[j], found[i]
	}
	return found, nil
}

func indented(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " \t")) }
