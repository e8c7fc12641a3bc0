package lab

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAPulseCountsTheRoundsOfWhichSomethingCame(t *testing.T) {
	const table = "  sl  local_address rem_address   st\n   0: 0100007F:13AD 00000000:0000 0A\n"
	round := func(at string) string {
		return "@@ /proc/net/tcp " + at + "\n" + table + "@@ /proc/net/udp " + at + "\n" + table
	}
	for name, c := range map[string]struct {
		came string
		want int
	}{
		"nothing":            {"", 0},
		"a part of a header": {"@@ /proc/net/tcp 17", 0},
		"one":                {round("1700000000"), 1},
		"three":              {round("1700000000") + round("1700000001") + round("1700000002"), 3},
		"the third cut off":  {round("1700000000") + round("1700000001") + "@@ /proc/net/tcp 1700000002\n  sl", 3},
		"by a terminal":      {strings.ReplaceAll(round("1700000000")+round("1700000001"), "\n", "\r\n"), 2},
		"a line without end": {round("1700000000") + strings.Repeat("x", 1<<20) + "\n" + round("1700000001"), 2},
		"no header at all":   {table + table, 0},
		"an empty header":    {"@@ \n@@ \n@@\n", 2},
	} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{max(1, len(c.came)), 1} {
				var kept bytes.Buffer
				pieces := 0
				begun := time.Now()
				p := &pulse{to: &kept, alive: func() { pieces++ }, before: begun, last: begun}
				for piece := range slices.Chunk([]byte(c.came), size) {
					_, err := p.Write(piece)
					require.NoError(t, err)
				}
				assert.Equal(t, c.want, p.rounds, "in pieces of %d", size)
				assert.Equal(t, c.came, kept.String(), "in pieces of %d", size)
				assert.Equal(t, (len(c.came)+size-1)/size, pieces, "each piece says that the handset is alive")
				assert.Equal(t, c.want < 2, p.before.Equal(begun), "a gap begins with the look before the last")
				assert.LessOrEqual(t, len(p.line), longestMark)
			}
		})
	}
}

func TestTheClockIsReadHalfWayToItsAnswer(t *testing.T) {
	asked := time.Date(2026, 8, 1, 9, 0, 0, 0, time.UTC)
	came := asked.Add(80 * time.Millisecond)
	c := readClock(asked, came, "2026-08-01 14:30:07 +0530\n3600.50 7000.10\n")
	require.NotNil(t, c)
	assert.Equal(t, asked.Add(40*time.Millisecond), c.Host)
	assert.Equal(t, "2026-08-01T09:00:07Z", c.Device.UTC().Format(time.RFC3339))
	assert.Equal(t, "2026-08-01T08:00:06.5Z", c.Booted.UTC().Format(time.RFC3339Nano))

	c = readClock(asked, came, "2026-08-01 14:30:07 +0530\r\n")
	require.NotNil(t, c, "without /proc/uptime")
	assert.Zero(t, c.Booted)

	assert.Nil(t, readClock(asked, came, "Sat Aug  1 14:30:07 IST 2026\n"), "a date in another form")
	assert.Nil(t, readClock(asked, time.Time{}, ""), "nothing came")
}
