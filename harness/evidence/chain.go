package evidence

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// A journal is a chain: each line carries the SHA-256 of the line before it, and,
// at its very end, that of itself, without which the last could be changed unseen.
// Nobody's key is in it. It shows what was changed by somebody who did not write all
// that follows anew.

// The most that is read of a journal, and of one line of it, bytes.
const (
	mostJournal = 512 << 20
	mostLine    = 1 << 20
)

// ErrBroken is wrapped by the error of a journal that is not the one that was
// written.
var ErrBroken = errors.New("the journal is not as it was written")

// sumKey is what stands before the sum of a line.
const sumKey = `,"sum":"`

// journals are the versions of journal.jsonl, as each part of a run says of the lines
// that it appends. Those of before have none, and are read.
var journals = Format{Oldest: 1, Newest: 1}

// chained writes an entry as the line that follows another, of that digest.
func chained(e Entry, last string) ([]byte, error) {
	if e.Schema = 0; e.Kind == RunStarted {
		e.Schema = journals.Newest
	}
	e.Prev, e.Sum = last, ""
	line, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	sum := Digest(line)
	line = append(append(append(line[:len(line)-1], sumKey...), sum...), `"}`...)
	if len(line) > mostLine {
		return nil, fmt.Errorf("an entry of %d bytes: no line may have more than %d", len(line), mostLine)
	}
	return line, nil
}

// unchained reads a line of a journal that must follow another, of that digest.
func unchained(line []byte, last string) (Entry, error) {
	var e Entry
	at := bytes.LastIndex(line, []byte(sumKey))
	place := func(at int64) string { return fmt.Sprintf("column %d", at+1) }
	if summed(line, at) && bytes.Contains(line, []byte(`"schema"`)) { // else it was changed, its schema perhaps
		if err := journals.refuse(line, place); err != nil {
			return e, err
		}
	}
	if err := decode(line, &e, place); err != nil {
		return e, err
	}
	switch {
	case at < 0 || e.Sum == "":
		return e, errors.New("it carries no sum of itself")
	case !summed(line, at):
		return e, errors.New("its bytes are not those that its sum was made of: it was changed")
	case e.Prev != last && last == "":
		return e, errors.New("it names a line before it, and is the first: those before it are missing")
	case e.Prev != last:
		return e, fmt.Errorf("the line before it has SHA-256 %s, it says %q: lines were changed, exchanged, taken out or put in here",
			last, e.Prev)
	}
	return e, nil
}

// summed says whether a line is what the sum was made of that it carries from at on.
// Every schema keeps this.
func summed(line []byte, at int) bool {
	return at >= 0 && string(line[at:]) == sumKey+Digest(append(bytes.Clone(line[:at]), '}'))+`"}`
}

// ReadJournal reads a journal. A last line without its end, torn by a kill or a
// full disk, is left out, as OpenJournal takes it off. Where a line before it cannot
// be read, or does not continue the chain, the entries before that line are given,
// with an error that wraps ErrBroken, or ErrVersion, and names the line.
func ReadJournal(path string) ([]Entry, error) {
	entries, _, err := ReadJournalTorn(path)
	return entries, err
}

// ReadJournalTorn reads a journal like ReadJournal does, and says whether its last
// line lacks its end.
func ReadJournalTorn(path string) (entries []Entry, torn bool, err error) {
	f, err := openRegular(path, os.O_RDONLY)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	last := ""
	torn, err = eachLine(f, func(n int, line []byte) error {
		e, err := unchained(line, last)
		if errors.Is(err, ErrVersion) {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
		if err != nil {
			return fmt.Errorf("%s:%d: corrupt journal: %w: %w", path, n, ErrBroken, err)
		}
		entries, last = append(entries, e), Digest(line)
		return nil
	})
	return entries, torn, err
}

// eachLine gives the whole lines of a journal, without their ends, numbered from 1.
// A line is good until the next. torn says that something stands behind them.
func eachLine(f *os.File, each func(n int, line []byte) error) (torn bool, err error) {
	in := bufio.NewReaderSize(io.LimitReader(f, mostJournal+1), 64<<10)
	var line []byte
	read := int64(0)
	for n := 1; ; {
		part, err := in.ReadSlice('\n')
		read += int64(len(part))
		line = append(line, part...)
		switch {
		case read > mostJournal:
			return false, fmt.Errorf("%s has more than %d bytes: %w", f.Name(), int64(mostJournal), ErrBroken)
		case len(line) > mostLine+1:
			return false, fmt.Errorf("%s:%d: corrupt journal: %w: a line of more than %d bytes", f.Name(), n, ErrBroken, mostLine)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF):
			return len(line) > 0, nil
		case err != nil:
			return false, err
		}
		if err := each(n, line[:len(line)-1]); err != nil {
			return false, err
		}
		line = line[:0]
		n++
	}
}
