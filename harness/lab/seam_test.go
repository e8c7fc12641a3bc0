package lab

import (
	"bytes"
	"fmt"
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
		s := &seam{to: &out, missed: func() { missed++ }}
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
	s := &seam{to: &out, missed: func() { missed++ }}
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
	s := &seam{to: &out}
	for range 40 {
		_, err := s.Write(bytes.Repeat([]byte("x"), 64<<10))
		require.NoError(t, err)
		assert.LessOrEqual(t, len(s.partial), longestLine+64<<10)
	}
	require.NoError(t, s.flush())
	assert.Equal(t, 40*64<<10, out.Len())
}
