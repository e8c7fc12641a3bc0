package logstream

import (
	"bytes"
	"hash/maphash"
	"io"
	"sync"
)

// joiner passes a log on by whole lines, and joins what one reader brings to what the
// last one brought: it leaves out what both have. A line that a reader did not
// end is not passed on, for the next reader brings it whole.
type joiner struct {
	to     io.Writer
	missed func() // told where the readers do not overlap

	mu      sync.Mutex
	partial []byte
	newest  string   // the time of the newest entry
	at      []uint64 // hashes of the entries of that time

	joining bool           // the next reader has not yet gone past newest
	twice   map[uint64]int // what it is expected to bring again, by hash
	met     bool           // it has brought some of it
}

// longestLine bounds what is held of a line that does not end: logd cuts entries
// at 4,068 bytes.
const longestLine = 1 << 20

// mostAtOnce bounds how many entries of one time are known again; what more there
// are is brought twice where a reader is cut off in their midst.
const mostAtOnce = 1 << 16

var lineSeed = maphash.MakeSeed()

// Write takes what a reader brings.
func (s *joiner) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rest := p
	if end := bytes.IndexByte(rest, '\n') + 1; len(s.partial) > 0 && end > 0 {
		s.partial, rest = append(s.partial, rest[:end]...), rest[end:]
		err := s.lines(s.partial)
		s.partial = s.partial[:0]
		if err != nil {
			return 0, err
		}
	}
	end := bytes.LastIndexByte(rest, '\n') + 1
	if err := s.lines(rest[:end]); err != nil {
		return 0, err
	}
	s.partial = append(s.partial, rest[end:]...)
	if len(s.partial) > longestLine {
		err := s.pass(s.partial)
		s.partial = s.partial[:0]
		return len(p), err
	}
	return len(p), nil
}

// lines takes whole lines: one by one while readers are joined, else together.
func (s *joiner) lines(block []byte) error {
	for s.joining && len(block) > 0 {
		end := bytes.IndexByte(block, '\n') + 1
		if s.fresh(block[:end]) {
			s.note(block[:end])
			if err := s.pass(block[:end]); err != nil {
				return err
			}
		}
		block = block[end:]
	}
	if len(block) == 0 {
		return nil
	}
	s.note(block)
	return s.pass(block)
}

// fresh says whether the last reader did not bring a line already, and finds out
// when the readers are joined.
func (s *joiner) fresh(line []byte) bool {
	t, hash := stamp(line), maphash.Bytes(lineSeed, line)
	switch {
	case len(t) == 0: // a heading of a buffer, once more
		return false
	case s.twice[hash] > 0:
		s.twice[hash]--
		s.met = true
		return false
	case string(t) != s.newest:
		s.joining = false
		if !s.met && s.missed != nil {
			s.missed()
		}
	}
	return true
}

// note keeps of whole lines what the next reader would have to be joined to: the
// last time, and the entries that have it and stand together. It looks from the
// end, and no further than they reach.
func (s *joiner) note(block []byte) {
	var last []byte
	from := len(s.at)
	for end := len(block); end > 0; {
		begin := bytes.LastIndexByte(block[:end-1], '\n') + 1
		line := block[begin:end]
		end = begin
		t := stamp(line)
		switch {
		case len(t) == 0:
			continue
		case last == nil:
			last = t
			if string(t) != s.newest {
				s.newest, from = string(t), 0
			}
			s.at = s.at[:from]
		case !bytes.Equal(t, last):
			s.at = s.at[:copy(s.at, s.at[from:])] // what was of that time before is not next to it
			return
		}
		if len(s.at) < mostAtOnce {
			s.at = append(s.at, maphash.Bytes(lineSeed, line))
		}
	}
}

// stamp is the time that begins an entry of logcat -v threadtime, with the year or
// without: what -T takes. It is empty where a line begins otherwise.
func stamp(line []byte) []byte {
	at := 0
	if form(line, "0000-") {
		at = len("0000-")
	}
	if !form(line[at:], "00-00 00:00:00.000") {
		return nil
	}
	at += len("00-00 00:00:00.000")
	for most := at + 6; at < min(most, len(line)) && digit(line[at]); { // nine digits of a second
		at++
	}
	return line[:at]
}

// form says whether a line begins like a form, in which 0 stands for any digit.
func form(line []byte, like string) bool {
	if len(line) < len(like) {
		return false
	}
	for i := range len(like) {
		if line[i] != like[i] && !(like[i] == '0' && digit(line[i])) {
			return false
		}
	}
	return true
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

func (s *joiner) pass(p []byte) error {
	_, err := s.to.Write(p)
	return err
}

// cut says that a reader has ended, and from when the next one must begin; known
// is false where no entry has come yet.
func (s *joiner) cut() (since string, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.partial = s.partial[:0]
	s.joining, s.met, s.twice = s.newest != "", false, map[uint64]int{}
	for _, hash := range s.at {
		s.twice[hash]++
	}
	return s.newest, s.newest != ""
}

// flush passes on a line that will not be ended any more.
func (s *joiner) flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.partial) == 0 || s.joining {
		return nil
	}
	return s.pass(s.partial)
}
