package logstream

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// logOf makes a log whose entries share their times by threes.
func logOf(n int) []string {
	var lines []string
	for i := range n {
		lines = append(lines, fmt.Sprintf("11-02 08:00:%02d.000  1000  1000 I tag: entry %d\n", i/3, i%7))
	}
	return lines
}

// TestReadersThatOverlapLoseNothingAndRepeatNothing cuts the first reader at
// every byte, and lets a second begin at the time of the last entry that came.
func TestReadersThatOverlapLoseNothingAndRepeatNothing(t *testing.T) {
	lines := logOf(12)
	whole := strings.Join(lines, "")
	for cut := range len(whole) + 1 {
		var out bytes.Buffer
		missed := 0
		s := &joiner{to: &out, missed: func() { missed++ }}
		_, err := s.Write([]byte(whole[:cut]))
		require.NoError(t, err)
		since, known := s.cut()
		if !known {
			assert.Less(t, cut, len(lines[0]))
			continue
		}
		_, err = s.Write([]byte("--------- beginning of main\n"))
		require.NoError(t, err)
		for _, l := range lines {
			if l[:len(since)] >= since {
				_, err := s.Write([]byte(l))
				require.NoError(t, err)
			}
		}
		assert.Equal(t, whole, out.String(), "cut at byte %d", cut)
		assert.Zero(t, missed, "cut at byte %d", cut)
	}
}

func TestAReaderThatBeginsTooLateIsAGap(t *testing.T) {
	lines := logOf(12)
	var out bytes.Buffer
	missed := 0
	s := &joiner{to: &out, missed: func() { missed++ }}
	_, err := s.Write([]byte(strings.Join(lines[:3], "")))
	require.NoError(t, err)
	s.cut()
	_, err = s.Write([]byte(strings.Join(lines[6:], "")))
	require.NoError(t, err)
	assert.Equal(t, 1, missed)
	assert.Equal(t, strings.Join(append(lines[:3:3], lines[6:]...), ""), out.String())
}

func TestALineWithoutEndIsBounded(t *testing.T) {
	var out bytes.Buffer
	s := &joiner{to: &out}
	for range 40 {
		_, err := s.Write(bytes.Repeat([]byte("x"), 64<<10))
		require.NoError(t, err)
		assert.LessOrEqual(t, len(s.partial), longestLine+64<<10)
	}
	require.NoError(t, s.flush())
	assert.Equal(t, 40*64<<10, out.Len())
}

// TestReadersAreJoinedHoweverTheirBytesCome brings the same two readers in blocks of
// every size, with headings, repeated entries and times that come back.
func TestReadersAreJoinedHoweverTheirBytesCome(t *testing.T) {
	lines := logOf(12)
	lines = append(lines, lines[9], lines[11], lines[11], "11-02 08:00:04.000  1000  1000 I tag: last\n")
	lines = append(lines[:5:5], append([]string{"--------- switch to system\n"}, lines[5:]...)...)
	whole := strings.Join(lines, "")
	after := "11-02 08:00:05.000  1000  1000 I tag: after\n"
	for cut := len(whole) - 3*len(lines[0]); cut <= len(whole); cut += 7 {
		for size := 1; size < len(whole); size += 13 {
			var out bytes.Buffer
			missed := 0
			s := &joiner{to: &out, missed: func() { missed++ }}
			bring(t, s, whole[:cut], size)
			since, known := s.cut()
			require.True(t, known)
			again := "--------- beginning of main\n"
			for _, l := range append(lines[:len(lines):len(lines)], after) {
				if l[:len(since)] >= since {
					again += l
				}
			}
			bring(t, s, again, size)
			assert.Equal(t, whole+after, out.String(), "cut at byte %d, blocks of %d", cut, size)
			assert.Zero(t, missed, "cut at byte %d, blocks of %d", cut, size)
		}
	}
}

func bring(t *testing.T, s *joiner, text string, size int) {
	t.Helper()
	for block := range slices.Chunk([]byte(text), size) {
		_, err := s.Write(block)
		require.NoError(t, err)
	}
}

func TestEntriesOfOneTimeAreBounded(t *testing.T) {
	var out bytes.Buffer
	s := &joiner{to: &out}
	for i := range mostAtOnce + 1000 {
		_, err := fmt.Fprintf(s, "11-02 08:00:00.000  1000  1000 I tag: entry %d\n", i)
		require.NoError(t, err)
	}
	assert.Len(t, s.at, mostAtOnce)
	assert.Equal(t, mostAtOnce+1000, bytes.Count(out.Bytes(), []byte("\n")))
}

func TestAnEntryBeginsWithItsTime(t *testing.T) {
	for line, want := range map[string]string{
		"11-02 08:00:04.000  1000 I tag: x":            "11-02 08:00:04.000",
		"2026-11-02 08:00:04.000123 +0100 1000 I t: x": "2026-11-02 08:00:04.000123",
		"11-02 08:00:04.1234567890":                    "11-02 08:00:04.123456789",
		"11-02 08:00:04.12 x":                          "",
		"026-11-02 08:00:04.123":                       "",
		"--------- beginning of main":                  "",
		"":                                             "",
	} {
		assert.Equal(t, want, string(stamp([]byte(line))), line)
	}
}
