package lab

import (
	"bytes"
	"io"
	"regexp"
	"sync"
)

// seam passes a log on line by line, and joins what one reader brings to what the
// last one brought: it leaves out what both have. A line that a reader did not
// end is not passed on, for the next reader brings it whole.
type seam struct {
	to     io.Writer
	missed func() // told where the readers do not overlap

	mu      sync.Mutex
	partial []byte
	newest  string         // the time of the newest entry
	at      map[string]int // entries of that time, each with its count

	joining bool           // the next reader has not yet gone past newest
	twice   map[string]int // what it is expected to bring again
	met     bool           // it has brought some of it
}

// longestLine bounds what is held of a line that does not end: logd cuts entries
// at 4,068 bytes.
const longestLine = 1 << 20

// Write takes what a reader brings.
func (s *seam) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.partial = append(s.partial, p...)
	for {
		end := bytes.IndexByte(s.partial, '\n')
		if end < 0 {
			break
		}
		if err := s.line(s.partial[:end+1]); err != nil {
			return 0, err
		}
		s.partial = s.partial[:copy(s.partial, s.partial[end+1:])]
	}
	if len(s.partial) > longestLine {
		err := s.pass(s.partial)
		s.partial = s.partial[:0]
		return len(p), err
	}
	return len(p), nil
}

// stamp is the time that begins an entry of logcat -v threadtime, with the year
// or without: what -T takes.
var stamp = regexp.MustCompile(`^(?:[0-9]{4}-)?[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3,9}`)

func (s *seam) line(line []byte) error {
	t := string(stamp.Find(line))
	if s.joining {
		switch {
		case t == "": // a heading of a buffer, once more
			return nil
		case s.twice[string(line)] > 0:
			s.twice[string(line)]--
			s.met = true
			return nil
		case t != s.newest:
			s.joining = false
			if !s.met && s.missed != nil {
				s.missed()
			}
		}
	}
	if t != "" && t != s.newest {
		s.newest, s.at = t, map[string]int{}
	}
	if t != "" {
		s.at[string(line)]++
	}
	return s.pass(line)
}

func (s *seam) pass(p []byte) error {
	_, err := s.to.Write(p)
	return err
}

// cut says that a reader has ended, and from when the next one must begin; known
// is false where no entry has come yet.
func (s *seam) cut() (since string, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.partial = s.partial[:0]
	s.joining, s.met, s.twice = s.newest != "", false, map[string]int{}
	for line, n := range s.at {
		s.twice[line] = n
	}
	return s.newest, s.newest != ""
}

// flush passes on a line that will not be ended any more.
func (s *seam) flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.partial) == 0 || s.joining {
		return nil
	}
	return s.pass(s.partial)
}
