package evidence

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhoComesWhileOthersAreServedIsServedWithTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		served := map[int]int{}
		r := newRounds(time.Second, func(all []int) {
			time.Sleep(time.Millisecond)
			sizes = append(sizes, len(all))
			for _, one := range all {
				served[one]++
			}
		})
		var all sync.WaitGroup
		for one := range 6 {
			all.Go(func() { r.join(one) })
			synctest.Wait()
		}
		all.Wait()
		assert.Equal(t, []int{1, 5}, sizes)
		assert.Equal(t, map[int]int{0: 1, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, served)
	})
}

func TestARestFollowsARoundOfSeveralOnly(t *testing.T) {
	for _, c := range []struct {
		name          string
		took, longest time.Duration
		earlier       int // the first is served alone, the others together
		wait          time.Duration
	}{
		{"one alone", time.Millisecond, time.Second, 1, 0},
		{"one after the other", time.Millisecond, time.Second, 2, 0},
		{"several", time.Millisecond, time.Second, 3, rests * time.Millisecond},
		{"several, of a slow disk", time.Second, 50 * time.Millisecond, 3, 50 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRounds(c.longest, func([]int) { time.Sleep(c.took) })
				var all sync.WaitGroup
				for one := range c.earlier {
					all.Go(func() { r.join(one) })
					synctest.Wait()
				}
				all.Wait()
				begun := time.Now()
				r.join(9)
				assert.Equal(t, c.wait+c.took, time.Since(begun))
			})
		})
	}
}

// TestEntriesThatShareASyncAreEachToldOf has five appended while the first is
// written, of which the disk has no room for the third.
func TestEntriesThatShareASyncAreEachToldOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "journal.jsonl")
		j, err := OpenJournal(path)
		require.NoError(t, err)
		var told []int
		j.Told = func(e Entry) { told = append(told, e.Attempt) }
		full := errors.New("no room")
		var asked []int
		j.Room = func(bytes int) error {
			time.Sleep(time.Millisecond)
			if asked = append(asked, bytes); bytes > 300 {
				return full
			}
			return nil
		}
		errs := make([]error, 6)
		var all sync.WaitGroup
		for n := range errs {
			e := Entry{Kind: JobStarted, Attempt: n}
			if n == 3 {
				e.Note = strings.Repeat("x", 300)
			}
			all.Go(func() { errs[n] = j.Append(e) })
			synctest.Wait()
		}
		all.Wait()
		require.NoError(t, j.Close())
		assert.Len(t, asked, 1+3+5, "the first alone, then the others at once up to the third, then each of them")
		for n, err := range errs {
			if n == 3 {
				assert.ErrorIs(t, err, full)
			} else {
				assert.NoError(t, err)
			}
		}
		entries, err := ReadJournal(path)
		require.NoError(t, err)
		var written []int
		for _, e := range entries {
			written = append(written, e.Attempt)
		}
		assert.Equal(t, []int{0, 1, 2, 4, 5}, written)
		assert.Equal(t, written, told)
	})
}

// TestAnErrorOfTheDiskIsThatOfEveryBundleThatWasOpen has a round fail while a
// bundle is taken, that another shares the disk with.
func TestAnErrorOfTheDiskIsThatOfEveryBundleThatWasOpen(t *testing.T) {
	dir := t.TempDir()
	d, err := OpenDisk(dir)
	require.NoError(t, err)
	known := syncAll(d.folder) // not of every file system
	before, err := d.Create(filepath.Join(dir, "before"), Head{})
	require.NoError(t, err)
	d.failed.Add(1)
	after, err := d.Create(filepath.Join(dir, "after"), Head{})
	require.NoError(t, err)
	closed, err := d.Create(filepath.Join(dir, "closed"), Head{})
	require.NoError(t, err)

	assert.False(t, before.flushed())
	assert.Equal(t, known, after.flushed())
	require.NoError(t, d.Close())
	assert.False(t, closed.flushed())
	for _, b := range []*Bundle{before, after, closed} {
		rec, err := b.Begin(Capture{Source: "getprop", Phase: Before})
		require.NoError(t, err)
		_, err = rec.Write([]byte("[a]: [b]\n"))
		require.NoError(t, err)
		_, err = rec.End(nil, "", Coverage{State: Whole})
		require.NoError(t, err)
		_, err = b.Seal(Outcome{State: Finished})
		require.NoError(t, err)
		assert.Empty(t, Verify(b.Dir))
	}
}
